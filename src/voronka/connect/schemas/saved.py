"""Saved lists: a list of clients or deals that somebody named."""

from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import parse_qsl

from pydantic import Field

from voronka.connect.schemas.common import Given, Moment, Named, PublicId, Told

if TYPE_CHECKING:
    from voronka.accounts.models import SavedView

Subject = Literal["client", "deal"]
Name = Annotated[str, Field(min_length=1, max_length=60, examples=["Omsk, not called"])]
Query = Annotated[
    str,
    Field(
        max_length=4_000,
        examples=["f.city=Омск&sort=name"],
        description="The list as its address has it: `f.` and the code of a filter, `q`, of clients `sort` too.",
    ),
]


class SavedCondition(Told):
    """A part of the address: `f.` and the code of a filter, `q` the text, `sort` the order, and what it asks for."""

    name: Annotated[str, Field(examples=["f.city"])]
    value: Annotated[str, Field(examples=["Омск"])]


class SavedList(Told):
    """A list as somebody named it, for himself or for all. `query` is its address, `conditions` it taken apart."""

    id: PublicId
    subject: Subject
    name: Annotated[str, Field(examples=["Omsk, not called"])]
    owner: Named
    is_mine: bool
    is_shared: bool
    query: Annotated[str, Field(examples=["f.city=Omsk&sort=-made_at"])]
    conditions: list[SavedCondition]
    made_at: Moment


class SavedLists(Told):
    """One's own lists in their order, then those that colleagues share."""

    items: list[SavedList]


class NewSavedList(Given):
    """A list to be kept under a name. To share it with all takes a right of its own."""

    subject: Subject
    name: Name
    query: Query
    is_shared: bool = False


class SavedListChanges(Given):
    """Only what is sent is changed."""

    name: Name | None = None
    query: Query | None = None
    is_shared: bool | None = None


def saved_out(row: "SavedView", employee_id: int | None) -> SavedList:
    """Return a saved list as it goes out to an employee."""
    return SavedList(
        id=row.public_id,
        subject=row.subject,
        name=row.name,
        owner=Named(id=row.owner.public_id, name=row.owner.name),
        is_mine=row.owner_id == employee_id,
        is_shared=row.is_shared,
        query=row.query,
        conditions=[SavedCondition(name=name, value=value) for name, value in parse_qsl(row.query)],
        made_at=row.made_at,
    )
