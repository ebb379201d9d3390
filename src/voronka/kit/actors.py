"""Who acts, and what they may do: by action and by record (own, team, all)."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.kit.errors import Denied

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOSCOW = ZoneInfo("Europe/Moscow")


class Reach(enum.IntEnum):
    """Over whose records a right reaches; a wider one includes the narrower."""

    NONE = 0
    OWN = 1
    TEAM = 2
    ALL = 3


class Access(enum.IntEnum):
    """What a role may do with a field of the records it reaches."""

    HIDDEN = 0
    READ = 1
    EDIT = 2


@dataclass(frozen=True, slots=True)
class Right:
    """An action that roles may allow.

    `by_record` says whether it has a reach or is simply yes or no. `shipped` gives its reach in the roles
    that come with a new company, by role code; the owner's role has every right without being named. `about`
    is a sentence for the page of roles: what one who has the right can do.
    """

    code: str
    name: "str | _StrPromise"
    by_record: bool = False
    shipped: Mapping[str, Reach] = field(default_factory=dict)
    about: "str | _StrPromise" = ""


_rights: dict[str, Right] = {}


def declare(
    code: str,
    name: "str | _StrPromise",
    *,
    by_record: bool = False,
    shipped: Mapping[str, Reach] | None = None,
    about: "str | _StrPromise" = "",
) -> Right:
    """Declare a right in a part's `permissions.py`; the code is `part.action` and stays for ever.

    `shipped` keys are the codes of shipped roles: head, manager, marketer, storekeeper, cashier, accountant, reader.
    """
    if code in _rights:
        raise ValueError(f"right {code} is declared twice")
    _rights[code] = Right(code, name, by_record, MappingProxyType(dict(shipped or {})), about)
    return _rights[code]


def all_rights() -> list[Right]:
    """Return every declared right, for the roles page and the checks."""
    return sorted(_rights.values(), key=lambda right: right.code)


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or the system itself, in one company, with the rights of the moment.

    `is_led` says that this person does not choose whom to work with: the feed does (strict mode). `limits` narrow
    fields (kit.limits) by code, those not named are open; `off` are the codes of modules switched off for him
    (`off_in_company`: for everybody), `unused` those of sections and buttons his role does not use (kit.modules).
    `giving` is how far he may give rights to others, None for as far as he has them: programs are held shorter.
    """

    company_id: int
    employee_id: int | None
    name: str
    rights: Mapping[str, Reach]
    team_id: int | None = None
    zone: ZoneInfo = MOSCOW
    language: str = "ru"
    origin: str = ""
    is_system: bool = False
    is_led: bool = False
    limits: Mapping[str, Access] = field(default_factory=dict)
    off: frozenset[str] = frozenset()
    off_in_company: frozenset[str] = frozenset()
    unused: frozenset[str] = frozenset()
    giving: Mapping[str, Reach] | None = None

    @classmethod
    def system(cls, company_id: int, *, zone: ZoneInfo = MOSCOW, origin: str = "system") -> "Actor":
        """Return the system as actor of a company: jobs, listeners, public forms; it may do everything."""
        return cls(company_id, None, "", {}, zone=zone, origin=origin, is_system=True)

    @property
    def person_id(self) -> int:
        """Return the employee's id. Raises Denied for the system: only people take clients."""
        if self.employee_id is None:
            raise Denied(_("Only a person can do this."))
        return self.employee_id

    def access(self, code: str) -> Access:
        """Return what the actor may do with a field: `client.phone`, `deal.sum`, `client.custom.CODE`."""
        return self.limits.get(code, Access.EDIT)

    def sees(self, code: str) -> bool:
        """Tell whether the actor may see a field. The one question of whatever shows, finds or gives values out."""
        return self.access(code) is not Access.HIDDEN

    @property
    def sees_all(self) -> bool:
        """Tell whether no field at all is hidden from the actor."""
        return Access.HIDDEN not in self.limits.values()

    def writes(self, code: str) -> bool:
        """Tell whether the actor may change a field: the one question of whatever takes values in."""
        return self.access(code) is Access.EDIT

    def reach(self, right: Right) -> Reach:
        """Return how far the right reaches for this actor."""
        if self.is_system:
            return Reach.ALL
        return self.rights.get(right.code, Reach.NONE)

    def may(self, right: Right, *, owner_id: int | None = None, team_id: int | None = None) -> bool:
        """Tell whether the actor may act, on the record of the given owner and team if it has them.

        A record without an owner lies in a common pool: it is within reach of everyone with the right.
        """
        reach = self.reach(right)
        if not right.by_record or reach in (Reach.NONE, Reach.ALL):
            return reach is not Reach.NONE
        if owner_id is None or owner_id == self.employee_id:
            return True
        return reach is Reach.TEAM and team_id is not None and team_id == self.team_id

    def require(self, right: Right, *, owner_id: int | None = None, team_id: int | None = None) -> None:
        """Raise Denied unless the actor may act."""
        if not self.may(right, owner_id=owner_id, team_id=team_id):
            raise Denied(
                _("You have no right to do this: %(right)s. Ask your administrator.") % {"right": right.name}
            )


CHANGE_SETTINGS = declare(
    "kit.change_settings",
    gettext_lazy("change settings of the company"),
    about=gettext_lazy(
        "Change the name, the clock and the calling hours of the company, switch modules on and off, say from which"
        " addresses people may come in."
    ),
)
SEE_HISTORY = declare(
    "kit.see_history",
    gettext_lazy("see the history of changes"),
    shipped={"head": Reach.ALL, "reader": Reach.ALL},
    about=gettext_lazy("Look up who changed what, when and from where, and put earlier values back."),
)
EXPORT = declare(
    "kit.export",
    gettext_lazy("export lists"),
    shipped={"head": Reach.ALL, "marketer": Reach.ALL},
    about=gettext_lazy(
        "Take lists of clients and deals out as files. Each file is written down in the log of exports."
    ),
)
