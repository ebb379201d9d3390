"""What feeds there are: made, changed, given another address, taken away."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.catalogue.models import Category, Feed, FeedCategory, FeedState, PriceKind
from voronka.catalogue.permissions import SET_UP_PRICES
from voronka.catalogue.services.feeds.touching import mark_stale
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.people.services.cleaning import Problems, fit

MOST_FEEDS, MOST_CATEGORIES = 20, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDraft:
    """A feed as it is wanted: `kind` is the code of a price kind, `categories` are public ids (none: all goods).

    `base` is where this installation is reached: pictures are named by it.
    """

    name: str
    format: str = "yml"
    kind: str = ""
    categories: tuple[str, ...] = ()
    only_available: bool = False
    with_count: bool = False
    shop_name: str = ""
    site: str = ""
    page: str = ""
    base: str = ""
    is_on: bool = True


def get_feed(actor: Actor, public_id: str, *, lock: bool = False) -> Feed:
    """Return a feed. Raises Denied, NotFound."""
    actor.require(SET_UP_PRICES)
    rows = Feed.objects.select_related("kind")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such feed."))
    return found


def address_of(feed: Feed) -> str:
    """Return the end of a feed's secret address: its key and its format."""
    return f"{FeedState.objects.get(feed=feed).secret}.{feed.format}"


@transaction.atomic
def save_feed(*, actor: Actor, draft: FeedDraft, public_id: str = "", now: datetime) -> Feed:
    """Make a feed or change one; its file is put together anew soon. Raises Denied, NotFound, Invalid."""
    actor.require(SET_UP_PRICES)
    row = get_feed(actor, public_id, lock=True) if public_id else Feed(made_at=now)
    problems = Problems()
    row.name = fit("name", draft.name, 100, problems)
    if not row.name:
        problems.add("name", _("Give the feed a name."))
    elif Feed.objects.filter(name__iexact=row.name).exclude(pk=row.pk).exists():
        problems.add("name", _("There is a feed of this name already."))
    if not public_id and Feed.objects.count() >= MOST_FEEDS:
        problems.add("name", _("At most %(most)d of them.") % {"most": MOST_FEEDS})
    if draft.format not in Feed.Kind.values:
        problems.add("format", _("Choose one of the list."))
    kinds = PriceKind.objects.filter(is_on=True)
    kind = (kinds.filter(code=draft.kind) if draft.kind else kinds.filter(is_default=True)).first()
    if kind is None:
        problems.add("kind", _("Choose one of the list."))
    chosen = list(Category.objects.filter(public_id__in=draft.categories[:MOST_CATEGORIES]))
    if len(chosen) != len(set(draft.categories)):
        problems.add("categories", _("There is no such category."))
    row.shop_name = fit("shop_name", draft.shop_name, 100, problems)
    if not row.shop_name:
        problems.add("shop_name", _("Write what the shop is called."))
    row.site, row.page = _address("site", draft.site, problems), _page(draft.page, problems)
    problems.settle()
    assert kind is not None
    row.format, row.kind, row.is_whole = draft.format, kind, not chosen
    row.only_available, row.with_count, row.is_on = draft.only_available, draft.with_count, draft.is_on
    row.base = draft.base[:300] or row.base
    row.save()
    FeedCategory.objects.filter(feed=row).exclude(category__in=chosen).delete()
    FeedCategory.objects.bulk_create([FeedCategory(feed=row, category=one) for one in chosen], ignore_conflicts=True)
    _give_state(row)
    mark_stale()
    return row


def _address(name: str, text: str, problems: Problems) -> str:
    found = fit(name, text, 500, problems)
    try:
        parts = urlsplit(found)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in found
    except ValueError:
        fits = False
    if not fits:
        problems.add(name, _("Write the address of the shop's site: https://…"))
    return found


def _page(text: str, problems: Problems) -> str:
    if not text.strip():
        return ""
    found = fit("page", text, 500, problems)
    if not found.startswith(("http://", "https://")) or ("{code}" not in found and "{id}" not in found):
        problems.add("page", _("Write an address with {code} or {id} in it: https://shop.ru/goods/{code}"))
    return found


def _give_state(feed: Feed) -> None:
    if not FeedState.objects.filter(feed=feed).exists():
        secret = secrets.token_urlsafe(32)
        FeedState.objects.create(feed=feed, secret=secret, hash=hash_of(secret))


def hash_of(secret: str) -> str:
    """Return what an address is found by; a plain SHA-256, since nobody tries 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def renew_address(*, actor: Actor, public_id: str) -> Feed:
    """Give a feed another address; the old one opens nothing any more. Raises Denied, NotFound."""
    feed = get_feed(actor, public_id, lock=True)
    state = FeedState.objects.select_for_update().get(feed=feed)
    state.secret = secrets.token_urlsafe(32)
    state.hash = hash_of(state.secret)
    state.save(update_fields=["secret", "hash"])
    return feed


@transaction.atomic
def delete_feed(*, actor: Actor, public_id: str) -> None:
    """Take a feed away with its file and its address. Raises Denied, NotFound."""
    get_feed(actor, public_id, lock=True).delete()
