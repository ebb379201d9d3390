"""Many clients changed at once, and the recycle bin."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from voronka.connect.schemas.common import Given, Moment, Named, PublicId, Told
from voronka.connect.schemas.outer import Outer
from voronka.kit.errors import Invalid

if TYPE_CHECKING:
    from voronka.people.models import BulkRun
    from voronka.people.queries.bin import Binned
    from voronka.people.services.bulk import Preview as FoundPreview

ActionCode = Literal["responsible", "city", "vip", "field", "add", "remove", "delete"]
State = Literal["draft", "running", "done", "stopped", "failed", "undoing", "undone"]
DELETE, BIN = "delete", "bin"  # as programs name it, and as the part does
Value = Annotated[
    Any,  # of whatever kind the action or the own field is
    Field(
        examples=["Омск"],
        description="An employee or null (responsible), a city, true or false (vip), a value of the own field.",
    ),
]


class BulkStart(Given):
    """Whom to change: `clients` by id, or all whom the list of `query` finds now; an empty one finds everybody."""

    clients: Annotated[list[PublicId], Field(min_length=1, max_length=1_000)] | None = None
    query: Annotated[str, Field(max_length=4_000, examples=["f.city=Омск"])] | None = None


class BulkAction(Given):
    """What to do to each: one thing. `field` is the code of an own field for field, add and remove."""

    action: ActionCode
    field: Annotated[str, Field(max_length=40)] = ""
    value: Value = None


class BulkDone(Told):
    """What a change does to each client."""

    action: ActionCode
    field: str
    value: Value


class BulkChange(Told):
    """A change of many clients. `left` counts those left out by why: not_yours, same, held.

    `seen` of `total` have been looked at, `changed` changed. `undo` says how many were restored, and kept because they
    have been changed again since. `may` names the actions that are open to the key.
    """

    id: PublicId
    state: State
    total: int
    seen: int
    changed: int
    left: dict[str, int]
    undo: dict[str, int]
    error: Annotated[str, Field(description="Why it failed: denied, gone, invalid, or another code.")]
    does: BulkDone | None
    may: list[ActionCode]
    made_at: Moment
    finished_at: datetime | None


class BulkSample(Told):
    """A client before and after; `why` he would be left out."""

    name: str
    before: str
    after: str
    why: str


class BulkPreview(Told):
    """What the action would do. `may_be_held`: some of them may yet turn out to be held by an open deal."""

    total: int
    will_change: int
    left: dict[str, int]
    samples: list[BulkSample]
    may_be_held: bool


class BinnedClient(Told):
    """A client in the recycle bin: who put him there, when, and how many days are left."""

    client: Named
    by: Named | None
    at: Moment
    days_left: Annotated[int, Field(examples=[29])]


class Bin(Told):
    """A page of the recycle bin, the newest first."""

    items: list[BinnedClient]
    next: str | None


class RestoreGiven(Given):
    """Whom to take out of the bin; those not in it are passed over."""

    clients: Annotated[list[PublicId], Field(min_length=1, max_length=100)]


class Restored(Told):
    """Who came out of the bin, with all that went there along."""

    clients: list[PublicId]


def change_out(run: "BulkRun", outer: Outer, may: Sequence[str]) -> BulkChange:
    """Return a change as it goes out; `may` are the codes of actions that the reader may use."""
    does = None
    if run.action:
        value = run.value
        if run.action == "responsible" or run.field in outer.people_fields:
            found = outer.employee(int(value)) if value else None
            value = found.id if found is not None else None
        does = BulkDone(action=_outer(run.action), field=run.field, value=value)
    plain = ("state", "total", "seen", "changed", "left", "undo", "error", "made_at", "finished_at")
    return BulkChange(
        id=run.public_id, does=does, may=[_outer(one) for one in may], **{name: getattr(run, name) for name in plain}
    )


def _outer(code: str) -> Any:  # one of ActionCode
    return DELETE if code == BIN else code


def action_in(sent: BulkAction, outer: Outer) -> Mapping[str, Any]:
    """Return the code, the field and the value of an action as the part reads them. Raises Invalid."""
    value = sent.value
    match sent.action:
        case "responsible":
            value = "none" if value is None else str(outer.inner(str(value)[:40], "value"))
        case "vip":
            if not isinstance(value, bool):
                message = _("Answer true or false.")
                raise Invalid(message, fields={"value": message})
            value = "yes" if value else "no"
        case "field" if sent.field in outer.people_fields and value:
            value = outer.inner(str(value)[:40], "value")
    return {"code": BIN if sent.action == DELETE else sent.action, "field": sent.field, "value": value}


def preview_out(found: "FoundPreview") -> BulkPreview:
    """Return what an action would do as it goes out."""
    return BulkPreview(
        total=found.total,
        will_change=found.will_change,
        left=dict(found.left),
        samples=[
            BulkSample(name=one.name, before=one.before, after=one.after, why=str(one.why)) for one in found.samples
        ],
        may_be_held=found.may_be_held,
    )


def binned_out(row: "Binned", outer: Outer) -> BinnedClient:
    """Return a client in the bin as he goes out."""
    client = Named(id=row.client.public_id, name=row.client.name)
    return BinnedClient(client=client, by=outer.employee(row.client.binned_by_id), at=row.at, days_left=row.days_left)
