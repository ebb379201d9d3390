"""Price lists that come by themselves: from a folder, an address, a mailbox."""

from voronka.catalogue.services.sources.looking import companies_due, look, order_due, order_look
from voronka.catalogue.services.sources.refused import get_refused, put_aside, try_again
from voronka.catalogue.services.sources.settings import SourceDraft, delete_source, get_source, save_source

__all__ = [
    "SourceDraft",
    "companies_due",
    "delete_source",
    "get_refused",
    "get_source",
    "look",
    "order_due",
    "order_look",
    "put_aside",
    "save_source",
    "try_again",
]
