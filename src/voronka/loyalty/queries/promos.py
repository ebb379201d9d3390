"""Promos in lists and on their pages, with what was taken off by them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from voronka.kit import facets
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.loyalty.models import Promo, PromoCode, PromoGoods, PromoUse
from voronka.loyalty.permissions import SEE
from voronka.loyalty.rules import codes
from voronka.loyalty.rules.discounts import ZERO

SUBJECT = "promo"
PAGE = 50


@dataclass(frozen=True, slots=True)
class Ask:
    """What the list is asked for: a part of a name or a code, filters (kit.facets), after how many rows to begin."""

    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    after: int = 0


@dataclass(frozen=True, slots=True)
class Sums:
    """What a promo has come to: how many codes it has, uses, what was taken off, what the goods cost before."""

    codes: int = 0
    uses: int = 0
    taken_off: Decimal = ZERO
    goods: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Row:
    """A promo in the list; `code` is the one of a shared promo, None for a batch."""

    promo: Promo
    code: PromoCode | None
    sums: Sums
    state: str


@dataclass(frozen=True, slots=True)
class PromoPage:
    """A page of the list; `after` begins the next one, 0 at the end; `problems` of filters by name."""

    rows: Sequence[Row]
    after: int
    problems: Mapping[str, str]


def state_of(promo: Promo, now: datetime) -> str:
    """Return how a promo stands: on, waits, over or off."""
    if not promo.is_on:
        return "off"
    if promo.since is not None and now < promo.since:
        return "waits"
    return "over" if promo.until is not None and now >= promo.until else "on"


def read_page(actor: Actor, ask: Ask, *, now: datetime, size: int = PAGE) -> PromoPage:
    """Return a page of promos, the newest first. A wrong filter finds nothing and says why. Raises Denied."""
    actor.require(SEE)
    wanted, problems = facets.condition(SUBJECT, dict(ask.filters), actor, now=now)
    if problems:
        return PromoPage([], 0, problems)
    rows = Promo.objects.filter(wanted)
    if ask.text.strip():
        named = Q(name__icontains=ask.text.strip())
        key = codes.key_of(ask.text)
        rows = rows.filter(named | Q(pk__in=PromoCode.objects.filter(key=key).values("promo_id")) if key else named)
    found = list(rows.order_by("-id")[ask.after : ask.after + size + 1])
    page = found[:size]
    return PromoPage(list(_rows(page, now)), ask.after + size if len(found) > size else 0, {})


def _rows(promos: Sequence[Promo], now: datetime) -> Iterator[Row]:
    ids = [one.pk for one in promos]
    sums = sums_of(ids)
    shared = {one.promo_id: one for one in PromoCode.objects.filter(promo_id__in=ids, promo__is_batch=False)}
    for one in promos:
        yield Row(one, shared.get(one.pk), sums[one.pk], state_of(one, now))


def sums_of(ids: Sequence[int]) -> dict[int, Sums]:
    """Return what promos have come to, by id."""
    counts = dict(
        PromoCode.objects.filter(promo_id__in=ids).values_list("promo_id").annotate(n=Count("id")).order_by()
    )
    uses = PromoUse.objects.filter(promo_id__in=ids, given_back_at=None).values_list("promo_id").order_by()
    found = {row[0]: row[1:] for row in uses.annotate(n=Count("id"), off=Sum("amount"), of=Sum("goods_sum"))}
    return {pk: Sums(counts.get(pk, 0), *found.get(pk, (0, ZERO, ZERO))) for pk in ids}


def row_of(promo: Promo, *, now: datetime) -> Row:
    """Return a promo as the list has it."""
    return next(_rows([promo], now))


def get_promo(actor: Actor, public_id: str) -> Promo:
    """Return a promo by the id of its address. Raises Denied, NotFound."""
    actor.require(SEE)
    found = Promo.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such promo."))
    return found


def goods_of(promo: Promo) -> tuple[list[str], list[tuple[str, str]]]:
    """Return public ids of a promo's categories, and public id and name of its variants."""
    rows = PromoGoods.objects.filter(promo=promo).select_related("category", "variant").order_by("id")
    categories = [one.category.public_id for one in rows if one.category is not None]
    return categories, [(one.variant.public_id, one.variant.code) for one in rows if one.variant is not None]


def list_codes(promo: Promo, *, text: str = "", state: str = "", after: int = 0, size: int = PAGE) -> list[PromoCode]:
    """Return a page of a promo's codes and one more, in the order of making, behind the id `after`.

    `state` is free or used, `text` the first signs of a code.
    """
    rows = PromoCode.objects.filter(promo=promo, pk__gt=after)
    if state in ("free", "used"):
        rows = rows.filter(used=0) if state == "free" else rows.filter(used__gt=0)
    key = codes.key_of(text)
    if key:
        rows = rows.filter(key__startswith=key)
    return list(rows.order_by("id")[: size + 1])


def walk_codes(promo: Promo) -> Iterator[list[PromoCode]]:
    """Yield all codes of a promo in pages, in the order of making."""
    last = 0
    while True:
        page = list(PromoCode.objects.filter(promo=promo, pk__gt=last).order_by("id")[:2_000])
        if not page:
            return
        yield page
        last = page[-1].pk


def list_uses(promo: Promo, *, code: str = "", before: int = 0, size: int = PAGE) -> list[PromoUse]:
    """Return a page of uses and one more, the newest first, behind the id `before` (0: from the newest on).

    Those of a promo, or of one of its codes (public id).
    """
    rows = PromoUse.objects.filter(promo=promo).select_related("code")
    if before:
        rows = rows.filter(pk__lt=before)
    if code:
        rows = rows.filter(code__public_id=code)
    return list(rows.order_by("-id")[: size + 1])
