"""Openings and clicks counted: raw, machine and human side by side, with the reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q

from voronka.messaging.models import MessageTouch


@dataclass(frozen=True, slots=True)
class Counted:
    """`raw` in all, `machine` and `human` of them; what is not judged yet is in neither."""

    raw: int = 0
    machine: int = 0
    human: int = 0


@dataclass(frozen=True, slots=True)
class TouchCounts:
    """How often letters were opened and their links followed; `reasons` says by code why it was a machine."""

    opened: Counted = field(default_factory=Counted)
    clicked: Counted = field(default_factory=Counted)
    reasons: Mapping[str, int] = field(default_factory=dict)


_MACHINE, _HUMAN = Q(is_human=False), Q(is_human=True)


def by_cause(cause_kind: str, cause_ids: Sequence[int]) -> dict[int, TouchCounts]:
    """Return, by the id of a cause (a campaign, an automation), how many of its letters were opened and followed.

    Each letter counts once in each figure: one may be opened by a machine and by a person. Two statements.
    """
    rows = MessageTouch.objects.filter(message__cause_kind=cause_kind, message__cause_id__in=list(cause_ids))
    return _counts(rows.exclude(kind="trap"), "message__cause_id", "message", cause_ids)


def by_variant(campaign_id: int) -> dict[int, tuple[int, int]]:
    """Return, by the variant of a campaign, how many of its letters people opened and followed links of.

    Variants that nobody has touched are left out. One statement.
    """
    rows = MessageTouch.objects.filter(_HUMAN, message__cause_kind="campaign", message__cause_id=campaign_id)
    counted = rows.values("message__variant").annotate(
        opened=Count("message", distinct=True, filter=Q(kind="open")),
        clicked=Count("message", distinct=True, filter=Q(kind="click")),
    )
    return {one["message__variant"]: (one["opened"], one["clicked"]) for one in counted}


def by_message(message_ids: Sequence[int]) -> dict[int, TouchCounts]:
    """Return, by the id of a message, how often it was opened and its links followed."""
    rows = MessageTouch.objects.filter(message__in=list(message_ids)).exclude(kind="trap")
    return _counts(rows, "message_id", "id", message_ids)


def _counts(rows, by: str, what: str, ids: Sequence[int]) -> dict[int, TouchCounts]:  # type: ignore[no-untyped-def]  # a query set of touches
    found: dict[tuple[int, str], Counted] = {}
    for row in rows.values(by, "kind").annotate(
        raw=Count(what, distinct=True),
        machine=Count(what, distinct=True, filter=_MACHINE),
        human=Count(what, distinct=True, filter=_HUMAN),
    ):
        found[row[by], row["kind"]] = Counted(row["raw"], row["machine"], row["human"])
    reasons: dict[int, dict[str, int]] = {}
    for row in rows.filter(_MACHINE).values(by, "reason").annotate(n=Count(what, distinct=True)):
        reasons.setdefault(row[by], {})[row["reason"]] = row["n"]
    return {
        one: TouchCounts(
            found.get((one, "open"), Counted()), found.get((one, "click"), Counted()), reasons.get(one, {})
        )
        for one in ids
    }


def list_touches(message_ids: Sequence[int]) -> dict[int, list[MessageTouch]]:
    """Return what came of each message, oldest first, by one statement."""
    found: dict[int, list[MessageTouch]] = {one: [] for one in message_ids}
    for row in MessageTouch.objects.filter(message__in=list(message_ids)).order_by("id"):
        found[row.message_id].append(row)
    return found
