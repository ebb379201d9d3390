"""What goods a moment on a page is about, and in which categories of the catalogue they lie."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from voronka.catalogue import queries as catalogue
from voronka.catalogue.queries import picked
from voronka.site.models import SeenGoods, Visit, VisitEvent
from voronka.site.ports import Moment
from voronka.site.rules.origins import page_at

MOST_LINES, LONGEST_CODE = 100, 80
BASKETS_BACK = 10  # a shop may have emptied the basket, line by line, before its page of thanks
MOST_SEEN = 100  # the latest looks at goods by which their page is known


def categories_of(codes: Iterable[str]) -> frozenset[str]:
    """Return the public ids of the categories in which goods lie, with all above them."""
    ids = list(catalogue.ids_by_codes([one for one in codes if one]).values())
    above = {one for found in picked.categories_of(ids).values() for one in found}
    return frozenset(picked.public_ids_of_categories(above).values()) if above else frozenset()


def codes_told(moment: Moment) -> list[str]:
    """Return the codes of what is looked at, lies in the basket or was bought.

    A page's call tells its product beside other things, a recorded visit by the event itself. What was bought no page
    tells by lines: it is what lay in the basket of the visit last.
    """
    about = moment.about
    match moment.kind:
        case "product":
            return _codes([about.get("product", about)])
        case "basket":
            return _codes(about.get("lines"))
        case "purchase":
            visit = Visit.objects.filter(visitor=moment.visitor_id).order_by("-begun_at").first()
            return codes_bought(visit, moment.now) if visit is not None else []
    return []


def codes_bought(visit: Visit, at: datetime) -> list[str]:
    """Return the codes of what lay last in the basket of a visit, up to the moment of a purchase."""
    rows = VisitEvent.objects.filter(visit=visit, kind="basket", at__lte=at).order_by("-id")
    baskets = [*rows.values_list("about", flat=True)[:BASKETS_BACK], visit.basket or {}]
    return _codes(next((lines for one in baskets if (lines := one.get("lines"))), None))


def _codes(lines: object) -> list[str]:
    told = lines[:MOST_LINES] if isinstance(lines, list) else []
    found = [_code(one) for one in told if isinstance(one, Mapping)]
    return [one for one in found if one]


def _code(line: Mapping[str, Any]) -> str:
    codes = (line.get(name) for name in ("code", "barcode"))
    return next((one[:LONGEST_CODE] for one in codes if isinstance(one, str) and one), "")


def usual_pages(ids: Sequence[int], site_id: int | None = None) -> dict[int, str]:
    """Return the addresses by which most of the latest visitors saw goods, on the sites themselves, or on one of them.

    Each visitor counts once for an address: what a single browser told, however often, moves no letter and no card.
    """
    found = {}
    for pk in ids:
        rows = SeenGoods.objects.filter(variant=pk, visit__visitor__is_bot=False).exclude(url="").order_by("-id")
        if site_id is not None:
            rows = rows.filter(visit__visitor__site=site_id)
        seen = dict.fromkeys(
            (one.visit.visitor_id, tuple(one.visit.visitor.site.origins[:1]), one.url)
            for one in rows.select_related("visit__visitor__site")[:MOST_SEEN]
        )
        usual = Counter((origins, url) for _visitor, origins, url in seen if origins).most_common(1)
        if usual:
            (origins, url), _n = usual[0]
            found[pk] = page_at(origins[0], quote(url, safe="/%-._~"))
    return found
