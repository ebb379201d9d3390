"""Openings and clicks: addresses signed for one letter and one link, kept as they come, judged a little later.

What a request costs is little: a forged one asks the database nothing, a true one writes a row, and past MOST of a
letter nothing at all. Only what a person did is announced; scanners move nothing (mautic#16263).
"""

import hmac
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.events import Event, publish
from voronka.kit.ids import PUBLIC_ID_LENGTH
from voronka.kit.seals import seal
from voronka.kit.tenancy import company_context
from voronka.messaging.events import LetterClicked, LetterOpened
from voronka.messaging.models import Message, MessageTouch
from voronka.messaging.queries.rules import get_gate
from voronka.messaging.rules.states import WAS_HANDED
from voronka.messaging.rules.touches import SETTLES, Seen, judge
from voronka.messaging.services.leaving import Leaving
from voronka.messaging.services.row_writing import Row
from voronka.people import queries as people
from voronka.people import services as clients

MOST = 200
BATCH = 500
# Who fetches a letter of years ago tells nothing any more.
COUNTS_FOR = timedelta(days=180)
_SALT, _SIGN = "voronka.messaging.touch", 24
_PLACE = "-token-"


# --- Addresses ----------------------------------------------------------------------------------------------------


def _sign(kind: str, public_id: str, number: int, url: str) -> str:
    said = f"{kind}\0{public_id}\0{number}\0{url}"
    return seal(_SALT, said)[:_SIGN]


def pixel_address(public_id: str) -> str:
    """Return the address of the picture of a letter."""
    return settings.SITE + _address("opened", public_id + _sign("open", public_id, 0, ""))


def link_address(public_id: str, number: int, url: str) -> str:
    """Return the address by which a link of a letter leads over us."""
    token = public_id + _sign("click", public_id, number, url)
    return f"{settings.SITE}{_address('clicked', token)}?{urlencode({'n': number, 'to': url})}"


def trap_address(public_id: str) -> str:
    """Return the address that no person finds in a letter."""
    return settings.SITE + _address("clicked", public_id + _sign("trap", public_id, 0, ""))


def _address(name: str, token: str) -> str:
    before, after = _around(name)
    return f"{before}{token}{after}"


@cache
def _around(name: str) -> tuple[str, str]:
    """Return what stands around the token in an address: it is the same in all letters, and dear to find out."""
    before, _token, after = reverse(f"messaging:{name}", args=[_PLACE]).rpartition(_PLACE)
    return before, after


def is_ours(kind: str, token: str, number: int = 0, url: str = "") -> bool:
    """Tell whether we signed an address for this letter, link and target; nothing is asked of the database."""
    public_id, sign = token[:PUBLIC_ID_LENGTH], token[PUBLIC_ID_LENGTH:]
    return token.isascii() and hmac.compare_digest(sign, _sign(kind, public_id, number, url))


# --- What comes ---------------------------------------------------------------------------------------------------


def note_touch(
    kind: str, token: str, *, agent: str, is_ahead: bool, now: datetime, number: int = 0, url: str = ""
) -> bool:
    """Keep a touch of a letter whose address was found to be ours; tell whether it was kept.

    Outside of companies. Not kept are those of messages that have not left, of clients who refused, and more than MOST.
    """
    public_id = token[:PUBLIC_ID_LENGTH]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company, message FROM messaging_of_sign(%s)", [public_id])
        found = cursor.fetchone()
    if found is None:
        return False
    company_id, message_id = found
    with company_context(company_id, origin="letter"), transaction.atomic():
        if MessageTouch.objects.filter(message=message_id).order_by("id")[MOST - 1 : MOST].exists():
            return False
        message = Message.objects.filter(pk=message_id, state__in=WAS_HANDED, client_id__isnull=False).first()
        if message is None or message.handed_at is None or now - message.handed_at > COUNTS_FOR:
            return False
        if message.client_id in people.said_no([message.client_id or 0], "tracking"):
            return False
        MessageTouch.objects.create(
            message_id=message_id, kind=kind, link=number, url=url[:500], agent=agent.replace("\0", "")[:200],
            is_ahead=is_ahead, at=now,
        )  # fmt: skip
    return True


def tracked_ids(rows: Sequence[Message] | Sequence[Row]) -> Collection[int]:
    """Return the messages whose openings and clicks may be counted, by the company's setting and the client's word."""
    return _tracked(rows) if any(one.body_html for one in rows) else ()


@transaction.atomic
def _tracked(rows: Sequence[Message] | Sequence[Row]) -> set[int]:
    gate = get_gate()
    on = {"service": gate.tracks_service, "advertising": gate.tracks_advertising}
    able = [one for one in rows if one.body_html and one.client_id is not None and on[one.traffic]]
    refused = (
        people.said_no([one.client_id for one in able if one.client_id is not None], "tracking") if able else set()
    )
    return {one.pk for one in able if one.client_id not in refused}


# --- Judging ------------------------------------------------------------------------------------------------------


def touches_due(now: datetime) -> list[int]:
    """Return the companies with touches that may be judged."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM messaging_touches_due(%s)", [now - SETTLES])
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def judge_touches(*, now: datetime) -> int:
    """Judge what has lain long enough for what came beside it to be known; announce what people did first."""
    due = MessageTouch.objects.select_for_update(skip_locked=True).filter(is_human=None, at__lte=now - SETTLES)
    fresh = list(due.order_by("id")[:BATCH])
    messages = Message.objects.in_bulk({one.message_id for one in fresh})
    beside: dict[int, list[MessageTouch]] = {}
    for one in MessageTouch.objects.filter(message__in=messages).order_by("id"):
        beside.setdefault(one.message_id, []).append(one)
    events: list[Event] = []
    for message_id, touches in sorted(beside.items()):
        reasons = judge([_seen(one) for one in touches], handed_at=messages[message_id].handed_at)
        done = {(one.kind, one.link) for one in touches if one.is_human}
        for one in [row for row in fresh if row.message_id == message_id]:
            one.reason = reasons[one.pk]
            one.is_human = not one.reason
            if one.is_human and (one.kind, one.link) not in done:
                done.add((one.kind, one.link))
                events.append(_event(one, messages[message_id]))
    MessageTouch.objects.bulk_update(fresh, ["is_human", "reason"])
    publish(*events, at=now)
    return len(fresh)


def _seen(one: MessageTouch) -> Seen:
    return Seen(one.pk, one.kind, one.at, one.link, one.agent, one.is_ahead)


def _event(one: MessageTouch, message: Message) -> Event:
    if one.kind == "open":
        return LetterOpened(message_id=message.pk, client_id=message.client_id)
    return LetterClicked(message_id=message.pk, client_id=message.client_id, link=one.link)


# --- Refusing -----------------------------------------------------------------------------------------------------


@transaction.atomic
def refuse_tracking(leaving: Leaving, *, now: datetime) -> None:
    """Note that the client of a letter wants nothing counted; said twice, it is one act. Inside its company."""
    row = Message.objects.get(pk=leaving.message_id)
    if row.client_id is None or row.client_id not in people.lock_clients([row.client_id]):
        return
    if row.client_id in people.said_no([row.client_id], "tracking"):
        return
    no = clients.ConsentDraft(purpose="tracking", channel="any", given=False)
    with translation.override(accounts.get_company_rules().language):
        source = _("one press in the letter “%(subject)s”") % {"subject": row.subject[:120]}
    clients.write_consents(row.client_id, [no], source=source, now=now)


def is_tracked(leaving: Leaving) -> bool:
    """Tell whether the client of a letter has not refused to be counted."""
    row = Message.objects.get(pk=leaving.message_id)
    return row.client_id is not None and not people.said_no([row.client_id], "tracking")
