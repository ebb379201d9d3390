"""Values of own fields as people read them and as files hold them; the columns of the list that show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from voronka.deals.models import Deal
from voronka.deals.services.own_words import Names, own_words
from voronka.kit.actors import Actor
from voronka.kit.facets import Facet

OWN, OF_CLIENT = "custom.", "client.custom."  # begin the facets of own fields, of deals and of their clients
Plain = str | Decimal | date | None


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
