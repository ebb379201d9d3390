"""What promos are called on pages, in short."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.accounts import queries as accounts
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.loyalty.models import Promo

TONES = {"on": "gain", "waits": "accent", "over": "", "off": "heed"}


def state_words() -> dict[str, str]:
    """Return the states by code."""
    return {"on": _("holds"), "waits": _("still to come"), "over": _("over"), "off": _("switched off")}


def money(amount: Decimal, actor: Actor) -> str:
    """Return a sum in the company's currency."""
    return wording.money(amount, accounts.get_company_rules().currency, actor.language)


def plain(amount: Decimal | None) -> str:
    """Return a number as a field of a form shows it: without zeros that say nothing."""
    return "" if amount is None else f"{amount.normalize():f}"


def discount_words(promo: Promo, actor: Actor) -> str:
    """Return what is taken off: `10 %`, `500 ₽`."""
    if not promo.is_percent:
        return f"−{money(promo.amount, actor)}"
    return f"−{wording.number(promo.amount, actor.language, digits=0 if promo.amount % 1 == 0 else 2)} %"


def time_words(promo: Promo, actor: Actor, now: datetime) -> str:
    """Return when a promo holds: `1 – 30 ноября`, `до 30 ноября`, empty for ever."""
    today = now.astimezone(actor.zone).date()

    def day(moment: datetime) -> str:
        return wording.day(moment.astimezone(actor.zone).date(), today, actor.language)

    last = "" if promo.until is None else day(promo.until - timedelta(microseconds=1))
    if promo.since is None:
        return _("until %(day)s") % {"day": last} if last else ""
    return f"{day(promo.since)} – {last}" if last else _("from %(day)s") % {"day": day(promo.since)}


def referral_words() -> dict[str, str]:
    """Return the states of referrals by code."""
    return {
        "active": pgettext("referral", "counts"),
        "held": pgettext("referral", "waits to be judged"),
        "refused": pgettext("referral", "refused"),
    }


def way_words() -> dict[str, str]:
    """Return how a referral is known, by code."""
    return {
        "site": pgettext("referral", "by a link, on the site"),
        "form": pgettext("referral", "named in the order form"),
        "person": pgettext("referral", "named by a colleague"),
    }


def reason_words() -> dict[str, str]:
    """Return why a referral is held, by code."""
    return {
        "same_client": _("it is one and the same client"),
        "old_client": _("he had ordered before he came by the link"),
        "phone": _("both have the same phone"),
        "email": _("both have the same e-mail address"),
        "address": _("goods go to the same address"),
        "payment": _("both pay by the same requisites"),
        "device": _("both were on the site in one browser"),
        "employee": _("who brought him is the colleague who named the code"),
        "unproven": _("nothing proves that the contact he gave is his own: his card was not made of it"),
    }


def earned_words() -> dict[str, str]:
    """Return when an order counts, by code."""
    return {
        "both": pgettext("referral", "delivered and paid"),
        "delivered": pgettext("referral", "delivered"),
        "paid": pgettext("referral", "paid in full"),
    }


def pays_words() -> dict[str, str]:
    """Return how clients are paid, by code."""
    return {"code": pgettext("referral", "by a promo code"), "note": pgettext("referral", "by hand, noted here")}
