"""What the pages of the stock have in common: their tabs, the ways to new papers, quantities typed by people."""

from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.pieces import Tab
from voronka.stock.permissions import PRINT, SEE, SET_UP
from voronka.stock.rules import quantities
from voronka.stock.services.documents import RIGHTS
from voronka.stock.services.refusals import quantity_words
from voronka.stock.services.words import PAPER_KINDS


def tabs(actor: Actor, active: str) -> list[Tab]:
    """Return the pages of the stock that the actor may open."""
    pages = [
        ("goods", _("Balances"), "stock:goods", SEE),
        ("papers", _("Papers"), "stock:papers", SEE),
        ("replenish", _("Replenishment"), "stock:replenish", SEE),
        ("lost", _("Lost sales"), "stock:lost-sales", SEE),
        ("labels", _("Labels and price tags"), "stock:labels", PRINT),
        ("places", _("Places"), "stock:places", SEE),
        ("settings", _("Settings"), "stock:settings", SET_UP),
    ]
    return [Tab(name, reverse(url), active=code == active) for code, name, url, right in pages if actor.may(right)]


def doors(actor: Actor) -> list[tuple[str, str]]:
    """Return the kinds of papers that the actor may begin: the address and the name of each."""
    return [
        (f"{reverse('stock:paper-new')}?kind={kind}", str(PAPER_KINDS[kind]))
        for kind, right in RIGHTS.items()
        if actor.may(right)
    ]


def read_quantity(text: str, *, nought: bool = False) -> Decimal:
    """Read how many somebody typed; with `nought` nothing counts as none. Raises Invalid with words."""
    if nought and text.strip() in ("", "0"):
        return Decimal(0)
    try:
        return quantities.parse(text[:60])
    except ValueError as error:
        if nought and str(error) == "zero":
            return Decimal(0)
        words = quantity_words(str(error))
        raise Invalid(words, fields={"quantity": words}) from error


def read_cost(text: str) -> Decimal | None:
    """Read the cost of one piece, None where nothing is typed. Raises Invalid with words."""
    plain = "".join(text.split()).replace("₽", "").replace(",", ".")[:30]
    if not plain:
        return None
    words = _("Write a cost like 1 290,50.")
    try:
        cost = Decimal(plain) if plain.replace(".", "", 1).isdigit() and plain.isascii() else Decimal(-1)
    except ArithmeticError:
        cost = Decimal(-1)
    if not 0 <= cost <= Decimal("99999999999.99"):
        raise Invalid(words, fields={"cost": words})
    return cost.quantize(Decimal("0.01"))
