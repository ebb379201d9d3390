"""Roles: what each may do, sees and uses."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.accounts import queries as accounts
from voronka.connect.schemas.common import Given, Told
from voronka.connect.schemas.company import ModuleCodes, UnusedCodes
from voronka.kit.actors import Access, Reach

if TYPE_CHECKING:
    from voronka.accounts.models import Role as RoleRow

ReachWord = Literal["none", "own", "team", "all"]
AccessWord = Literal["hidden", "read", "edit"]
Code = Annotated[str, Field(max_length=80)]
Name = Annotated[str, Field(min_length=1, max_length=100, examples=["Senior manager"])]
Reaches = Annotated[
    dict[Code, ReachWord], Field(max_length=300, examples=[{"deals.assign": "all", "people.see_clients": "team"}])
]
Accesses = Annotated[dict[Code, AccessWord], Field(max_length=400, examples=[{"client.phone": "read"}])]

REACH_WORDS: Mapping[Reach, ReachWord] = {
    Reach.NONE: "none",
    Reach.OWN: "own",
    Reach.TEAM: "team",
    Reach.ALL: "all",
}
REACHES: Mapping[ReachWord, Reach] = {word: reach for reach, word in REACH_WORDS.items()}
ACCESS_WORDS: Mapping[Access, AccessWord] = {Access.HIDDEN: "hidden", Access.READ: "read", Access.EDIT: "edit"}
ACCESSES: Mapping[AccessWord, Access] = {word: access for access, word in ACCESS_WORDS.items()}


class Role(Told):
    """A named set of rights. Fields that are not named are open; `modules_off` and `unused` are what it leaves out."""

    code: Annotated[str, Field(examples=["manager"])]
    name: Annotated[str, Field(examples=["Manager"])]
    employees: Annotated[int, Field(examples=[12])]
    rights: Annotated[dict[str, ReachWord], Field(examples=[{"people.see_clients": "own"}])]
    fields: Annotated[dict[str, AccessWord], Field(examples=[{"client.phone": "read"}])]
    modules_off: Annotated[list[str], Field(examples=[["import"]])]
    unused: Annotated[list[str], Field(examples=[["section:work"]])]


class RoleList(Told):
    """The roles, those of every company first."""

    items: list[Role]


class NewRole(Given):
    """A role that may what the role of the code `like` may; a program may make none of its own wider."""

    name: Name
    like: Annotated[str, Field(max_length=40, examples=["manager"])]


class RoleChanges(Given):
    """Only what is sent is changed: rights and fields one by one, `modules_off` and `unused` as whole lists."""

    name: Name | None = None
    rights: Reaches = {}
    fields: Accesses = {}
    modules_off: ModuleCodes | None = None
    unused: UnusedCodes | None = None


class RoleEnd(Given):
    """The role that the people of a deleted one get."""

    successor: Annotated[str, Field(max_length=40, examples=["manager"])]


class RoleEnded(Told):
    """How many people got another role."""

    employees: Annotated[int, Field(examples=[3])]


class Right(Told):
    """Something that roles may allow. `by_program`: a program may give and take it."""

    code: Annotated[str, Field(examples=["people.see_clients"])]
    name: Annotated[str, Field(examples=["see clients"])]
    about: str
    reaches: Annotated[list[ReachWord], Field(examples=[["none", "own", "team", "all"]])]
    by_program: Annotated[bool, Field(examples=[True])]


class LimitedField(Told):
    """A field that roles may hide or make read-only."""

    code: Annotated[str, Field(examples=["client.phone"])]
    subject: Annotated[str, Field(examples=["client"])]
    name: Annotated[str, Field(examples=["Phone"])]


class Item(Told):
    """A module, a section of the menu or a single button that roles may leave out."""

    code: Annotated[str, Field(examples=["section:work"])]
    name: Annotated[str, Field(examples=["Planner"])]


class RightList(Told):
    """All that roles are made of."""

    rights: list[Right]
    fields: list[LimitedField]
    modules: list[Item]
    unusable: list[Item]


def role_out(row: "RoleRow", employees: int) -> Role:
    """Return a role as it goes out."""
    return Role(
        code=row.code,
        name=row.name,
        employees=employees,
        rights={code: REACH_WORDS[reach] for code, reach in accounts.reach_of_role(row).items()},
        fields={code: ACCESS_WORDS[access] for code, access in accounts.limits_by_code(row).items()},
        modules_off=list(row.modules_off),
        unused=list(row.unused),
    )
