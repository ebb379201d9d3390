"""What filters and columns of the list of goods may ask of variants."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from voronka.accounts import queries as accounts
from voronka.catalogue.models import Barcode, Category, Cost, Price, Product, Supplier
from voronka.catalogue.permissions import SEE, SEE_COST
from voronka.catalogue.queries.tree import category_names, ids_below
from voronka.catalogue.rules import barcodes, vat
from voronka.catalogue.rules.names import brought_in
from voronka.catalogue.services.words import KIND_WORDS, VAT_WORDS
from voronka.kit.actors import Actor
from voronka.kit.db.among import held_in
from voronka.kit.facets import Facet, register_facet
from voronka.people.queries.ranges import read_days, read_range, read_words, read_yes

SUBJECT = "variant"
PRICE_NOW = Q(since__lte=Now()) & (Q(until__isnull=True) | Q(until__gt=Now()))


def match_name(text: str) -> Q:
    """Names that hold the text, whatever the case; Ё is Е."""
    return Q(sort_key__contains=brought_in(read_words(text)))


def match_code(text: str) -> Q:
    """Articles that begin with the text."""
    return Q(code__startswith=read_words(text))


def match_maker(text: str) -> Q:
    """Maker's articles that begin with the text."""
    return Q(maker_code__startswith=read_words(text))


def match_barcode(text: str) -> Q:
    """The variant that a scanned code means."""
    rows = Barcode.objects.filter(key=barcodes.key_of(read_words(text)))
    return Q(pk__in=rows.values("variant_id"))


def match_category(text: str) -> Q:
    """Goods of a category and of all below it; "none" are those without one."""
    if text == "none":
        return Q(product__category_id=None)
    found = Category.objects.filter(public_id=text[:20]).first()
    if found is None:
        raise ValueError(_("There is no such category."))
    return Q(product__category_id__in=ids_below(found))


def match_brand(text: str) -> Q:
    """Brands that begin with the text."""
    return Q(product__brand__istartswith=read_words(text))


def match_kind(text: str) -> Q:
    """Goods, services or kits."""
    if text not in Product.Kind.values:
        raise ValueError(_("Choose one of the list."))
    return Q(product__kind=text)


def match_on_sale(text: str) -> Q:
    """What may be sold now, or the rest: a variant is off sale with its product."""
    on = Q(is_on_sale=True, product__is_on_sale=True)
    return on if read_yes(text) else Q(is_on_sale=False) | Q(product__is_on_sale=False)


def match_vat(text: str) -> Q:
    """Goods of a rate of VAT."""
    if text not in vat.codes():
        raise ValueError(_("Choose one of the list."))
    return Q(product__vat=text)


def match_price(text: str) -> Q:
    """Prices of the default kind that hold now, in a range: 1000..5000, either end may lack."""
    rows = Price.objects.filter(PRICE_NOW, kind__is_default=True)
    return held_in("pk", _in_range(rows, text).values("variant_id"))


def match_cost(text: str) -> Q:
    """Costs of any supplier in a range."""
    return held_in("pk", _in_range(Cost.objects.all(), text).values("variant_id"))


def _in_range(rows: "QuerySet[Price] | QuerySet[Cost]", text: str) -> "QuerySet[Price] | QuerySet[Cost]":
    least, most = read_range(text)
    if least is not None:
        rows = rows.filter(amount__gte=least)
    return rows if most is None else rows.filter(amount__lte=most)


def match_supplier(text: str) -> Q:
    """Goods that a supplier asks something for."""
    if not Supplier.objects.filter(public_id=text[:20]).exists():
        raise ValueError(_("Choose one of the list."))
    return Q(pk__in=Cost.objects.filter(supplier__public_id=text).values("variant_id"))


def match_made(text: str) -> Q:
    """Goods added on the days of a range, by the company's calendar."""
    first, last = read_days(text)
    zone = ZoneInfo(accounts.get_company_rules().zone)
    wanted = Q()
    if first is not None:
        wanted &= Q(product__created_at__gte=datetime.combine(first, time.min, zone))
    if last is not None:
        wanted &= Q(product__created_at__lt=datetime.combine(last + timedelta(days=1), time.min, zone))
    return wanted


def kind_options() -> Sequence[tuple[str, str]]:
    """Return the kinds of products as choices."""
    return [(code, str(words)) for code, words in KIND_WORDS.items()]


def vat_options() -> Sequence[tuple[str, str]]:
    """Return the rates of VAT as choices."""
    return [(code, str(VAT_WORDS[code])) for code in vat.codes()]


def category_options() -> Sequence[tuple[str, str]]:
    """Return the categories as choices, each with those above it, and "none"."""
    return [("none", _("without a category")), *category_names()]


def supplier_options() -> Sequence[tuple[str, str]]:
    """Return the suppliers as choices."""
    return list(Supplier.objects.order_by("name").values_list("public_id", "name"))


def yes_no() -> Sequence[tuple[str, str]]:
    """Return yes and no as choices."""
    return [("yes", _("yes")), ("no", _("no"))]


def _sees(actor: Actor) -> bool:
    return actor.may(SEE)


def _sees_cost(actor: Actor) -> bool:
    return actor.may(SEE) and actor.may(SEE_COST)


def _without(model: type[Barcode] | type[Cost] | type[Price], **more: object) -> Q:
    """Variants without a row of a kind. Made at start, in no company: the key of the company keeps it inside."""
    rows = model._base_manager.filter(variant_id=OuterRef("pk"), company_id=OuterRef("company_id"), **more)
    return ~Q(Exists(rows.filter(PRICE_NOW) if model is Price else rows))


_NO_PRICE = _without(Price, kind__is_default=True)
_NO_SUPPLIER = _without(Cost, supplier__isnull=False)
_VARIANT_FACETS = (
    Facet(SUBJECT, "name", pgettext_lazy("of a thing", "Name"), "text", match_name, F("sort_key")),
    Facet(SUBJECT, "code", gettext_lazy("Article"), "text", match_code, F("code")),
    Facet(SUBJECT, "price", gettext_lazy("Price"), "money", match_price, empty=_NO_PRICE),
    Facet(
        SUBJECT,
        "category",
        gettext_lazy("Category"),
        "choice",
        match_category,
        options=category_options,
        open_to=_sees,
    ),
    Facet(SUBJECT, "brand", gettext_lazy("Brand"), "text", match_brand, empty=Q(product__brand="")),
    Facet(SUBJECT, "kind", gettext_lazy("Kind"), "choice", match_kind, options=kind_options),
    Facet(SUBJECT, "on_sale", gettext_lazy("On sale"), "choice", match_on_sale, options=yes_no),
    Facet(SUBJECT, "barcode", gettext_lazy("Barcode"), "text", match_barcode, empty=_without(Barcode)),
    Facet(
        SUBJECT,
        "maker_code",
        gettext_lazy("Maker's article"),
        "text",
        match_maker,
        empty=Q(maker_code=""),
        open_to=_sees,
    ),
    Facet(SUBJECT, "vat", gettext_lazy("VAT"), "choice", match_vat, options=vat_options),
    Facet(SUBJECT, "cost", gettext_lazy("Cost"), "money", match_cost, empty=_without(Cost), open_to=_sees_cost),
    Facet(
        SUBJECT,
        "supplier",
        gettext_lazy("Supplier"),
        "choice",
        match_supplier,
        options=supplier_options,
        empty=_NO_SUPPLIER,
        open_to=_sees_cost,
        is_column=False,
    ),
    Facet(SUBJECT, "created_at", gettext_lazy("Added"), "date", match_made),
)
for _facet in _VARIANT_FACETS:
    register_facet(_facet if _facet.open_to is not None else replace(_facet, open_to=_sees))
