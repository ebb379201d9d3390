"""A deal as papers see it: its client, and its goods as they were sold."""

from collections.abc import Sequence
from dataclasses import dataclass

from voronka.catalogue import queries as catalogue
from voronka.deals.models import Deal
from voronka.deals.queries.goods import lines_of
from voronka.kit.sold import SoldLine


@dataclass(frozen=True, slots=True)
class SoldDeal:
    """What the deal of an id sells."""

    deal_id: int

    def buyer_id(self) -> int | None:
        """Return the deal's client."""
        return Deal.objects.values_list("client_id", flat=True).get(pk=self.deal_id)

    def sold_lines(self) -> Sequence[SoldLine]:
        """Return the goods in their order; the usual rate of VAT is left to the requisites: some pay none."""
        lines = lines_of(self.deal_id)
        cards = catalogue.variants_by_ids([one.variant_id for one in lines if one.variant_id is not None])
        kinds = {pk: card.kind for pk, card in cards.items()}
        return [
            SoldLine(
                name=one.name, quantity=one.quantity, price=one.price, unit=one.unit,
                vat=None if one.vat == "main" else one.vat, discount=one.discount, code=one.code,
                is_service=kinds.get(one.variant_id or 0) == "service",
            )
            for one in lines
        ]  # fmt: skip

    def paper_name(self) -> str:
        """Return nothing: a deal is the company's own matter, papers do not name it."""
        return ""

    def with_tax(self) -> bool:
        """Prices of goods have their tax in them."""
        return True
