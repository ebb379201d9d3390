"""The terms of the referral programme, set by a person."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlsplit

from django.db import connection, transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict
from voronka.kit.events import publish
from voronka.kit.money import LIMIT, rounded
from voronka.kit.tenancy import current_company_id
from voronka.loyalty.events import ReferralTermsSaved
from voronka.loyalty.models import Promo, ReferralTerms
from voronka.loyalty.permissions import SET_UP
from voronka.loyalty.queries.referrals import get_terms
from voronka.people.services.cleaning import Problems, fit

MOST_DAYS = 3_650


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsDraft:
    """The terms as they are wanted; `gift` is the public id of a batch of promo codes."""

    is_on: bool
    percent: Decimal = Decimal(5)
    days: int = 365
    cap: Decimal | None = None
    earned_by: str = "both"
    gift: str = ""
    gift_days: int = 30
    page: str = ""
    touch_days: int = 30
    pays: str = "code"
    code_days: int = 180


@transaction.atomic
def save_terms(*, actor: Actor, draft: TermsDraft, now: datetime, version: int | None = None) -> ReferralTerms:
    """Set the terms for friends who come from now on: what was promised before stays.

    Raises Denied, Conflict `stale` where somebody has saved since `version`, Invalid at the wrong places.
    """
    actor.require(SET_UP)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('loyalty.terms'), %s)", [current_company_id() % 2**31])
    row = get_terms()
    if version is not None and version != row.version:
        raise Conflict(_("Somebody has changed this page meanwhile: look at it again."), code="stale")
    problems = Problems()
    row.is_on = draft.is_on
    row.percent = _percent(draft.percent, problems)
    row.cap = _cap(draft.cap, problems)
    for name in ("days", "gift_days", "touch_days", "code_days"):
        if not 1 <= getattr(draft, name) <= MOST_DAYS:
            problems.add(name, _("From 1 to %(most)d days.") % {"most": MOST_DAYS})
        else:
            setattr(row, name, getattr(draft, name))
    for name, known in (("earned_by", ReferralTerms.Earned), ("pays", ReferralTerms.Pays)):
        if getattr(draft, name) not in known.values:
            problems.add(name, _("Choose one of the list."))
        else:
            setattr(row, name, getattr(draft, name))
    row.gift = Promo.objects.filter(public_id=draft.gift, is_batch=True).first() if draft.gift else None
    if draft.gift and row.gift is None:
        problems.add("gift", _("Choose one of the list."))
    row.page = _page(draft.page, problems)
    problems.settle()
    row.version += 1
    row.save()
    publish(ReferralTermsSaved(terms_id=row.pk, is_on=row.is_on), at=now)
    return row


def _percent(amount: Decimal, problems: Problems) -> Decimal:
    if not amount.is_finite() or not 0 < amount <= 100 or rounded(amount) != amount:
        problems.add("percent", _("More than 0 and at most 100 %, with two digits after the comma at most."))
        return Decimal(1)
    return amount


def _cap(amount: Decimal | None, problems: Problems) -> Decimal | None:
    if amount is not None and (not amount.is_finite() or not 0 < amount <= LIMIT or rounded(amount) != amount):
        problems.add("cap", _("More than zero is needed, with two digits after the comma at most."))
        return None
    return amount


def _page(text: str, problems: Problems) -> str:
    """Return the page that links lead to: an address of the web, whole, without what links add themselves."""
    line = fit("page", text.strip(), 300, problems)
    if not line:
        return ""
    try:
        parts = urlsplit(line)
        good = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.username is None
        good = (good and parts.port is not None) or good
    except ValueError:
        good = False
    if not good or any(sign.isspace() or sign in "\\\"'<>#" for sign in line):
        problems.add("page", _("The whole address of a page is needed: https://shop.ru/"))
        return ""
    return line
