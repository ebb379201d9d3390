"""What happens to companies and their employees, as others may hear it."""

from dataclasses import dataclass
from typing import ClassVar

from voronka.kit.events.log import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyFounded(Event):
    """A company was made, with the shipped roles and its owner."""

    subject: ClassVar = ("company", "company_id")
    company_id: int
    owner_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyChanged(Event):
    """Settings of the company were changed; `fields` are their codes."""

    subject: ClassVar = ("company", "company_id")
    company_id: int
    fields: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyExported(Event):
    """Everything the company owns was taken out as one file; figures of what went."""

    subject: ClassVar = ("company", "company_id")
    company_id: int
    tables: int
    rows: int
    files: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleChanged(Event):
    """The rights of a role were changed; `rights` are the codes of those that differ now."""

    subject: ClassVar = ("role", "role_id")
    role_id: int
    rights: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleMade(Event):
    """A role of the company's own was made after the role of the code `like`."""

    subject: ClassVar = ("role", "role_id")
    role_id: int
    like: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleDeleted(Event):
    """A role was deleted; its people, so many, have the role `successor_id` now."""

    subject: ClassVar = ("role", "role_id")
    role_id: int
    successor_id: int
    employees: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ListExported(Event):
    """A list left the company as a file: `what` is the subject of its rows, the log of exports tells the rest."""

    subject: ClassVar = ("list_export", "export_id")
    export_id: int
    what: str
    rows: int
    format: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EmployeeAdded(Event):
    """A place was made for a person, who joins by invitation or has joined already."""

    subject: ClassVar = ("employee", "employee_id")
    employee_id: int
    role: str
    has_joined: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class EmployeeJoined(Event):
    """A person took his place by his invitation."""

    subject: ClassVar = ("employee", "employee_id")
    employee_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class EmployeeChanged(Event):
    """Fields of an employee were changed; `fields` are their codes."""

    subject: ClassVar = ("employee", "employee_id")
    employee_id: int
    fields: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class EmployeeDismissed(Event):
    """The employee no longer works here; his open deals go to the common pools."""

    subject: ClassVar = ("employee", "employee_id")
    employee_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class EmployeeReturned(Event):
    """A dismissed employee works here again."""

    subject: ClassVar = ("employee", "employee_id")
    employee_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeGiven(Event):
    """Something concerns an employee: he was mentioned. `code` says what, the notice itself is on his page."""

    subject: ClassVar = ("notice", "notice_id")
    notice_id: int
    to_employee_id: int
    code: str
