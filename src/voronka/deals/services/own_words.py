"""Values of own fields of deals as people read them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.files import file_names


@dataclass(frozen=True, slots=True)
class Names:
    """The names of employees by id and of files by public id that stand in own fields."""

    people: Mapping[int, str]
    files: Mapping[str, str]

    @classmethod
    def of(cls, kept: Iterable[tuple[str, object]]) -> "Names":
        """Read the names for kinds and values; nothing is asked for where no field holds an employee or a file."""
        rows = list(kept)
        ids = [value for kind, value in rows if kind == "person" and isinstance(value, int)]
        files = [value for kind, value in rows if kind == "file" and isinstance(value, str)]
        return cls(accounts.employee_names(ids) if ids else {}, file_names(files) if files else {})


def own_words(value: object, kind: str, currency: str, actor: Actor, names: Names) -> str:
    """Return the value of an own field as people read it, empty for none; sums are in the deal's currency."""
    match kind, value:
        case _kind, None:
            return ""
        case "person", int():
            return names.people.get(value, "")
        case "file", str():
            return names.files.get(value, _("a file"))
        case "date", str():
            return f"{date.fromisoformat(value):%d.%m.%Y}"
        case "yes_no", _any:
            return _("yes") if value else _("no")
        case "money", str():
            return wording.money(Decimal(value), currency, actor.language)
        case "number", str():
            return wording.number(Decimal(value), actor.language)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
