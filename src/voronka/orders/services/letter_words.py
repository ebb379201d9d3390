"""What letters tell of orders and of goods on sale."""

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.urls import reverse

from voronka.accounts import queries as accounts
from voronka.catalogue import queries as catalogue
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.texts import Value
from voronka.messaging.ports import LetterGoods
from voronka.orders.models import Order
from voronka.orders.queries.reach import reachable
from voronka.orders.services.placing import token_of

MOST_LINES = 100


def tell_order(client_id: int, order_id: int | None, actor: Actor | None) -> Mapping[str, Value] | None:
    """Return what a letter says of an order of the client, the newest where none is named; None where there is none.

    With an actor only of those within his reach: a letter looked at tells him no more than the list does.
    """
    rows = Order.objects.filter(client_id=client_id)
    if actor is not None:
        rows = rows.filter(reachable(actor))
    order = (rows if order_id is None else rows.filter(pk=order_id)).order_by("-id").first()
    if order is None:
        return None
    language = accounts.get_company_rules().language
    lines: list[Value] = [
        {
            "name": one.name,
            "quantity": wording.number(one.quantity.normalize(), language),
            "total": wording.money(one.total, order.currency, language),
        }
        for one in order.lines.order_by("position")[:MOST_LINES]
    ]
    return {
        "number": str(order.number),
        "total": wording.money(order.total, order.currency, language),
        "url": settings.SITE + reverse("orders:client", args=[token_of(order)]),
        "lines": lines,
    }


class Goods:
    """The shelf of messaging's letters."""

    def find(self, text: str, most: int) -> list[tuple[str, str]]:
        """Return what is on sale and answers to a text."""
        return [(one.public_id, one.name) for one in catalogue.find_variants(text, most=most, on_sale=True)]

    def cards(self, public_ids: Sequence[str]) -> Mapping[str, LetterGoods]:
        """Return name, price of today and picture of what is on sale."""
        found = [one for one in catalogue.variants_by_public_ids(public_ids) if one.is_on_sale]
        ids = [one.id for one in found]
        prices, pictures = catalogue.price_now(ids), catalogue.pictures_of(ids)
        rules = accounts.get_company_rules()
        return {
            one.public_id: LetterGoods(
                one.name,
                wording.money(prices[one.id], rules.currency, rules.language) if one.id in prices else "",
                pictures.get(one.id, ""),
            )
            for one in found
        }
