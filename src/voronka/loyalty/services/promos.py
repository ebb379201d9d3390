"""Promos made, changed, switched on and off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.catalogue.queries import picked
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.kit.money import LIMIT, rounded
from voronka.loyalty.events import PromoSaved
from voronka.loyalty.models import Promo, PromoCode, PromoGoods
from voronka.loyalty.permissions import SET_UP
from voronka.loyalty.rules import codes
from voronka.loyalty.rules.discounts import ZERO
from voronka.people import queries as people
from voronka.people.services.cleaning import Problems, fit

MOST_GOODS, MOST_USES = 500, 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoDraft:
    """A promo as it is wanted. `amount` is a percent or a sum; `until` is the first moment when it holds no more.

    `categories` and `variants` are public ids; without any it is for all goods. `code`, `most` (uses in all) and
    `client` (public id: for him alone) are of the code of a shared promo; a batch gets its codes by make_codes.
    """

    name: str
    amount: Decimal
    is_batch: bool = False
    is_percent: bool = True
    cap: Decimal | None = None
    minimum: Decimal = ZERO
    per_client: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    with_terms: bool = True
    categories: Sequence[str] = ()
    variants: Sequence[str] = ()
    note: str = ""
    code: str = ""
    most: int | None = None
    client: str = ""


@transaction.atomic
def save_promo(
    *, actor: Actor, draft: PromoDraft, now: datetime, public_id: str = "", version: int | None = None
) -> Promo:
    """Make a promo, or change one: what was taken off already stays so. Whether it is a batch never changes.

    Raises Denied, NotFound, Conflict `stale` where somebody has saved since `version`, Invalid at the wrong places.
    """
    actor.require(SET_UP)
    row = _get_locked(public_id) if public_id else Promo(made_at=now, made_by_id=actor.employee_id)
    if version is not None and public_id and version != row.version:
        raise Conflict(_("Somebody has changed this promo meanwhile: look at it again."), code="stale")
    is_new = not public_id
    if is_new:
        row.is_batch = draft.is_batch
    problems = Problems()
    _take(row, draft, problems)
    goods = _goods_of(draft, problems)
    code = None if row.is_batch else _code_of(row, draft, actor, problems)
    problems.settle()
    row.is_for_all = not goods
    row.version += 0 if is_new else 1
    row.save()
    PromoGoods.objects.filter(promo=row).delete()
    PromoGoods.objects.bulk_create(
        PromoGoods(promo=row, category_id=category, variant_id=variant) for category, variant in goods
    )
    if code is not None:
        code.promo, code.made_at = row, code.made_at if code.pk else now
        code.save()
    publish(PromoSaved(promo_id=row.pk, is_new=is_new, is_on=row.is_on), at=now)
    return row


def _get_locked(public_id: str) -> Promo:
    found = Promo.objects.select_for_update().filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such promo."))
    return found


def _take(row: Promo, draft: PromoDraft, problems: Problems) -> None:
    """Write the draft's plain values into the row, and note what cannot be."""
    row.name = fit("name", draft.name, 120, problems)
    if not row.name and "name" not in problems.fields:
        problems.add("name", _("Give the promo a name."))
    row.note = fit("note", draft.note, 300, problems)
    row.is_percent, row.with_terms = draft.is_percent, draft.with_terms
    row.amount = _money("amount", draft.amount, problems)
    if draft.is_percent and row.amount > 100:
        problems.add("amount", _("More than 100 % cannot be taken off."))
    row.cap = None if draft.cap is None else _money("cap", draft.cap, problems)
    row.minimum = ZERO if draft.minimum == 0 else _money("minimum", draft.minimum, problems)
    row.per_client = _uses("per_client", draft.per_client, problems)
    row.since, row.until = draft.since, draft.until
    if draft.since is not None and draft.until is not None and draft.until <= draft.since:
        problems.add("until", _("The end is before the beginning."))


def _money(field: str, amount: Decimal, problems: Problems) -> Decimal:
    if not amount.is_finite() or not 0 < amount <= LIMIT or rounded(amount) != amount:
        problems.add(field, _("More than zero is needed, with two digits after the comma at most."))
        return Decimal(1)
    return amount


def _uses(field: str, count: int | None, problems: Problems) -> int | None:
    if count is not None and not 1 <= count <= MOST_USES:
        problems.add(field, _("A whole number from 1 on is needed."))
        return None
    return count


def _goods_of(draft: PromoDraft, problems: Problems) -> list[tuple[int | None, int | None]]:
    """Return the pairs of category and variant that the promo is for."""
    if len(draft.categories) + len(draft.variants) > MOST_GOODS:
        problems.add("goods", _("At most %(most)d categories and goods.") % {"most": MOST_GOODS})
        return []
    categories = picked.category_ids(draft.categories)
    variants = picked.variant_ids(draft.variants)
    if set(draft.categories) - set(categories) or set(draft.variants) - set(variants):
        problems.add("goods", _("Some of the goods are gone: choose anew."))
    return [
        *((one, None) for one in sorted(categories.values())),
        *((None, one) for one in sorted(variants.values())),
    ]


def _code_of(row: Promo, draft: PromoDraft, actor: Actor, problems: Problems) -> PromoCode:
    """Return the code of a shared promo as it is wanted."""
    kept = PromoCode.objects.select_for_update().filter(promo=row).first() if row.pk else None
    code = kept or PromoCode()
    printed = fit("code", draft.code, 40, problems).upper()
    key = codes.key_of(printed)
    if not codes.LEAST <= len(key) <= codes.MOST:
        limits = {"least": codes.LEAST, "most": codes.MOST}
        problems.add("code", _("From %(least)d to %(most)d letters and figures.") % limits)
    elif key != code.key and code.used:
        problems.add("code", _("The code has been used: it keeps its letters. Make another promo."))
    elif PromoCode.objects.filter(key=key).exclude(pk=code.pk or 0).exists():
        problems.add("code", _("There is such a code already."))
    code.code, code.key, code.most = printed, key, _uses("most", draft.most, problems)
    if code.most is not None and code.most < code.used:
        problems.add("most", _("It has been used %(used)d times already.") % {"used": code.used})
    code.client_id = client_id_of(draft.client, actor, problems)
    return code


def client_id_of(public_id: str, actor: Actor, problems: Problems) -> int | None:
    """Return the client that codes are bound to, None for nobody."""
    if not public_id:
        return None
    try:
        return people.get_client(actor, public_id).pk
    except NotFound:
        problems.add("client", _("There is no such client."))
        return None


@transaction.atomic
def set_promo_on(*, actor: Actor, public_id: str, is_on: bool, now: datetime) -> Promo:
    """Switch a promo with all its codes on or off. Raises Denied, NotFound."""
    actor.require(SET_UP)
    row = _get_locked(public_id)
    if row.is_on != is_on:
        row.is_on, row.version = is_on, row.version + 1
        row.save(update_fields=["is_on", "version"])
        publish(PromoSaved(promo_id=row.pk, is_new=False, is_on=is_on), at=now)
    return row


def require_batch(row: Promo) -> None:
    """Raise Invalid where codes for single use are wanted of a promo that shares one code."""
    if not row.is_batch:
        raise Invalid(_("This promo has one code for all."), code="not_a_batch")
