"""The chat on sites as pages need it, and who of the site's visitors is in a talk."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from voronka.site.models import Site, SiteChat, Visit, Visitor
from voronka.site.queries.visitors import HERE, is_filled
from voronka.site.rules import leaving

MOST_VISITS, MOST_LINES = 3, 20


def get_site_chat(site: Site | int) -> SiteChat:
    """Return how the chat is set up on a site; where nobody has done it, it is off."""
    pk = site if isinstance(site, int) else site.pk
    return SiteChat.objects.filter(site_id=pk).first() or SiteChat(site_id=pk)


def find_visitor(reference: str, at: datetime) -> Visitor | None:
    """Return who wrote at a moment, by the reference of his talk (services.chatting.reference).

    Whose browser went to another person later is meant by what he wrote before. None where he is known no more.
    """
    site_id, _colon, sign = reference.partition(":")
    if not site_id.isdecimal():
        return None
    rows, key = Visitor.objects.select_related("site").filter(site_id=int(site_id)), uuid.UUID(sign)
    parted = rows.filter(was_key=key, parted_at__gt=at).order_by("parted_at", "id").first()
    return parted or rows.filter(key=key).first()


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a talk of a visitor: where he is, what lies in his basket, his last visits."""

    site: str
    is_here: bool
    page: Mapping[str, Any] | None
    product: Mapping[str, Any] | None
    lines: Sequence[Mapping[str, Any]]
    basket: Mapping[str, Any] | None
    visits: Sequence[Visit]


def beside(visitor: Visitor, now: datetime) -> Beside:
    """Return what the operator sees of a visitor beside their talk."""
    visits = list(Visit.objects.filter(visitor=visitor).order_by("-begun_at", "-id")[:MOST_VISITS])
    last = visits[0] if visits else None
    basket = last.basket if last is not None and is_filled(last) else None
    return Beside(
        visitor.site.name, last is not None and last.last_at > now - HERE, last.page if last else None,
        last.product if last else None, leaving.lines_in(basket)[:MOST_LINES], basket, visits,
    )  # fmt: skip
