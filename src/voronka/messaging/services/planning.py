"""Planning messages: rows written many at once, each judged by the gate as of its hour."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import cast

from django.db import transaction

from voronka.kit.events import Event, publish
from voronka.kit.ids import ALPHABET, PUBLIC_ID_LENGTH, new_public_id
from voronka.kit.seals import seal
from voronka.kit.tenancy import current_company_id
from voronka.messaging.events import MessagePlanned, MessageRefused
from voronka.messaging.models import Message, MessageStep
from voronka.messaging.queries.facts import Asked, Scene, scene_of
from voronka.messaging.queries.messages import went_of
from voronka.messaging.rules.gate import Verdict, decide
from voronka.messaging.rules.states import RECALLABLE
from voronka.messaging.services.row_writing import insert_rows, write_steps

CHUNK = 1_000
_ONCE_SALT = "voronka.messaging.once"


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be planned; `due_at` is when it is to go. `cause` is the press that may call it back.

    `parts` and `cost` are what an SMS comes to, as far as it is known before.
    Of all drafts of a company with the same `once` there is one message; without it each is its own. `refused` is why
    there is nothing to send to this client, `held` why it waits for its campaign to let it go.
    """

    channel: str
    traffic: str
    client_id: int | None
    address: str
    body: str
    due_at: datetime
    cause_kind: str = "hand"
    cause_id: int | None = None
    cause: uuid.UUID | None = None
    subject: str = ""
    body_html: str = ""
    sender: str = ""
    author_id: int | None = None
    parts: int | None = None
    cost: Decimal | None = None
    once: str = ""
    variant: int = 0
    refused: str = ""
    held: str = ""

    def asked(self) -> Asked:
        """Return the message as the gate is asked about it."""
        cost = self.cost or Decimal(0)
        return Asked(self.client_id, self.address, self.traffic, self.cause_kind, self.due_at, cost)


@transaction.atomic
def plan(drafts: Sequence[Draft], *, now: datetime) -> list[int | None]:
    """Write messages down; return their ids in the order of the drafts.

    The caller has checked who may write to whom. A recipient of a campaign or an automation who has his row already
    gets no second one, and neither does a draft whose `once` was planned: None stands in its place. What the gate
    refuses is written as refused, with its code; it is asked again before the message goes.
    """
    ids: dict[int, int] = {}
    for start in range(0, len(drafts), CHUNK):
        part = range(start, min(start + CHUNK, len(drafts)))
        for channel in sorted({drafts[one].channel for one in part}):
            chosen = [one for one in part if drafts[one].channel == channel]
            ids |= _write(channel, chosen, [drafts[one] for one in chosen], now)
    return [ids.get(one) for one in range(len(drafts))]


def _write(channel: str, places: Sequence[int], drafts: Sequence[Draft], now: datetime) -> dict[int, int]:
    """Write drafts of one channel; return the ids of the rows made, by the places of the drafts."""
    scene = scene_of(channel, [one.asked() for one in drafts], now=now)
    rows = {str(row["public_id"]): (place, row) for place, row in zip(places, _rows(drafts, scene, now), strict=True)}
    steps, events, ids = [], list[Event](), {}
    made = insert_rows([row for _place, row in rows.values()])
    for sign, pk in sorted(made.items(), key=lambda pair: pair[1]):
        place, row = rows[sign]
        ids[place] = pk
        state, code, client_id = str(row["state"]), str(row["code"]), cast("int | None", row["client_id"])
        steps.append((pk, state, code, ""))
        if state == "refused":
            events.append(MessageRefused(message_id=pk, client_id=client_id, channel=channel, code=code))
        else:
            events.append(MessagePlanned(message_id=pk, client_id=client_id, channel=channel))
    write_steps(steps, now)
    causes = {one.cause for one in drafts}
    publish(*events, cause=causes.pop() if len(causes) == 1 else None, at=now)
    return ids


def public_id_of(once: str) -> str:
    """Return the public id of the only message of a company's `once`: who does not know our key cannot tell it."""
    number = int(seal(_ONCE_SALT, f"{current_company_id()}:{once}"), 16)
    signs = []
    for _place in range(PUBLIC_ID_LENGTH):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    return "".join(signs)


def _rows(drafts: Sequence[Draft], scene: Scene, now: datetime) -> Iterator[dict[str, object]]:
    """Return the columns of each message, judged as of its hour."""
    for draft in drafts:
        verdict = decide(scene.facts(draft.asked()), max(draft.due_at, now))
        if draft.refused and verdict.kind != "refuse":
            verdict = Verdict("refuse", draft.refused)
        is_refused = verdict.kind == "refuse"
        is_held = bool(draft.held) and not is_refused
        yield {
            "public_id": public_id_of(draft.once) if draft.once else new_public_id(),
            "channel": draft.channel,
            "traffic": draft.traffic,
            "client_id": draft.client_id,
            "address": draft.address[:254],
            "sender": draft.sender,
            "subject": draft.subject[:300],
            "body": draft.body,
            "body_html": draft.body_html,
            "cause_kind": draft.cause_kind,
            "cause_id": draft.cause_id,
            "cause": draft.cause,
            "variant": draft.variant,
            "author_id": draft.author_id,
            "parts": draft.parts,
            "cost": draft.cost,
            "planned_for": draft.due_at,
            "due_at": draft.due_at if is_refused else verdict.until or draft.due_at,
            "made_at": now,
            "state": "held" if is_held else {"go": "planned", "wait": "waiting", "refuse": "refused"}[verdict.kind],
            "code": draft.held if is_held else verdict.code,
            "ended_at": now if is_refused else None,
        }


@transaction.atomic
def call_back(cause: uuid.UUID, *, now: datetime) -> list[Message]:
    """Cancel the messages of a press whose hand-over has not begun; return those that have left, or may have."""
    due = Message.objects.select_for_update().filter(cause=cause, state__in=RECALLABLE).order_by("id")
    cancel_rows(list(due), now=now)
    return went_of(cause)


def cancel_rows(rows: Sequence[Message], *, now: datetime, code: str = "") -> None:
    """Cancel messages that the caller has locked and that wait still."""
    ids = [one.pk for one in rows]
    if ids:
        Message.objects.filter(pk__in=ids).update(state="cancelled", code=code, ended_at=now)
        MessageStep.objects.bulk_create(
            [MessageStep(message_id=one, state="cancelled", code=code, at=now) for one in ids]
        )
