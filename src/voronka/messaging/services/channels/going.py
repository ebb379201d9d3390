"""Lines leave for other channels: taken, handed over and noted one by one, so that nothing goes twice whatever dies.

A part is marked as handed over before the other side hears of it. Whoever dies after the mark leaves it unknown, which
is shown; an operator may send it again, nobody else does. The parts of a talk go in their order.
"""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext as _

from voronka.flows.services import scenes
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, NotFound
from voronka.kit.events import publish
from voronka.kit.tenancy import current_company_id
from voronka.messaging.events import TalkChanged
from voronka.messaging.models import ChannelState, OutsideLine, Talk
from voronka.messaging.permissions import TALK
from voronka.messaging.ports import Keys, LineOut, LineSent, ways
from voronka.messaging.queries.talks import get_talk
from voronka.messaging.rules.channels import ATTEMPTS
from voronka.messaging.services.channels.attached import files_of
from voronka.messaging.services.channels.coming import set_gone
from voronka.messaging.services.channels.threads import letter_of
from voronka.messaging.services.chat.crossing import order
from voronka.messaging.services.chat.lines import lock_talk

log = structlog.get_logger(__name__)

CLAIM = timedelta(minutes=3)  # longer than any hand-over may take
PAUSES = tuple(timedelta(seconds=one) for one in (2, 10, 60, 300, 900))


def companies_due(now: datetime) -> list[int]:
    """Return the companies with a line that has to go, or whose hand-over broke."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM messaging_lines_due(%s)", [now])
        return [company for (company,) in cursor.fetchall()]


def send_due(*, now: datetime) -> bool:
    """Send one part of a line that the current company has due; False where there is none. Outside of transactions."""
    mend(now=now)
    row = _taken(now)
    if row is None or row.account is None:
        return False
    kind = ways()[row.account.kind]
    keys = Keys(row.account.settings, row.account.secret or "", tuple(settings.ALLOW_PRIVATE_WEBHOOKS))
    with translation.override(row.talk.language):
        try:
            with transaction.atomic():
                line = _line(row)
        except FileNotFoundError:
            settle(row.pk, LineSent("failed", "no_file"), now=now)
            return True
        try:
            told = kind.open(keys).send(line)
        except Exception as error:  # noqa: BLE001 - whatever broke, it may have left
            log.warning("a line of a talk broke on its way", reason=type(error).__name__)
            told = LineSent("unknown", "broken", type(error).__name__)
    settle(row.pk, told, now=now)
    return True


def mend(*, now: datetime) -> None:
    """Note that nobody knows of the parts whose hand-over broke."""
    with transaction.atomic():
        broken = OutsideLine.objects.filter(state="handed", claim_until__lte=now).order_by("id")
        ids = list(broken.values_list("id", flat=True)[:100])
    for row_id in ids:
        settle(row_id, LineSent("unknown", "broken"), now=now)


@transaction.atomic
def _taken(now: datetime) -> OutsideLine | None:
    """Take the next part that may go and mark it; one before which another of its talk has not ended waits."""
    before = OutsideLine.objects.filter(talk=OuterRef("talk"), state__in=["waiting", "handed"]).filter(
        Q(line__lt=OuterRef("line")) | Q(line=OuterRef("line"), part__lt=OuterRef("part"))
    )
    held = ChannelState.objects.filter(account=OuterRef("account"), hold_until__gt=now)
    due = OutsideLine.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        ~Exists(before), ~Exists(held), state="waiting", due_at__lte=now, account__is_on=True
    )
    row = due.select_related("account", "talk", "line", "line__author").order_by("due_at", "id").first()
    if row is not None:
        row.state, row.due_at, row.claim_until, row.attempts = "handed", None, now + CLAIM, row.attempts + 1
        row.save(update_fields=["state", "due_at", "claim_until", "attempts"])
    return row


def _line(row: OutsideLine) -> LineOut:
    line, talk = row.line, row.talk
    is_last = not OutsideLine.objects.filter(line=line, part__gt=row.part).exists()
    buttons = tuple((str(one["id"]), str(one["title"])) for one in line.choices) if is_last else ()
    if talk.channel == "email":
        return letter_of(row)
    asks = line.by == "bot" and is_last and not buttons and not talk.phone
    # A scenario shows the key with its question about a phone; the bot without one shows it from the beginning.
    asks = asks and scenes.asks_phone(talk.pk, line.at) is not False
    return LineOut(talk.outside, row.text, buttons=buttons, asks_phone=asks, files=files_of(row.files))


@transaction.atomic
def settle(row_id: int, told: LineSent, *, now: datetime) -> None:
    """Note what became of handing a part over. The talk is locked before its parts, as everywhere.

    A sender who was taken for dead and comes back with an answer is believed; nothing else changes what is settled.
    """
    talk = lock_talk(pk=OutsideLine.objects.values_list("talk_id", flat=True).get(pk=row_id))
    row = OutsideLine.objects.select_for_update(of=("self",)).select_related("line").get(pk=row_id)
    if talk is None or not (row.state == "handed" or (row.state, told.state) == ("unknown", "sent")):
        return
    state, pause = told.state, timedelta(seconds=told.pause)
    if state == "waiting" and not told.is_all:
        state, pause = ("waiting", PAUSES[row.attempts - 1]) if row.attempts < ATTEMPTS else ("failed", pause)
    row.state, row.code, row.words = state, told.code[:30], told.words[:200]
    row.outside_id = told.outside_id[:255] or row.outside_id
    row.claim_until, row.due_at = None, now + pause if state == "waiting" else None
    row.save(update_fields=["state", "code", "words", "outside_id", "claim_until", "due_at"])
    if told.is_all:
        ChannelState.objects.filter(account_id=row.account_id).update(hold_until=now + pause)
    if state in ("failed", "unknown"):
        _show(talk, row, now)
    publish(TalkChanged(talk_id=talk.pk, talk=talk.public_id, number=row.line.number, code="fate"), at=now)


def _show(talk: Talk, row: OutsideLine, now: datetime) -> None:
    """Put a talk whose answer has not gone, or perhaps not, before people again; what would follow it does not go."""
    rest = OutsideLine.objects.filter(line=row.line, state="waiting", part__gt=row.part)
    rest.update(state="failed", code="before", due_at=None)
    if row.code in ("bad_token", "bad_login"):
        ChannelState.objects.filter(account_id=row.account_id).update(state="failed", code=row.code, words=row.words)
    if row.code == "gone":
        set_gone(talk, now, now=now)
    if talk.waits_since is None and row.line.by == "operator":
        talk.waits_since = now
        talk.save(update_fields=["waits_since"])


@transaction.atomic
def bounced(row_id: int, *, now: datetime) -> None:
    """Note that a part which had gone came back: there is no such address, or it takes nothing."""
    talk = lock_talk(pk=OutsideLine.objects.values_list("talk_id", flat=True).get(pk=row_id))
    row = OutsideLine.objects.select_for_update(of=("self",)).select_related("line").get(pk=row_id)
    if talk is None or row.state not in ("sent", "unknown"):
        return
    row.state, row.code = "failed", "bounce"
    row.save(update_fields=["state", "code"])
    _show(talk, row, now)
    publish(TalkChanged(talk_id=talk.pk, talk=talk.public_id, number=row.line.number, code="fate"), at=now)


@transaction.atomic
def send_again(*, actor: Actor, public_id: str, number: int, now: datetime) -> Talk:
    """Send once more what of a line has failed or is of unknown fate. Pressed twice, it goes once.

    Raises Denied, NotFound, Conflict `not_stuck` where nothing of it is stuck.
    """
    talk = get_talk(actor, public_id)
    actor.require(TALK)
    lock_talk(pk=talk.pk)
    rows = OutsideLine.objects.select_for_update(of=("self",)).filter(talk=talk, line__number=number)
    parts = list(rows.order_by("part"))
    if not parts:
        raise NotFound(_("There is no such message."))
    stuck = [one for one in parts if one.state in ("failed", "unknown")]
    if not stuck:
        raise Conflict(_("This message is on its way, or has gone already."), code="not_stuck")
    for one in stuck:
        one.state, one.code, one.words, one.attempts, one.due_at = "waiting", "", "", 0, now
        one.save(update_fields=["state", "code", "words", "attempts", "due_at"])
    order(current_company_id())
    return talk
