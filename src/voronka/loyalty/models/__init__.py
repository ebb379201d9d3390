"""Promos, their codes, where codes were used, the ledger of what they took off; clients who bring friends."""

from voronka.loyalty.models.promos import Promo, PromoCode, PromoGoods
from voronka.loyalty.models.referrals import Referral, ReferralGain, ReferralLink, ReferralPayout, ReferralTerms
from voronka.loyalty.models.uses import PromoUse, Redemption

__all__ = [
    "Promo",
    "PromoCode",
    "PromoGoods",
    "PromoUse",
    "Redemption",
    "Referral",
    "ReferralGain",
    "ReferralLink",
    "ReferralPayout",
    "ReferralTerms",
]
