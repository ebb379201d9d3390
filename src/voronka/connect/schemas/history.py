"""The history of clients' cards: who changed what, and when."""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from voronka.connect.schemas.common import Moment, Named, Told
from voronka.connect.schemas.outer import Outer

if TYPE_CHECKING:
    from voronka.people.queries.history import CardChange as CardChangeRow

Kept = Annotated[Any, Field(examples=["Омск"])]  # a value of the field's own kind


class FieldChange(Told):
    """A field of a card before and after a change: by its name in the card, an own field as `custom.CODE`."""

    field: Annotated[str, Field(examples=["city"])]
    before: Kept
    after: Kept


class CardChange(Told):
    """A change of a card: whose (nobody's where the system did it), when, the fields that the reader may see."""

    id: Annotated[int, Field(examples=[1042])]
    at: Moment
    who: Named | None
    fields: list[FieldChange]


class CardHistory(Told):
    """A page of the changes of a card, newest first."""

    items: list[CardChange]
    next: str | None


def change_out(row: "CardChangeRow", outer: Outer) -> CardChange:
    """Return a change of a card as it goes out, employees by their public ids."""
    fields = [
        FieldChange(
            field=one.field,
            before=_kept(one.field, one.before, outer),
            after=_kept(one.field, one.after, outer),
        )
        for one in row.fields
    ]
    return CardChange(id=row.id, at=row.at, who=outer.employee(row.employee_id), fields=fields)


def _kept(field: str, value: Any, outer: Outer) -> Any:  # of the field's own kind
    """Return a value of the history as it goes out."""
    own = field.removeprefix("custom.") if field.startswith("custom.") else ""
    if value and (field in ("responsible", "binned_by") or own in outer.people_fields):
        found = outer.employee(int(value)) if str(value).isdecimal() else None
        return found.id if found is not None else None
    return value
