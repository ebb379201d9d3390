"""Sites and the visits of clients."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from voronka.connect.schemas.common import Money, PublicId, Told

if TYPE_CHECKING:
    from voronka.site.models import Site as SiteRow
    from voronka.site.models import Visit as VisitRow
    from voronka.site.models import Widget as WidgetRow
    from voronka.site.models import WidgetVariant as VariantRow
    from voronka.site.queries.visitors import BasketLine
    from voronka.site.queries.widgets import Funnel, Numbers


class Site(Told):
    """A site with the script. Visits are taken from pages of `origins` only."""

    id: PublicId
    name: str
    origins: Annotated[list[str], Field(examples=[["https://shop.example"]])]
    is_on: bool
    keep_days: int


class SiteList(Told):
    """Sites by name."""

    items: list[Site]


class WidgetNumbers(Told):
    """What came of a widget in thirty days. `bought` are visitors who bought within a week of it, `money` for how much.

    `given` is what its codes took off. `not_shown` says how often it was not shown, by reason.
    """

    shown: int
    closed: int
    acted: int
    bought: int
    money: Money
    given: Money
    not_shown: dict[str, int]


class WidgetVariant(Told):
    """A variant of a widget: what it says, how often it was shown, acted in and closed. Number 1 is the widget's own.

    `is_draft` tells that it is not tested yet.
    """

    number: Annotated[int, Field(examples=[2])]
    name: str
    is_draft: bool
    content: dict[str, Any]
    shown: int
    acted: int
    closed: int


class SiteWidget(Told):
    """A widget of a site: of what kind it is, what it says and by which rules it is shown, as its page keeps it.

    `test` is the newest test of its variants: by `get_test` one reads who was shown what and the money it brought.
    `variants` are those of that test, and drafts for one to come.
    """

    id: PublicId
    kind: Annotated[str, Field(examples=["callback"])]
    name: str
    is_on: bool
    content: dict[str, Any]
    rules: dict[str, Any]
    numbers: WidgetNumbers
    test: PublicId | None
    variants: list[WidgetVariant]


class WidgetList(Told):
    """Widgets of a site, those that are on first."""

    items: list[SiteWidget]


class InBasket(Told):
    """A line of a basket as the page told it; `variant` where the catalogue has it."""

    name: str
    variant: PublicId | None
    count: Annotated[Decimal, Field(examples=["2"])]
    price: Money | None


class Visit(Told):
    """A visit of a site. `is_proven` says that the shop's server has signed who the visitor is.

    What pages told is text of the pages: show it as text. `basket` is empty where nothing lies there.
    """

    visitor: PublicId
    site: PublicId
    client: PublicId | None
    is_proven: bool
    number: int
    begun_at: datetime
    last_at: datetime
    pages: int
    source: str
    referrer: str
    page: str
    product: str
    basket: list[InBasket]
    basket_sum: Money | None
    bought_at: datetime | None
    basket_left_at: datetime | None


class VisitList(Told):
    """A page of visits, the last heard of first."""

    items: list[Visit]
    next: str | None


def site_out(row: "SiteRow") -> Site:
    """Return a site as a document."""
    return Site(id=row.public_id, name=row.name, origins=row.origins, is_on=row.is_on, keep_days=row.keep_days)


def widget_out(
    row: "WidgetRow",
    found: "Numbers",
    test: str | None,
    variants: Sequence["VariantRow"],
    funnels: Mapping[str, "Funnel"],
) -> SiteWidget:
    """Return a widget as a document, with the public id of its newest test, its variants and what became of each."""
    return SiteWidget(
        id=row.public_id, kind=row.kind, name=row.name, is_on=row.is_on, content=row.content, rules=row.rules,
        numbers=WidgetNumbers(
            shown=found.shown, closed=found.closed, acted=found.acted, bought=found.bought, money=found.money,
            given=found.given, not_shown=found.refused,
        ),
        test=test, variants=[_variant_out(one, funnels.get(one.public_id)) for one in variants],
    )  # fmt: skip


def _variant_out(row: "VariantRow", found: "Funnel | None") -> WidgetVariant:
    return WidgetVariant(
        number=row.number, name=row.name, is_draft=not row.trial_id, content=row.content,
        shown=found.shown if found else 0, acted=found.acted if found else 0, closed=found.closed if found else 0,
    )  # fmt: skip


def visits_out(
    rows: Sequence["VisitRow"],
    baskets: Mapping[int, Sequence["BasketLine"]],
    sums: Mapping[int, Decimal],
    variants: Mapping[int, str],
) -> list[Visit]:
    """Return visits as documents; baskets and their sums by visit, variants by their public ids."""
    return [
        Visit(
            visitor=one.visitor.public_id, site=one.visitor.site.public_id, is_proven=one.visitor.is_proven,
            client=one.visitor.client.public_id if one.visitor.client is not None else None,
            number=one.number, begun_at=one.begun_at, last_at=one.last_at, pages=one.pages, source=one.source,
            referrer=str(one.head.get("from", "")), page=str((one.page or {}).get("url", "")),
            product=str((one.product or {}).get("name", "")), basket_sum=sums.get(one.pk),
            bought_at=one.bought_at, basket_left_at=one.basket_left_at,
            basket=[
                InBasket(
                    name=line.name, count=line.count, price=line.price, variant=variants.get(line.variant_id or 0)
                )
                for line in baskets.get(one.pk, [])
            ],
        )
        for one in rows
    ]  # fmt: skip
