"""Kinds of prices: made, changed, switched off; the default one."""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.catalogue.models import ClientTerms, Feed, Price, PriceKind, PriceRule
from voronka.catalogue.permissions import SET_UP_PRICES
from voronka.catalogue.rules.rounding import fits
from voronka.catalogue.services.locking import lock_whole
from voronka.catalogue.services.words import CURRENCIES
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound, Refusal
from voronka.people.services.cleaning import Problems, fit

MOST = 50
_CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class KindDraft:
    """A kind of price as it is wanted. Per cents of the guard: None switches it off."""

    code: str
    name: str
    currency: str = "RUB"
    is_default: bool = False
    is_on: bool = True
    step: Decimal = Decimal("0.01")
    ending: Decimal | None = None
    guard_percent: Decimal | None = None
    margin_percent: Decimal | None = None


@transaction.atomic
def ship_kinds() -> None:
    """Give the company the kinds that every shop begins with, unless it has any: retail (guarded) and wholesale."""
    lock_whole("kinds")
    if PriceKind.objects.exists():
        return
    with translation.override(accounts.get_company_rules().language):
        PriceKind.objects.bulk_create(
            [
                PriceKind(
                    code="retail", name=_("Retail"), is_default=True, step=Decimal(1), guard_percent=Decimal(30),
                    margin_percent=Decimal(5), position=0,
                ),
                PriceKind(code="wholesale", name=_("Wholesale"), step=Decimal("0.01"), position=1),
            ]
        )  # fmt: skip


@transaction.atomic
def save_kind(*, actor: Actor, draft: KindDraft, code: str = "") -> PriceKind:
    """Make a kind of price, or change the one of this code, which stays. Raises Denied, NotFound, Invalid.

    The default kind passes on when another becomes it; it cannot be switched off or left without a successor.
    """
    actor.require(SET_UP_PRICES)
    lock_whole("kinds")
    known = list(PriceKind.objects.order_by("position", "id"))
    row = next((one for one in known if one.code == code), None) if code else PriceKind(position=len(known))
    if row is None:
        raise NotFound(_("There is no such kind of price."))
    problems = Problems()
    others = [one for one in known if one is not row]
    _check(draft, row, others, problems, is_new=not code)
    _check_sums(draft, problems)
    problems.settle()
    if draft.is_default:
        PriceKind.objects.filter(is_default=True).exclude(pk=row.pk).update(is_default=False)
    row.code = row.code or draft.code
    row.name = " ".join(draft.name.split())
    row.is_default = draft.is_default or not others
    row.currency, row.is_on, row.step, row.ending = draft.currency, draft.is_on, draft.step, draft.ending
    row.guard_percent, row.margin_percent = draft.guard_percent, draft.margin_percent
    row.save()
    return row


def _check(draft: KindDraft, row: PriceKind, others: list[PriceKind], problems: Problems, *, is_new: bool) -> None:
    name = fit("name", draft.name, 80, problems)
    if not name:
        problems.add("name", _("Give the kind of price a name."))
    if any(one.name.lower() == name.lower() for one in others):
        problems.add("name", _("There is a kind of this name already."))
    if is_new and not _CODE.match(draft.code):
        problems.add("code", _("A code has small Latin letters, digits and hyphens, and begins with a letter."))
    if is_new and any(one.code == draft.code for one in others):
        problems.add("code", _("There is a kind of this code already."))
    if is_new and len(others) >= MOST:
        problems.add("name", _("At most %(most)d of them.") % {"most": MOST})
    if draft.currency not in CURRENCIES:
        problems.add("currency", _("Choose one of the list."))
    elif row.pk and draft.currency != row.currency and Price.objects.filter(kind=row).exists():
        problems.add("currency", _("There are prices of this kind: the currency stays."))
    if row.is_default and not draft.is_on:
        problems.add("is_on", _("This is the default kind: make another one the default first."))
    if row.is_default and not draft.is_default:
        problems.add("is_default", _("One kind is the default: make another one the default instead."))
    if draft.is_default and not draft.is_on:
        problems.add("is_default", _("A kind that is switched off cannot be the default."))


def _check_sums(draft: KindDraft, problems: Problems) -> None:
    if not draft.step.is_finite() or draft.step < Decimal("0.01") or draft.step > 100_000:
        problems.add("step", _("Round to a kopeck or more."))
    elif not fits(draft.step, draft.ending):
        problems.add("ending", _("The ending must be less than what is rounded to: 0.99 below 1, 90 below 100."))
    for field, most in (("guard_percent", 10_000), ("margin_percent", 100)):
        percent = getattr(draft, field)
        if percent is not None and not (percent.is_finite() and 0 <= percent < most):
            problems.add(field, _("Write a per cent from nought up."))


@transaction.atomic
def delete_kind(*, actor: Actor, code: str) -> None:
    """Delete a kind that no price, rule, client or feed needs. Raises Denied, NotFound, Refusal."""
    actor.require(SET_UP_PRICES)
    lock_whole("kinds")
    row = PriceKind.objects.filter(code=code).first()
    if row is None:
        raise NotFound(_("There is no such kind of price."))
    if row.is_default:
        raise Refusal(_("This is the default kind: make another one the default first."), code="is_default")
    named_by = (Price, PriceRule, ClientTerms, Feed)
    used = [model._default_manager.filter(kind=row) for model in named_by]
    if any(one.exists() for one in used):
        raise Refusal(_("There are prices, rules, clients or feeds of it: switch it off instead."), code="in_use")
    row.delete()
