"""Why goods cannot be promised or moved, told by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.kit import wording
from voronka.kit.errors import Conflict, Invalid
from voronka.stock.models import Place
from voronka.stock.rules import quantities


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with one line. `free` is how many could be had, where that is known."""

    line: int
    variant_id: int
    place_id: int | None
    kind: str
    free: Decimal | None = None


class OutOfStock(Conflict):
    """There is not enough, or it may not be sold; `troubles` says of which lines. Nothing was done."""

    code = "out_of_stock"
    troubles: Sequence[Trouble] = ()

    @classmethod
    def of(cls, troubles: Sequence[Trouble]) -> "OutOfStock":
        """Make the refusal, with a sentence about each line."""
        cards = catalogue.variants_by_ids([one.variant_id for one in troubles])
        places = dict(Place.objects.filter(pk__in={one.place_id or 0 for one in troubles}).values_list("id", "name"))
        said = []
        for one in troubles[:20]:
            card = cards.get(one.variant_id)
            name = f"{card.name} ({card.code})" if card else _("goods that are not in the catalogue")
            said.append(_sentence(one, name, places.get(one.place_id or 0, "")))
        made = cls(" ".join(said), fields={str(one.line): text for one, text in zip(troubles, said, strict=False)})
        made.troubles = troubles
        return made


def _sentence(one: Trouble, name: str, place: str) -> str:
    values = {"name": name, "place": place, "free": shown(one.free or Decimal(0))}
    match one.kind:
        case "short" if place:
            return _("%(name)s: only %(free)s free in “%(place)s”.") % values
        case "short":
            return _("%(name)s: only %(free)s free.") % values
        case "off_sale":
            return _("%(name)s is off sale.") % values
        case "empty_kit":
            return _("%(name)s is a kit without parts: say what it is made of.") % values
        case "fraction":
            return _("%(name)s is only had whole.") % values
        case "lot":
            return _("%(name)s: the lot or the serial number is not there, or is there already.") % values
        case "place":
            return _("%(name)s: choose two different places.") % values
        case _:
            return _("%(name)s cannot be moved: it is not in the catalogue.") % values


def shown(quantity: Decimal) -> str:
    """Return a quantity as people read it."""
    plain = quantity.normalize()
    digits = max(0, -int(plain.as_tuple().exponent))
    return wording.number(quantity, get_language() or "ru", digits=digits)


def require_quantities(lines: Sequence[tuple[int, Decimal]]) -> None:
    """Raise Invalid for lines whose quantity nobody can promise or move; lines are numbered quantities."""
    if not lines:
        raise Invalid(_("Name what it is about: there is not one line."), code="no_lines")
    wrong = {str(line): found for line, quantity in lines if (found := quantities.problem(quantity))}
    if wrong:
        fields = {line: quantity_words(found) for line, found in wrong.items()}
        raise Invalid(next(iter(fields.values())), code="quantity", fields=fields)


def quantity_words(problem: str) -> str:
    """Return what is wrong with a quantity in words, empty for nothing."""
    return {
        "": "",
        "empty": _("Say how many."),
        "not_a_number": _("This is not a number: write 5 or 0,5."),
        "negative": _("How many cannot be less than nothing."),
        "zero": _("How many cannot be nothing."),
        "too_big": _("So many cannot be: not more than a thousand million."),
        "too_fine": _("Not finer than a thousandth."),
    }[problem]
