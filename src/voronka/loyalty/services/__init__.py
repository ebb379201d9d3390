"""The verbs of promo codes."""

from voronka.loyalty.services.batches import give_code, make_codes, set_codes_on
from voronka.loyalty.services.judging import Line, Quote, would_take
from voronka.loyalty.services.promos import PromoDraft, save_promo, set_promo_on
from voronka.loyalty.services.redeeming import Holder, amend, exchange, quote, redeem, reverse

__all__ = [
    "Holder",
    "Line",
    "PromoDraft",
    "Quote",
    "amend",
    "exchange",
    "give_code",
    "make_codes",
    "quote",
    "redeem",
    "reverse",
    "save_promo",
    "set_codes_on",
    "set_promo_on",
    "would_take",
]
