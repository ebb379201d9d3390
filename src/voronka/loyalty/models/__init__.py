"""Promos, their codes, where codes were used, the ledger of what they took off."""

from voronka.loyalty.models.promos import Promo, PromoCode, PromoGoods
from voronka.loyalty.models.uses import PromoUse, Redemption

__all__ = ["Promo", "PromoCode", "PromoGoods", "PromoUse", "Redemption"]
