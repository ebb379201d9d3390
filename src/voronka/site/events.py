"""What happens to sites and on them, as others may hear it.

Of what visitors do only that enters the log which something may follow from: visitors who are known as clients.
"""

from dataclasses import dataclass
from typing import ClassVar

from voronka.kit.events.log import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteSaved(Event):
    """A site was connected, or its settings changed."""

    subject: ClassVar = ("site", "site_id")
    site_id: int
    is_new: bool
    is_on: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteSecretShown(Event):
    """The secret of a site was shown to somebody; `is_new` where it was made anew."""

    subject: ClassVar = ("site", "site_id")
    site_id: int
    is_new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitorNamed(Event):
    """A visitor is known as a client from now on: proven by the shop's server, or as he says himself."""

    subject: ClassVar = ("visitor", "visitor_id")
    visitor_id: int
    client_id: int
    is_proven: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteVisited(Event):
    """A client was on the site: once a visit. `visit` is which of the visitor's visits it is.

    `is_first_today` tells that he had not been there on that day, `silent_days` how many days he had not been there
    at all, None where he never was before.
    """

    subject: ClassVar = ("visitor", "visitor_id")
    visitor_id: int
    client_id: int
    site_id: int
    visit: int
    is_first_today: bool
    silent_days: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductSeen(Event):
    """A client looked at goods of the catalogue: once a visit each."""

    subject: ClassVar = ("visitor", "visitor_id")
    visitor_id: int
    client_id: int
    site_id: int
    visit: int
    variant_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BasketChanged(Event):
    """A client put something into the basket: once a visit. `sum` is as the page told it."""

    subject: ClassVar = ("visitor", "visitor_id")
    visitor_id: int
    client_id: int
    site_id: int
    visit: int
    sum: str
    lines: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BasketLeft(Event):
    """A client went with goods in the basket, and has ordered nothing since."""

    subject: ClassVar = ("visitor", "visitor_id")
    visitor_id: int
    client_id: int
    site_id: int
    visit: int
    sum: str
    lines: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckoutLeft(Event):
    """A client went from the checkout, and has ordered nothing since."""

    subject: ClassVar = ("visitor", "visitor_id")
    visitor_id: int
    client_id: int
    site_id: int
    visit: int
    sum: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BrowseLeft(Event):
    """A client looked at goods in earnest, put nothing into the basket and was not back for a day."""

    subject: ClassVar = ("visitor", "visitor_id")
    visitor_id: int
    client_id: int
    site_id: int
    visit: int
    variant_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SitePurchase(Event):
    """A client bought on the site, as its page told: `number` is the site's own."""

    subject: ClassVar = ("visitor", "visitor_id")
    visitor_id: int
    client_id: int
    site_id: int
    visit: int
    sum: str
    number: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WidgetSaved(Event):
    """A widget was made, changed, switched on or off, or taken off the lists."""

    subject: ClassVar = ("site", "site_id")
    site_id: int
    widget_id: int
    is_new: bool
    is_on: bool
    is_gone: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class StageSaved(Event):
    """How the widgets of a site look, or how often they come, was changed."""

    subject: ClassVar = ("site", "site_id")
    site_id: int
