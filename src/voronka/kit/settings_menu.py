"""The pages of "Settings": each part registers its own, a page shows those that the actor may open."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from voronka.kit import modules
from voronka.kit.actors import Actor, Right

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """A page of settings. `url_name` is `part:name` without arguments; `about` is a sentence for people."""

    code: str
    title: "str | _StrPromise"
    about: "str | _StrPromise"
    icon: str
    url_name: str
    right: Right
    order: int = 100


_pages: dict[str, SettingsPage] = {}


def register_settings_page(page: SettingsPage) -> None:
    """Put a page into the list; the code is unique."""
    if page.code in _pages:
        raise ValueError(f"settings page {page.code} is registered twice")
    _pages[page.code] = page


def settings_pages_for(actor: Actor) -> list[SettingsPage]:
    """Return the pages that the actor may open, in their order."""
    open_to = (page for page in _pages.values() if actor.may(page.right) and _is_on(page, actor))
    return sorted(open_to, key=lambda page: page.order)


def _is_on(page: SettingsPage, actor: Actor) -> bool:
    return not actor.off or modules.is_on(actor, modules.owner_of_address(reverse(page.url_name)))
