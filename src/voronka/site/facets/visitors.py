"""What conditions may ask of a visitor: the visit he is in, and what he has done before."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.db.models.fields.json import KT, KeyTextTransform
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from voronka.accounts import queries as accounts
from voronka.catalogue import queries as catalogue
from voronka.catalogue.queries import picked
from voronka.kit.facets import Asker, Facet, register_facet
from voronka.people import queries as people
from voronka.site.models import Visit
from voronka.work import queries as work

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

YES_NO = (("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")))
DEVICES = (
    ("phone", gettext_lazy("phone")),
    ("tablet", gettext_lazy("tablet")),
    ("computer", gettext_lazy("computer")),
)
BASKETS = (("empty", pgettext_lazy("a basket", "empty")), ("filled", pgettext_lazy("a basket", "filled")))
RETURNING = (("new", gettext_lazy("for the first time")), ("back", gettext_lazy("has been here before")))


def _last(wanted: Q, **named: KeyTextTransform) -> Q:
    """Return visitors whose latest visit meets a condition, which may use what is `named` of a visit."""
    later = Visit.objects.filter(visitor=OuterRef("visitor"), begun_at__gt=OuterRef("begun_at"))
    return Q(pk__in=Visit.objects.alias(**named).filter(wanted).filter(~Exists(later)).values("visitor_id"))


def _within(column: str, text: str, read: Callable[..., object] = float) -> Q:
    low, high = people.read_range(text)
    wanted = Q(**{f"{column}__isnull": False})
    if low is not None:
        wanted &= Q(**{f"{column}__gte": read(low)})
    return wanted & Q(**{f"{column}__lte": read(high)}) if high is not None else wanted


def match_basket(text: str) -> Q:
    """Visitors whose basket is empty, or filled."""
    if text not in dict(BASKETS):
        raise ValueError(_("Choose one of the list."))
    filled = _last(Q(has_basket=True))
    return filled if text == "filled" else ~filled


def match_basket_sum(text: str) -> Q:
    """Visitors by the sum of their basket, as the page told it."""
    return _last(_within("basket__sum", text))


def match_product(text: str) -> Q:
    """Visitors who look at a product whose name or code holds the words."""
    words = people.read_words(text)
    return _last(Q(product__name__icontains=words) | Q(product__code__iexact=words))


def match_category(text: str) -> Q:
    """Visitors who look at a product of a category, or of one below it, by the catalogue."""
    if text not in dict(catalogue.category_names()):
        raise ValueError(_("There is no such category."))
    articles, barcodes = picked.codes_within(text)
    looks = Q(article__in=articles) | Q(article__in=barcodes) | Q(barcode__in=barcodes)
    return _last(looks, article=KT("product__code"), barcode=KT("product__barcode"))


def match_price(text: str) -> Q:
    """Visitors by the price of the product they look at."""
    return _last(_within("product__price", text))


def match_section(text: str) -> Q:
    """Visitors on a page whose address begins so: a section of the shop."""
    return _last(Q(page__url__startswith=people.read_words(text)))


def match_returning(text: str) -> Q:
    """Visitors who are there for the first time, or were there before."""
    if text not in dict(RETURNING):
        raise ValueError(_("Choose one of the list."))
    back = Q(pk__in=Visit.objects.filter(number__gt=1).values("visitor_id"))
    return back if text == "back" else ~back


def match_pages(text: str) -> Q:
    """Visitors by how many pages the visit has so far."""
    return _last(_within("pages", text, int))


def match_known(text: str) -> Q:
    """Visitors who are known as clients, or not."""
    return Q(client__isnull=not people.read_yes(text))


def match_device(text: str) -> Q:
    """Visitors by what they look with."""
    if text not in dict(DEVICES):
        raise ValueError(_("Choose one of the list."))
    return _last(Q(head__device=text))


def match_source(text: str) -> Q:
    """Visitors by the source that their address named."""
    return _last(Q(head__utm__source__iexact=people.read_words(text)))


def match_open(text: str, asker: Asker) -> Q:
    """Everybody while the company works, nobody else; or the other way round."""
    is_open = work.schedule_of(None, accounts.get_company_rules().zone).is_working(asker.now)
    return Q(pk__isnull=is_open != people.read_yes(text))


Options = Sequence[tuple[str, "_StrPromise"]] | Callable[[], Sequence[tuple[str, str]]]


def _register(  # as a facet has them
    code: str,
    name: "_StrPromise",
    kind: str,
    match: Callable[..., Q],
    options: Options = (),
    *,
    by_asker: bool = False,
) -> None:
    def choices() -> list[tuple[str, str]]:
        return [(value, str(words)) for value, words in (options() if callable(options) else options)]

    register_facet(
        Facet(
            "visitor", code, name, kind, match, options=choices if options else None, is_column=False,
            by_asker=by_asker,
        )
    )  # fmt: skip


_register("basket", gettext_lazy("Basket"), "choice", match_basket, BASKETS)
_register("basket_sum", gettext_lazy("Sum of the basket"), "money", match_basket_sum)
_register("product", gettext_lazy("Product looked at"), "text", match_product)
_register(
    "category", gettext_lazy("Category of the product looked at"), "choice", match_category, catalogue.category_names
)
_register("price", gettext_lazy("Price of the product looked at"), "money", match_price)
_register("section", gettext_lazy("Address of the page begins with"), "text", match_section)
_register("returning", gettext_lazy("On the site"), "choice", match_returning, RETURNING)
_register("pages", gettext_lazy("Pages in the visit"), "number", match_pages)
_register("known", gettext_lazy("Known as a client"), "yes_no", match_known, YES_NO)
_register("device", gettext_lazy("Device"), "choice", match_device, DEVICES)
_register("source", gettext_lazy("utm_source"), "text", match_source)
_register("open", gettext_lazy("Working hours now"), "yes_no", match_open, YES_NO, by_asker=True)
