"""The pages of "Settings": each part registers its own, a page shows those that the actor may open, group by group."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from voronka.kit import modules
from voronka.kit.actors import Actor, Right

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WORD = re.compile(r"\w+")
SHORTEST_ROOT = 3
ENDING = 2


class SettingsGroup(StrEnum):
    """What a page of settings is about; the groups stand in this order."""

    COMPANY = "company"
    SALES = "sales"
    SHOP = "shop"
    MONEY = "money"
    TALKS = "talks"
    SENDING = "sending"
    OUTSIDE = "outside"
    SAFETY = "safety"


TITLES: "dict[SettingsGroup, _StrPromise]" = {
    SettingsGroup.COMPANY: _("The company and its people"),
    SettingsGroup.SALES: _("Sales and tasks"),
    SettingsGroup.SHOP: _("Goods, orders and discounts"),
    SettingsGroup.MONEY: _("Papers and payments"),
    SettingsGroup.TALKS: _("Chats and the bot"),
    SettingsGroup.SENDING: _("Letters and SMS"),
    SettingsGroup.OUTSIDE: _("Site and other programs"),
    SettingsGroup.SAFETY: _("Safety and data"),
}


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """A page of settings. `url_name` is `part:name` without arguments; `about` is a sentence for people.

    `words` are what else people call it by when they look for it: they are searched and never shown.
    """

    code: str
    title: "str | _StrPromise"
    about: "str | _StrPromise"
    icon: str
    url_name: str
    right: Right
    group: SettingsGroup
    order: int = 100
    words: "str | _StrPromise" = ""

    def holds(self, text: str) -> bool:
        """Tell whether each word of a search begins some word of the page's, whatever the endings of both."""
        own = WORD.findall(f"{self.title} {self.about} {self.words}".casefold())
        roots = [_root(word) for word in WORD.findall(text.casefold())]
        return all(any(word.startswith(root) for word in own) for root in roots)


_pages: dict[str, SettingsPage] = {}


def register_settings_page(page: SettingsPage) -> None:
    """Put a page into the list; the code is unique."""
    if page.code in _pages:
        raise ValueError(f"settings page {page.code} is registered twice")
    _pages[page.code] = page


def settings_pages_for(actor: Actor) -> list[SettingsPage]:
    """Return the pages that the actor may open, in their order."""
    places = list(SettingsGroup)
    open_to = (page for page in _pages.values() if actor.may(page.right) and _is_on(page, actor))
    return sorted(open_to, key=lambda page: (places.index(page.group), page.order))


def settings_groups(pages: Sequence[SettingsPage]) -> "list[tuple[str, str, list[SettingsPage]]]":
    """Return the groups that have pages here, each with its code, its title and the pages, in their order."""
    grouped = ((group, [page for page in pages if page.group is group]) for group in SettingsGroup)
    return [(group.value, str(TITLES[group]), own) for group, own in grouped if own]


def _is_on(page: SettingsPage, actor: Actor) -> bool:
    return not actor.off or modules.is_on(actor, modules.owner_of_address(reverse(page.url_name)))


def _root(word: str) -> str:
    """Return what stays of a word in all its forms, roughly: people type "печать" and the page says "печати"."""
    return word[: max(SHORTEST_ROOT, len(word) - ENDING)]
