"""Values of own fields as people read them and as files hold them; the columns of the list that show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.deals.models import Deal
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.facets import Facet
from voronka.kit.files import file_names

OWN, OF_CLIENT = "custom.", "client.custom."  # begin the facets of own fields, of deals and of their clients
Plain = str | Decimal | date | None


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


def own_plain(value: object, kind: str, currency: str, actor: Actor, names: Names) -> Plain:
    """Return the value of an own field for a file: numbers and days as such, the rest in words."""
    match kind, value:
        case (("number" | "money"), str()):
            return Decimal(value)
        case "date", str():
            return date.fromisoformat(value)
    return own_words(value, kind, currency, actor, names)


@dataclass(frozen=True, slots=True)
class Column:
    """An own field as a column of the list of deals: the code of its facet, its name and kind."""

    code: str
    name: str
    kind: str

    @property
    def is_number(self) -> bool:
        """Numbers stand at the right."""
        return self.kind in ("number", "money")

    def held(self, deal: Deal) -> object:
        """Return what the field holds of a deal or of its client."""
        if self.code.startswith(OWN):
            return deal.fields.get(self.code.removeprefix(OWN))
        return deal.client.fields.get(self.code.removeprefix(OF_CLIENT))


def own_columns(known: Mapping[str, Facet]) -> list[Column]:
    """Return the own fields that the list of deals may show to whoever has these facets, those of deals first."""
    codes = [code for code in known if code.startswith(OWN)] + [code for code in known if code.startswith(OF_CLIENT)]
    return [Column(code, str(known[code].name), known[code].kind) for code in codes]


def names_in(deals: Sequence[Deal], columns: Sequence[Column]) -> Names:
    """Return the names that the columns of these deals tell."""
    return Names.of((one.kind, one.held(deal)) for deal in deals for one in columns)
