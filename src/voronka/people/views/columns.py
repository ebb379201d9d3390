"""Columns of the list: what a cell shows, on the page and in a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.facets import Facet
from voronka.people.queries.lists import ADDRESSES, DEFAULT_COLUMNS, FULL, Row

COLUMNS_LIMIT = 12
Plain = str | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the facet's code, its name, its kind, whether lists sort by it."""

    code: str
    name: str
    kind: str
    sorts: bool

    @property
    def is_number(self) -> bool:
        """Numbers stand at the right."""
        return self.kind in ("number", "money")


def columns_of(asked: str, known: Mapping[str, Facet]) -> list[Column]:
    """Return the asked columns (codes with commas) that exist, else the usual ones. The name is always shown."""
    codes = [code for code in asked.split(",")[:100] if code in known and code != "name" and known[code].is_column]
    usual = [code for code in DEFAULT_COLUMNS if code in known]
    return [
        Column(code, str(known[code].name), known[code].kind, known[code].expression is not None)
        for code in list(dict.fromkeys(codes or usual))[:COLUMNS_LIMIT]
    ]


def cell_value(row: Row, column: Column, actor: Actor, *, plain: bool = False) -> Plain:
    """Return what stands in a cell: words for the page, plain values for a file."""
    client, code = row.client, column.code
    if code.startswith("custom."):
        value = client.fields.get(code.removeprefix("custom."))
        return custom_value(value, column.kind, actor, plain=plain)
    if code in ("phone", "email"):
        contact = row.first(code)
        value = contact.value if contact else ""
        return wording.phone(value) if code == "phone" and value and not plain else value
    if code == "made_at":
        day = client.made_at.astimezone(actor.zone).date()
        return day if plain else f"{day:%d.%m.%Y}"
    if code == FULL:
        share = None if row.full is None else Decimal(row.full)
        return share if plain else "" if share is None else f"{share}\u202f%"
    if code == "sum":
        return _money(client.purchases_sum, actor, plain=plain)
    words = {
        "responsible": row.responsible,
        "vip": _("VIP") if client.is_vip else "",
        "kind": _("organisation") if client.kind == client.Kind.ORGANISATION else _("person"),
        "source": client.first_source,
        "zone": client.zone if plain else wording.place_of(client.zone, actor.language),
        "city": client.city,
        ADDRESSES: "; ".join(one.words for one in row.addresses),
    }
    return words.get(code, "")


def custom_value(value: object, kind: str, actor: Actor, *, plain: bool = False) -> Plain:
    """Return the value of a custom field in words, or as a plain value for a file."""
    match value:
        case None:
            return ""
        case bool():
            return _("yes") if value else _("no")
        case list():
            return ", ".join(map(str, value))
        case str() if kind in ("number", "money"):
            number = Decimal(value)
            if plain:
                return number
            return _money(number, actor, plain=False) if kind == "money" else wording.number(number, actor.language)
        case str() if kind == "date":
            day = date.fromisoformat(value)
            return day if plain else f"{day:%d.%m.%Y}"
    return str(value)


def _money(value: Decimal | None, actor: Actor, *, plain: bool) -> Plain:
    if value is None:
        return None if plain else ""
    return value if plain else wording.money(value, "RUB", actor.language)
