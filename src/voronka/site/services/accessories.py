"""What letters name as going with what a client has bought, by his orders and by what the site saw him buy."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from voronka.catalogue import queries as catalogue
from voronka.catalogue.queries import picked
from voronka.kit.actors import Actor
from voronka.orders import queries as orders
from voronka.site.models import Visit
from voronka.site.permissions import SEE
from voronka.site.queries.goods import codes_bought, usual_pages

MOST, MOST_BOUGHT = 4, 5
BOUGHT_DAYS = 180


def accessories_of(client_id: int, actor: Actor | None) -> Sequence[tuple[str, str]]:
    """Return goods that go with what a client bought last: public id, and their page in the shop where it is known.

    First those that the catalogue sets beside it, accessories before related goods, then those that stand in orders
    together with it; none that he has bought just then. With an actor only where he may see orders and visits.
    """
    if actor is not None and not (actor.may(SEE) and actor.may(orders.SEE)):
        return []
    bought = _bought(client_id)[:MOST_BOUGHT]
    if not bought:
        return []
    since = timezone.now() - timedelta(days=BOUGHT_DAYS)
    together = Counter[int]()
    for one in bought:
        for place, other in enumerate(orders.bought_with(one, since, most=MOST * 4)):
            together[other] += MOST * 4 - place
    ids = dict.fromkeys([*picked.going_with(bought, most=MOST * 4), *(pk for pk, _n in together.most_common())])
    cards = catalogue.variants_by_ids(list(ids))
    prices = catalogue.price_now(list(cards))
    chosen = [pk for pk in ids if pk in prices and pk in cards and cards[pk].is_on_sale and pk not in bought][:MOST]
    pages = usual_pages(chosen)
    return [(cards[pk].public_id, pages.get(pk, "")) for pk in chosen]


def _bought(client_id: int) -> list[int]:
    """Return the variants of what he bought last: by an order of ours, or by a purchase that his browser told of."""
    ordered = orders.last_bought(client_id)
    rows = Visit.objects.filter(visitor__client_id=client_id, visitor__is_bot=False, bought_at__isnull=False)
    visit = rows.order_by("-bought_at", "-id").first()
    if visit is None or visit.bought_at is None or (ordered is not None and ordered[0] >= visit.bought_at):
        return list(dict.fromkeys(ordered[1])) if ordered is not None else []
    codes = codes_bought(visit, visit.bought_at)
    found = catalogue.ids_by_codes(codes)
    seen = list(dict.fromkeys(found[one] for one in codes if one in found))
    return seen or (ordered[1] if ordered is not None else [])
