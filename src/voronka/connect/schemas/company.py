"""The company, its people, what lists can be asked for."""

from typing import Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import Named, PublicId, Told


class Company(Told):
    """The company's own defaults; calling hours are minutes of the client's day."""

    name: str
    zone: Annotated[str, Field(examples=["Europe/Moscow"])]
    country: Annotated[str, Field(examples=["RU"])]
    currency: Annotated[str, Field(examples=["RUB"])]
    language: Annotated[str, Field(examples=["ru"])]
    call_opens_minute: int
    call_closes_minute: int


class Me(Told):
    """Who acts: the company, the employee in whose name, the scopes of the key (null for a session), the rights."""

    company: Company
    employee: Named | None
    scopes: list[str] | None
    rights: Annotated[dict[str, Literal["own", "team", "all"]], Field(examples=[{"people.see_clients": "own"}])]


class Employee(Told):
    """An employee. The address is told to those only who manage employees."""

    id: PublicId
    name: Annotated[str, Field(examples=["Maxim Petrov"])]
    first_name: str
    last_name: str
    role: Annotated[str, Field(examples=["manager"])]
    team: str | None
    zone: str
    is_active: bool
    email: str | None


class EmployeeList(Told):
    """The employees by name."""

    items: list[Employee]


class Choice(Told):
    """A value that a filter takes, and its words."""

    value: str
    words: str


class Facet(Told):
    """Something that a list can be filtered (`f.CODE`) or put in order (`sort`) by."""

    code: Annotated[str, Field(examples=["city"])]
    name: str
    kind: Annotated[str, Field(examples=["text"])]
    sorts: bool
    choices: list[Choice] | None


class FacetList(Told):
    """All facets of a kind of record, the company's own fields among them."""

    items: list[Facet]
