"""Lists called through, and new deals that wait for their first answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, Moment, Money, Named, PublicId, Told, named
from voronka.connect.schemas.deals import Deal
from voronka.connect.schemas.saved import Subject
from voronka.deals.queries.walks import Outcome, Progress

if TYPE_CHECKING:
    from voronka.deals.models import AnswerWatch, WalkItem
    from voronka.deals.models import Walk as WalkRow

STEPS = ("none", "told", "given")


class Walk(Told):
    """A list that is called through: what it found when it was begun. `left` wait or are in somebody's hands."""

    id: PublicId
    name: Annotated[str, Field(examples=["Omsk, not called"])]
    subject: Subject
    query: str
    author: Named | None
    is_mine: bool
    is_shared: bool
    total: int
    done: int
    left: int
    started_at: Moment
    ended_at: datetime | None


class WalkList(Told):
    """A page of lists called through, newest first: one's own, and the shared ones that go on."""

    items: list[Walk]
    next: str | None


class WonSum(Told):
    """What was won, in one currency."""

    currency: Annotated[str, Field(examples=["RUB"])]
    sum: Money


class WalkOutcome(Told):
    """What came of some of the clients: the button and outcome pressed, how many, and what was won with them."""

    label: Annotated[str, Field(examples=["No answer: busy"])]
    result: str
    count: int
    won: list[WonSum]


class Unreached(Told):
    """One who was not called: he waits for his turn, is in hands, was passed over, or his deal was closed."""

    position: int
    state: Literal["waiting", "taken", "skipped", "closed"]
    client: Named
    deal: PublicId | None
    employee: Named | None


class WalkDetail(Walk):
    """A list with what came of it so far, and the first hundred who were not reached."""

    outcomes: list[WalkOutcome]
    unreached: list[Unreached]


class NewWalk(Given):
    """A list to be called through: the address of a list of clients or deals; `is_shared`: colleagues may join."""

    subject: Subject
    query: Annotated[str, Field(max_length=2_000, examples=["f.city=Омск"])]
    name: Annotated[str, Field(min_length=1, max_length=200, examples=["Omsk, not called"])]
    is_shared: bool = False


class WalkStep(Told):
    """Who was given, and held for 90 seconds: a client with the deal to press a button of.

    A client without an open deal has none: open one by `position`, or skip him. All empty when nobody may be called
    now.
    """

    walk: Walk
    position: int | None
    client: Named | None
    deal: Deal | None


class WalkOpen(Given):
    """In which pipeline to open a deal for the client in hand."""

    pipeline: PublicId


class WaitingDeal(Told):
    """A new deal that nobody has answered: since when it counts, by when it should have been, what was done about it.

    `step`: none yet, the head was told, or it was given to another.
    """

    deal: PublicId
    client: Named
    pipeline: Named
    responsible: Named | None
    norm_minutes: Annotated[int, Field(examples=[15])]
    starts_at: Moment
    due_at: Moment
    is_late: bool
    step: Literal["none", "told", "given"]


class WaitingList(Told):
    """A page of deals that wait, the one due first at the top."""

    items: list[WaitingDeal]
    next: str | None


class Held(Told):
    """Until when the client is held; ask again before."""

    until: Moment


def _values(row: "WalkRow", progress: Progress, employee_id: int | None) -> dict[str, Any]:
    plain = ("name", "subject", "query", "is_shared", "started_at", "ended_at")
    return {
        **{name: getattr(row, name) for name in plain},
        "id": row.public_id,
        "author": named(row.author.public_id, row.author.name),
        "is_mine": row.author_id == employee_id,
        "total": progress.total,
        "done": progress.done,
        "left": progress.left,
    }


def walk_out(row: "WalkRow", progress: Progress, employee_id: int | None) -> Walk:
    """Return a list that is called through as it goes out to an employee."""
    return Walk(**_values(row, progress, employee_id))


def walk_detail_out(
    row: "WalkRow",
    progress: Progress,
    employee_id: int | None,
    outcomes: Sequence[Outcome],
    unreached: Sequence["WalkItem"],
) -> WalkDetail:
    """Return a list with what came of it as it goes out."""
    return WalkDetail(
        **_values(row, progress, employee_id),
        outcomes=[
            WalkOutcome(
                label=one.label,
                result=one.result,
                count=one.count,
                won=[WonSum(currency=currency, sum=total) for currency, total in one.sums],
            )
            for one in outcomes
        ],
        unreached=[
            Unreached(
                position=one.position,
                state=one.state,
                client=Named(id=one.client.public_id, name=one.client.name),
                deal=one.deal.public_id if one.deal is not None else None,
                employee=named(one.employee.public_id, one.employee.name) if one.employee is not None else None,
            )
            for one in unreached
        ],
    )


def waiting_out(row: "AnswerWatch", now: datetime) -> WaitingDeal:
    """Return a deal that waits as it goes out."""
    deal = row.deal
    owner = deal.responsible
    return WaitingDeal(
        deal=deal.public_id,
        client=Named(id=deal.client.public_id, name=deal.client.name),
        pipeline=Named(id=deal.pipeline.public_id, name=deal.pipeline.name),
        responsible=named(owner.public_id, owner.name) if owner is not None else None,
        norm_minutes=deal.pipeline.answer_minutes,
        starts_at=row.starts_at,
        due_at=row.due_at,
        is_late=row.step > 0 or row.due_at <= now,
        step=STEPS[min(row.step, 2)],
    )
