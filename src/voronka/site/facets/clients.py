"""What lists and segments of clients may ask of what they do on the site. Each is answered by an index."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.facets import Asker, Facet, register_facet
from voronka.people import queries as people
from voronka.site.models import SeenGoods, Visit
from voronka.site.permissions import SEE
from voronka.site.queries.visitors import list_sources


def _sees(actor: Actor) -> bool:
    return actor.may(SEE)


def _clients(rows: "QuerySet[Visit]") -> Q:
    return Q(pk__in=rows.filter(visitor__client__isnull=False).values("visitor__client_id"))


def match_visited(text: str, asker: Asker) -> Q:
    """Clients who were on the site on days of a range."""
    first, last = people.read_days(text)
    zone, rows = asker.actor.zone, Visit.objects.all()
    if first is not None:
        rows = rows.filter(last_at__gte=datetime.combine(first, time.min, zone))
    if last is not None:
        rows = rows.filter(begun_at__lt=datetime.combine(last + timedelta(days=1), time.min, zone))
    return _clients(rows)


def match_looked(text: str) -> Q:
    """Clients who looked at goods of a category."""
    products = catalogue.products_below(text)
    if products is None:
        raise ValueError(_("Choose one of the list."))
    rows = SeenGoods.objects.filter(variant__product__in=products, visit__visitor__client__isnull=False)
    return Q(pk__in=rows.values("visit__visitor__client_id"))


def match_goods(text: str) -> Q:
    """Clients who looked at goods of an article or a name."""
    found = [one.id for one in catalogue.find_variants(people.read_words(text), most=50)]
    rows = SeenGoods.objects.filter(variant__in=found, visit__visitor__client__isnull=False)
    return Q(pk__in=rows.values("visit__visitor__client_id"))


def match_left(text: str, asker: Asker) -> Q:
    """Clients who left a basket so many days ago, counted in days, and bought nothing in that visit."""
    least, most = people.read_range(text)
    rows = Visit.objects.filter(basket_left_at__isnull=False)
    if most is not None:
        rows = rows.filter(basket_left_at__gt=asker.now - timedelta(days=float(min(most + 1, Decimal(3_660)))))
    if least is not None:
        rows = rows.filter(basket_left_at__lte=asker.now - timedelta(days=float(min(least, Decimal(3_660)))))
    return _clients(rows.filter(Q(bought_at=None) | Q(bought_at__lt=F("basket_at"))))


def match_source(text: str) -> Q:
    """Clients who came to the site from a source (`utm_source`)."""
    return _clients(Visit.objects.filter(source=people.read_words(text)))


def _sources() -> Sequence[tuple[str, str]]:
    return [(one, one) for one in list_sources()]


for _facet in (
    Facet(
        "client", "site_visited", gettext_lazy("Was on the site"), "date", match_visited, by_asker=True,
        is_column=False, open_to=_sees,
    ),
    Facet(
        "client", "site_looked", gettext_lazy("Looked at goods of a category"), "choice", match_looked,
        options=catalogue.category_names, is_column=False, open_to=_sees,
    ),
    Facet(
        "client", "site_goods", gettext_lazy("Looked at goods"), "text", match_goods, is_column=False, open_to=_sees
    ),
    Facet(
        "client", "site_basket", gettext_lazy("Left a basket on the site, days ago"), "number", match_left,
        by_asker=True, is_column=False, open_to=_sees,
    ),
    Facet(
        "client", "site_source", gettext_lazy("Came to the site from (utm_source)"), "choice", match_source,
        options=_sources, is_column=False, open_to=_sees,
    ),
):  # fmt: skip
    register_facet(_facet)
