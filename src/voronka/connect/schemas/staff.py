"""Employees, teams, and everything of one employee handed over to others."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, Moment, Named, PublicId, Told, named
from voronka.kit.actors import Actor, Reach

if TYPE_CHECKING:
    from voronka.accounts.models import Employee as EmployeeRow
    from voronka.deals.models import HandOver as HandOverRow
    from voronka.deals.services.handovers import Plan

Feed = Literal["company", "led", "free"]
Way = Literal["rules", "pool", "person"]
FirstName = Annotated[str, Field(min_length=1, max_length=100, examples=["Maxim"])]
LastName = Annotated[str, Field(max_length=100, examples=["Petrov"])]
RoleCode = Annotated[str, Field(max_length=40, examples=["manager"], description="`code` of a role.")]
TeamName = Annotated[str, Field(max_length=100, examples=["North"], description="The name of a team.")]
Zone = Annotated[str, Field(max_length=64, examples=["Europe/Moscow"])]

FEEDS: Mapping[bool | None, Feed] = {None: "company", True: "led", False: "free"}
STRICT: Mapping[Feed, bool | None] = {word: value for value, word in FEEDS.items()}


class Employee(Told):
    """An employee. The address and the way he takes clients (`feed`) are told to those only who manage employees."""

    id: PublicId
    name: Annotated[str, Field(examples=["Maxim Petrov"])]
    first_name: Annotated[str, Field(examples=["Maxim"])]
    last_name: Annotated[str, Field(examples=["Petrov"])]
    role: Annotated[str, Field(examples=["manager"])]
    team: Annotated[str, Field(examples=["North"])] | None
    zone: Annotated[str, Field(examples=["Europe/Moscow"])]
    is_active: Annotated[bool, Field(examples=[True])]
    has_joined: bool
    email: Annotated[str, Field(examples=["maxim@example.com"])] | None
    feed: Feed | None


class EmployeeList(Told):
    """The employees by name."""

    items: list[Employee]


class NewEmployee(Given):
    """A person to be invited. He chooses his own password by the link; nobody else ever does."""

    email: Annotated[str, Field(min_length=1, max_length=254, examples=["maxim@example.com"])]
    first_name: FirstName
    last_name: LastName = ""
    role: RoleCode
    team: TeamName | None = None
    zone: Zone | None = None


class EmployeeChanges(Given):
    """Only what is sent is changed. `feed`: as the company, led strictly by the feed, or free to choose."""

    first_name: FirstName | None = None
    last_name: LastName | None = None
    role: RoleCode | None = None
    team: TeamName | None = None
    zone: Zone | None = None
    feed: Feed | None = None


class Invited(Told):
    """An employee with the link by which he takes his place, once, within a week.

    Null where a letter is on its way to him, and where he has joined already.
    """

    employee: Employee
    link: Annotated[str, Field(examples=["https://crm.example.com/join/eyJjIjox/"])] | None


class Team(Told):
    """A group of employees; its name is unique."""

    name: Annotated[str, Field(examples=["North"])]


class TeamList(Told):
    """The teams by name."""

    items: list[Team]


class NewTeam(Given):
    """A team to be made."""

    name: Annotated[str, Field(min_length=1, max_length=100, examples=["North"])]


class HandOverGiven(Given):
    """To whom: by the rules of each pipeline, into the common pools, or to a person, who gets the set tasks too."""

    way: Way = "rules"
    to: Annotated[str, Field(max_length=40, examples=["k7m2p9x4w3ab"])] | None = None


class HandOverShare(Told):
    """How many deals go to an employee, null for the common pools."""

    employee: Named | None
    deals: Annotated[int, Field(examples=[12])]


class HandOverPlan(Told):
    """What a hand-over would do now. `is_more`: more is open than goes at once; ask again after the first."""

    shares: list[HandOverShare]
    deals: Annotated[int, Field(examples=[12])]
    tasks: int
    is_more: bool


class HandOver(Told):
    """A hand-over that was done. Author null: by itself, after a dismissal."""

    id: PublicId
    way: Way
    employee: Named
    to: Named | None
    author: Named | None
    deals: Annotated[int, Field(examples=[12])]
    tasks: int
    made_at: Moment
    undone_at: datetime | None


class HandOverList(Told):
    """The latest hand-overs of an employee, newest first."""

    items: list[HandOver]


class HandOverUndone(Told):
    """How much came back; what was closed or given on since stays."""

    deals: Annotated[int, Field(examples=[12])]
    tasks: int


def employee_out(row: "EmployeeRow", actor: Actor) -> Employee:
    """Return an employee as he goes out to the actor."""
    manages = actor.rights.get("accounts.manage_employees", Reach.NONE) is not Reach.NONE
    return Employee(
        id=row.public_id,
        name=row.name,
        first_name=row.first_name,
        last_name=row.last_name,
        role=row.role.code,
        team=row.team.name if row.team is not None else None,
        zone=row.zone,
        is_active=row.is_active,
        has_joined=row.joined_at is not None,
        email=row.user.email if manages else None,
        feed=FEEDS[row.strict_feed] if manages else None,
    )


def plan_out(plan: "Plan", names: Mapping[int, Named]) -> HandOverPlan:
    """Return what a hand-over would do, the biggest share first."""
    shares = sorted(plan.to.items(), key=lambda one: (-one[1], one[0] or 0))
    return HandOverPlan(
        shares=[HandOverShare(employee=names.get(to or 0), deals=count) for to, count in shares],
        deals=plan.deals,
        tasks=plan.tasks,
        is_more=plan.is_more,
    )


def hand_over_out(row: "HandOverRow") -> HandOver:
    """Return a hand-over as it goes out."""
    to, author = row.to_employee, row.author
    return HandOver(
        id=row.public_id,
        way=row.way,
        employee=Named(id=row.employee.public_id, name=row.employee.name),
        to=named(to.public_id, to.name) if to is not None else None,
        author=named(author.public_id, author.name) if author is not None else None,
        deals=len(row.moved),
        tasks=len(row.tasks),
        made_at=row.made_at,
        undone_at=row.undone_at,
    )
