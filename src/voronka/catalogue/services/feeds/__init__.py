"""Feeds out: set up, put together anew as goods change, handed out."""

from voronka.catalogue.services.feeds.building import build_due, companies_due
from voronka.catalogue.services.feeds.handing import (
    Handed,
    company_of_picture,
    hand_out,
    is_expected,
    open_by,
    picture_of,
)
from voronka.catalogue.services.feeds.settings import (
    FeedDraft,
    address_of,
    delete_feed,
    get_feed,
    renew_address,
    save_feed,
)
from voronka.catalogue.services.feeds.touching import mark_stale, touch

__all__ = [
    "FeedDraft",
    "Handed",
    "address_of",
    "build_due",
    "companies_due",
    "company_of_picture",
    "delete_feed",
    "get_feed",
    "hand_out",
    "is_expected",
    "mark_stale",
    "open_by",
    "picture_of",
    "renew_address",
    "save_feed",
    "touch",
]
