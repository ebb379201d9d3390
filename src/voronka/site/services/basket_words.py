"""What letters tell of a basket that a client left.

A basket is what a browser said: anybody may say anything there, and make us write it to somebody else. So a letter
names what the catalogue knows, by its own names and prices; in the page's own words only of whom his shop has proven.
"""

from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import quote

from voronka.accounts import queries as accounts
from voronka.catalogue import queries as catalogue
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.texts import Value
from voronka.orders import queries as orders
from voronka.site.models import Visit
from voronka.site.permissions import SEE
from voronka.site.queries.visitors import basket_of, is_filled

MOST_LINES = 50
MOST_COUNT = Decimal(1_000_000)


def tell_basket(client_id: int, actor: Actor | None) -> Mapping[str, Value] | None:
    """Return sum, url and lines of the basket that a client left last; None where there is none, or he ordered since.

    With an actor only where he may see visits: a letter looked at tells him no more than their list.
    """
    if actor is not None and not actor.may(SEE):
        return None
    rows = Visit.objects.select_related("visitor__site").filter(
        visitor__client_id=client_id, basket_left_at__isnull=False
    )
    visit = rows.order_by("-basket_left_at", "-id").first()
    if visit is None or not is_filled(visit) or orders.has_ordered_since(client_id, visit.begun_at):
        return None
    rules, is_proven = accounts.get_company_rules(), visit.visitor.is_proven
    names = catalogue.variants_by_ids([one for one in visit.basket_goods if one is not None])
    lines, total = list[Value](), Decimal(0)
    for one in basket_of(visit)[:MOST_LINES]:
        ours = names.get(one.variant_id or 0)
        if ours is None and not is_proven:
            continue
        count = min(max(one.count, Decimal(0)), MOST_COUNT)
        price = one.price if is_proven else one.ours
        total += (price or Decimal(0)) * count
        lines.append(
            {
                "name": ours.name if ours is not None else one.name,
                "count": wording.number(count.normalize(), rules.language),
                "price": wording.money(price, rules.currency, rules.language) if price is not None else "",
            }
        )
    return {
        "lines": lines,
        "sum": wording.money(total, rules.currency, rules.language) if total else "",
        "url": _url(visit),
    }


def _url(visit: Visit) -> str:
    """Return the page of the basket: on the site itself, whatever the browser said."""
    origins = visit.visitor.site.origins
    path = str((visit.basket or {}).get("url", ""))
    if not path.startswith("/") or path.startswith("//"):
        path = "/"
    return f"{origins[0]}{quote(path, safe='/%-._~')}" if origins else ""
