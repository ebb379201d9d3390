"""Goods of the catalogue as lines of a paper: found by name, code or barcode, at the price of its client."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from voronka.billing.rules.shares import KOPECK
from voronka.catalogue import queries as catalogue
from voronka.catalogue.queries import VariantCard
from voronka.kit import modules
from voronka.kit.actors import Actor

MOST = 8


@dataclass(frozen=True, slots=True)
class Picked:
    """A variant as a line of a paper: `price` of one by the client's terms, None where it has none."""

    card: VariantCard
    price: Decimal | None

    @property
    def name(self) -> str:
        """Its name with its options, as a line says it."""
        said = ", ".join(value for value in self.card.options.values() if value)
        return f"{self.card.name}, {said}" if said and said not in self.card.name else self.card.name


def may_pick(actor: Actor) -> bool:
    """Tell whether the actor sees goods at all."""
    return catalogue.SEE_RIGHT in actor.rights and modules.is_on(actor, "catalogue")


def find_goods(text: str, client_id: int | None, now: datetime) -> list[Picked]:
    """Return goods on sale that a typed name, code or scanned barcode finds, those it names exactly first."""
    exact = catalogue.find_variants(code=text, on_sale=True) or catalogue.find_variants(barcode=text, on_sale=True)
    return _picked(exact or catalogue.find_variants(text, most=MOST, on_sale=True), client_id, now)


def get_goods(public_id: str, client_id: int | None, now: datetime) -> Picked:
    """Return one variant. Raises NotFound."""
    return _picked([catalogue.get_variant(public_id)], client_id, now)[0]


def _picked(cards: Sequence[VariantCard], client_id: int | None, now: datetime) -> list[Picked]:
    kind, percent = catalogue.terms_of(client_id, now) if client_id is not None else ("", Decimal(0))
    ids = [one.id for one in cards]
    prices = catalogue.price_now(ids, at=now) | (catalogue.price_now(ids, kind, at=now) if kind else {})
    share = (100 - percent) / 100
    cut = {key: (price * share).quantize(KOPECK, rounding="ROUND_HALF_UP") for key, price in prices.items()}
    return [Picked(one, cut.get(one.id)) for one in cards]
