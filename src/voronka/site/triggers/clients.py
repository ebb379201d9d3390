"""What clients do on the site that may begin an automation, walked by the client."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from pydantic import Field

from voronka.catalogue import queries as catalogue
from voronka.flows.ports import EventTrigger
from voronka.flows.services import trigger
from voronka.kit.events import RecordedEvent
from voronka.kit.steps import Sentence, Setting, say
from voronka.kit.subjects import Subject
from voronka.site import events


def _least() -> Mapping[str, Setting]:
    return {"least": Setting(gettext_lazy("Sum of the basket not less than"))}


@trigger
class LeftBasket(EventTrigger):
    """A client went with goods in the basket."""

    kind: ClassVar[str] = "site.basket_left"
    title: ClassVar[str] = gettext_lazy("a client leaves a basket on the site")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "shopping-cart"
    subject: ClassVar[str] = "client"
    event: ClassVar = events.BasketLeft
    settings: ClassVar[Mapping[str, Setting]] = _least()

    least: int = Field(default=0, ge=0, le=10**9)

    def sentence(self) -> Sentence:
        """Say of how much."""
        if not self.least:
            return [_("A client leaves a basket on the site")]
        return say(_("A client leaves a basket on the site, of {sum} or more"), sum=str(self.least))

    def fits(self, event: RecordedEvent) -> bool:
        """Tell whether the basket is worth so much."""
        return Decimal(event.payload.get("sum", 0)) >= self.least


@trigger
class LeftCheckout(EventTrigger):
    """A client went from the checkout."""

    kind: ClassVar[str] = "site.checkout_left"
    title: ClassVar[str] = gettext_lazy("a client leaves the checkout of the site")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "cash"
    subject: ClassVar[str] = "client"
    event: ClassVar = events.CheckoutLeft
    settings: ClassVar[Mapping[str, Setting]] = _least()

    least: int = Field(default=0, ge=0, le=10**9)

    def sentence(self) -> Sentence:
        """Say of how much."""
        if not self.least:
            return [_("A client leaves the checkout of the site")]
        return say(_("A client leaves the checkout of the site with a basket of {sum} or more"), sum=str(self.least))

    def fits(self, event: RecordedEvent) -> bool:
        """Tell whether the basket is worth so much."""
        return Decimal(event.payload.get("sum", 0)) >= self.least


def _categories(_where: Subject) -> Sequence[tuple[str, str]]:
    return [("", str(_("any category"))), *catalogue.category_names()]


def _of_category(variant_id: object, category: str) -> bool:
    """Tell whether goods lie in a category or below it."""
    if not category:
        return True
    card = catalogue.variants_by_ids([variant_id]).get(variant_id) if isinstance(variant_id, int) else None
    if card is None:
        return False
    _public_id, _name, of = catalogue.products_by_ids([card.product_id])[card.product_id]
    return of in (catalogue.branch_ids(category) or ())


def _category_words(category: str) -> str:
    return dict(catalogue.category_names()).get(category, _("(gone)")) if category else _("any category")


@trigger
class LookedAt(EventTrigger):
    """A client looked at goods of a category."""

    kind: ClassVar[str] = "site.looked"
    title: ClassVar[str] = gettext_lazy("a client looks at goods on the site")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "eye"
    subject: ClassVar[str] = "client"
    event: ClassVar = events.ProductSeen
    settings: ClassVar[Mapping[str, Setting]] = {
        "category": Setting(gettext_lazy("Category"), options=_categories, is_picked=True)
    }

    category: str = Field(default="", max_length=12)

    def sentence(self) -> Sentence:
        """Say which goods."""
        return say(_("A client looks at goods on the site: {category}"), category=_category_words(self.category))

    def fits(self, event: RecordedEvent) -> bool:
        """Tell whether they are of the category."""
        return _of_category(event.payload.get("variant_id"), self.category)


@trigger
class LeftBrowse(EventTrigger):
    """A client looked at goods in earnest and was not back for a day."""

    kind: ClassVar[str] = "site.browse_left"
    title: ClassVar[str] = gettext_lazy("a client looked at goods and left")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "eye-off"
    subject: ClassVar[str] = "client"
    event: ClassVar = events.BrowseLeft
    settings: ClassVar[Mapping[str, Setting]] = {
        "category": Setting(gettext_lazy("Category"), options=_categories, is_picked=True)
    }

    category: str = Field(default="", max_length=12)

    def sentence(self) -> Sentence:
        """Say which goods."""
        return say(
            _("A client looked at goods and was not back for a day: {category}"),
            category=_category_words(self.category),
        )

    def fits(self, event: RecordedEvent) -> bool:
        """Tell whether they are of the category."""
        return _of_category(event.payload.get("variant_id"), self.category)


@trigger
class CameBack(EventTrigger):
    """A client was on the site again after so many days of silence."""

    kind: ClassVar[str] = "site.came_back"
    title: ClassVar[str] = gettext_lazy("a client is on the site again")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "world"
    subject: ClassVar[str] = "client"
    event: ClassVar = events.SiteVisited
    settings: ClassVar[Mapping[str, Setting]] = {"days": Setting(gettext_lazy("Days of silence before"))}

    days: int = Field(default=30, ge=0, le=3660)

    def sentence(self) -> Sentence:
        """Say after how long."""
        words = ngettext("%(n)d day", "%(n)d days", self.days) % {"n": self.days}
        return say(_("A client is on the site again after {days} of silence"), days=words)

    def fits(self, event: RecordedEvent) -> bool:
        """Tell whether he had not been there for so long; who never was there is not back."""
        silent = event.payload.get("silent_days")
        return silent is not None and int(silent) >= self.days and bool(event.payload.get("is_first_today"))
