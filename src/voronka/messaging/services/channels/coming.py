"""What comes by other channels becomes lines of talks: once, however often and by how many at once it is told."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.flows.services import scenes
from voronka.kit.events import publish
from voronka.kit.jobs import defer
from voronka.kit.tenancy import current_company_id
from voronka.messaging.events import TalkBegun, TalkBound, TalkChanged
from voronka.messaging.models import ChannelAccount, ChannelNews, ChannelState, OutsideLine, Talk, TalkLine
from voronka.messaging.ports import Came, Crowd, News, Turned
from voronka.messaging.queries.chat import get_chat
from voronka.messaging.rules.channels import MOST_IN, key_of
from voronka.messaging.rules.chat import MOST_A_MINUTE
from voronka.messaging.services.channels.attached import kept_file
from voronka.messaging.services.chat import bot, moving, speaking
from voronka.messaging.services.chat.lines import add_line, line_of_key, lock_talk
from voronka.messaging.services.chat.visiting import hear
from voronka.people import queries as people

log = structlog.get_logger(__name__)
NEWS_KEPT, MOST_FILES = timedelta(days=30), 20
MOST_CROWDS = 20  # that are named on the page of a bot: anybody may add it to any number of them


@transaction.atomic
def take_news(account: ChannelAccount, news: News, *, now: datetime) -> bool:
    """Take a piece of news; False where it was taken before. Two at once: the second waits for the first and is told.

    A number is looked up, never compared with the last one: the other side may begin anew at any.
    """
    _row, is_new = ChannelNews.objects.get_or_create(account=account, sign=news.sign[:64], defaults={"at": now})
    if not is_new:
        return False
    if isinstance(news.told, Came):
        receive(account, account.kind, news.told, now=now)
    elif isinstance(news.told, Turned):
        turn(account, news.told, now=now)
    elif isinstance(news.told, Crowd):
        note_crowd(account, news.told)
    return True


@transaction.atomic
def receive(
    account: ChannelAccount | None, channel: str, came: Came, *, now: datetime, waits: bool = True
) -> Talk:  # fmt: skip
    """Add a line that came to its talk, or begin one; told again, it is there once. `waits` for an answer."""
    settings = get_chat()
    talk = _talk(account, channel, came, now)
    # A correction of the same second as another one is that one.
    key = key_of("line", came.sign, came.stamp)
    if talk.blocked_at is not None or line_of_key(talk, key) is not None:
        return talk
    if talk.gone_at is not None:
        set_gone(talk, None, now=now)
    _name(talk, came)
    names = ", ".join(one.name for one in came.files)
    text = (bot.words_of(came.choice, talk) or came.text)[:MOST_IN] or names
    if not text and came.choice:
        return talk  # the button of an answer that is there no more
    with translation.override(accounts.get_company_rules().language):
        text = text or _("(a message of a kind that is not shown here)")
    starts = came.starts and not came.stamp
    if starts and bot.may_speak(talk, settings, now) and talk.last_number == 0:
        talk.with_bot = True
    # Who writes faster than anybody reads is a machine, perhaps a bot as ours: it is heard and not answered.
    is_flood = TalkLine.objects.filter(talk=talk, by="visitor", at__gt=now - timedelta(minutes=1)).count()
    if talk.with_bot and is_flood >= MOST_A_MINUTE:
        bot.hand_over(talk, now)
    waits = waits and not starts and not (came.stamp and talk.with_bot)
    _find(talk, came, now)  # first of all: what answers has to know to whom
    moved = bool(starts and came.move) and moving.move_here(talk, came.move, now=now)
    line = hear(talk, text, key=key, choice=came.choice, settings=settings, now=now, waits=waits)
    _note(talk, line, account, came, now)
    if moved:
        moving.greet_moved(talk, now=now)
    elif starts and not speaking.restart(talk, now=now) and talk.with_bot:
        bot.greet(talk, now)
    return talk


def _talk(account: ChannelAccount | None, channel: str, came: Came, now: datetime) -> Talk:
    """Return the locked talk of a place outside; of several who begin it at once one does."""
    key = key_of(channel, account.pk if account is not None else "", came.outside)
    known = lock_talk(key=key)
    if known is not None:
        return known
    row, is_new = Talk.objects.get_or_create(
        key=key,
        defaults={
            "channel": channel, "account": account, "outside": came.outside[:255], "subject": came.subject[:300],
            "name": came.name[:200], "address": came.address[:64], "language": came.language,
            "last_at": now, "begun_at": now,
        },
    )  # fmt: skip
    found = lock_talk(pk=row.pk) or row
    if is_new:
        publish(TalkBegun(talk_id=found.pk, talk=found.public_id), at=now)
        if not came.starts and bot.may_speak(found, get_chat(), now):
            found.with_bot = True
            found.save(update_fields=["with_bot"])
            bot.greet(found, now)
    return found


def _name(talk: Talk, came: Came) -> None:
    """Keep what the other side tells of itself: the newest name, the first phone and e-mail that hold."""
    was = (talk.name, talk.address, talk.phone, talk.email, talk.outside)
    talk.outside = talk.outside or came.outside[:255]
    talk.name, talk.address = came.name[:200] or talk.name, came.address[:64] or talk.address
    talk.phone = came.phone if came.phone and came.is_sure else talk.phone or came.phone
    talk.email = talk.email or came.email
    if was != (talk.name, talk.address, talk.phone, talk.email, talk.outside):
        talk.save(update_fields=["name", "address", "phone", "email", "outside"])


def _note(talk: Talk, line: TalkLine, account: ChannelAccount | None, came: Came, now: datetime) -> None:
    """Keep what the outside says of a line besides its text."""
    edits = None
    if came.stamp:
        first = OutsideLine.objects.filter(talk=talk, outside_id=came.sign[:255], state="came")
        edits = first.order_by("line__number").values_list("line__number", flat=True).first()
    OutsideLine.objects.create(
        line=line, talk=talk, account=account, state="came", outside_id=came.sign[:255], edits=edits,
        subject=came.subject[:500], quoted=came.quoted[:MOST_IN],
        sender=came.sender[:254] if came.sender != talk.email else "",
        files=[kept_file(talk, one, now) for one in came.files[:MOST_FILES]],
    )  # fmt: skip
    if account is not None and any(one.ref for one in came.files):
        defer("messaging.talk_files", company_id=current_company_id(), line_id=line.pk)


def _find(talk: Talk, came: Came, now: datetime) -> None:
    """Bind a talk to the client whose phone or address the other side vouches for, where there is exactly one."""
    if talk.client_id is not None:
        return
    found = [came.client_id] if came.client_id is not None else []
    if not found and came.is_sure and came.phone:
        found = list(people.clients_of_phone(came.phone))
    if not found and came.is_sure and came.email:
        found = list(people.clients_of_email(came.email))
    if len(found) != 1:
        return
    client = people.get_client_row(found[0])
    talk.client_id = client.pk
    talk.save(update_fields=["client"])
    scenes.bound(talk.pk, client.pk)
    publish(TalkBound(talk_id=talk.pk, client_id=client.pk), at=now)
    add_line(talk, by="event", code="bound", text=client.name, now=now)


@transaction.atomic
def turn(account: ChannelAccount, told: Turned, *, now: datetime) -> None:
    """Note that a person has stopped the bot, or lets it write again; of one who never wrote there is no talk."""
    talk = lock_talk(key=key_of(account.kind, account.pk, told.outside))
    if talk is not None:
        set_gone(talk, now if told.is_gone else None, now=now)


@transaction.atomic
def note_crowd(account: ChannelAccount, told: Crowd) -> None:
    """Note that a bot stands in a group, or no more: whoever set it up is told that nothing is taken there."""
    rows = ChannelState.objects.filter(account=account)
    known = rows.values_list("crowds", flat=True).first()
    if known is None or (told.outside not in known if told.is_left else known.get(told.outside) == told.name):
        return  # as nearly always: a group talks all day
    row = rows.select_for_update().get()
    others = {place: name for place, name in row.crowds.items() if place != told.outside}
    if not told.is_left and len(others) < MOST_CROWDS:
        others[told.outside] = told.name
    if row.crowds != others:
        row.crowds = others
        row.save(update_fields=["crowds"])


def set_gone(talk: Talk, at: datetime | None, *, now: datetime) -> None:
    """Note since when the other side of a locked talk takes nothing of us, None for that it does."""
    if (talk.gone_at is None) != (at is None):
        talk.gone_at = at
        talk.save(update_fields=["gone_at"])
        publish(TalkChanged(talk_id=talk.pk, talk=talk.public_id, number=talk.last_number, code="gone"), at=now)


@transaction.atomic
def forget_news(*, now: datetime) -> int:
    """Forget what nobody tells again; of letters the threads stay."""
    gone, _kinds = ChannelNews.objects.filter(at__lt=now - NEWS_KEPT, talk=None).delete()
    return gone
