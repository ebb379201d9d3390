"""Rules of markup: set up, and applied to variants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.catalogue.models import Category, PriceKind, PriceRule, Supplier, Variant
from voronka.catalogue.permissions import CHANGE_PRICES, SET_UP_PRICES
from voronka.catalogue.queries.costs import costs_of, rates_on
from voronka.catalogue.rules import markups
from voronka.catalogue.rules.rounding import rounded
from voronka.catalogue.services.locking import lock_whole
from voronka.catalogue.services.pricing import Done, Wish, write_prices
from voronka.catalogue.services.words import CURRENCIES, MOST_PRICE
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.people.services.cleaning import Problems, fit

MOST = 200
CHUNK = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraft:
    """A rule as it is wanted. `kind` is a code, `supplier` and `category` public ids; empty conditions fit all."""

    name: str
    kind: str
    supplier: str = ""
    category: str = ""
    currency: str = ""
    cost_from: Decimal | None = None
    cost_to: Decimal | None = None
    markup_percent: Decimal = Decimal(0)
    plus: Decimal = Decimal(0)
    is_on: bool = True


@transaction.atomic
def save_rule(*, actor: Actor, draft: RuleDraft, public_id: str = "") -> PriceRule:
    """Make a rule behind the others, or change one; prices change when it is applied. Raises as all verbs do."""
    actor.require(SET_UP_PRICES)
    lock_whole("rules")
    row = get_rule(public_id) if public_id else PriceRule(position=PriceRule.objects.count())
    problems = Problems()
    kind = PriceKind.objects.filter(code=draft.kind).first()
    supplier = Supplier.objects.filter(public_id=draft.supplier).first() if draft.supplier else None
    category = Category.objects.filter(public_id=draft.category).first() if draft.category else None
    for field, wanted, found in (
        ("kind", draft.kind or "?", kind),
        ("supplier", draft.supplier, supplier),
        ("category", draft.category, category),
    ):
        if wanted and found is None:
            problems.add(field, _("Choose one of the list."))
    row.name = fit("name", draft.name, 100, problems)
    _check(draft, row, problems)
    problems.settle()
    assert kind is not None
    row.kind, row.supplier, row.category, row.currency = kind, supplier, category, draft.currency
    row.cost_from, row.cost_to = draft.cost_from, draft.cost_to
    row.markup_percent, row.plus, row.is_on = draft.markup_percent, draft.plus, draft.is_on
    row.save()
    return row


def _check(draft: RuleDraft, row: PriceRule, problems: Problems) -> None:
    if not row.name:
        problems.add("name", _("Give the rule a name."))
    if draft.currency and draft.currency not in CURRENCIES:
        problems.add("currency", _("Choose one of the list."))
    for field in ("cost_from", "cost_to"):
        cost = getattr(draft, field)
        if cost is not None and not (cost.is_finite() and 0 <= cost <= MOST_PRICE):
            problems.add(field, _("Write a sum from nought up."))
    if draft.cost_from is not None and draft.cost_to is not None and draft.cost_from >= draft.cost_to:
        problems.add("cost_to", _("The upper bound must be greater than the lower one."))
    if not (draft.markup_percent.is_finite() and -100 < draft.markup_percent <= 10_000):
        problems.add("markup_percent", _("Write a markup of more than −100 % and at most 10 000 %."))
    if not (draft.plus.is_finite() and abs(draft.plus) <= MOST_PRICE):
        problems.add("plus", _("This is not a sum: write it like 1290.50."))
    if not row.pk and PriceRule.objects.count() >= MOST:
        problems.add("name", _("At most %(most)d of them.") % {"most": MOST})


def get_rule(public_id: str) -> PriceRule:
    """Return a rule by its public id. Raises NotFound."""
    found = PriceRule.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such rule."))
    return found


@transaction.atomic
def move_rule(*, actor: Actor, public_id: str, by: int) -> None:
    """Move a rule up (-1) or down (+1): the first that fits makes the price. Raises Denied, NotFound."""
    actor.require(SET_UP_PRICES)
    lock_whole("rules")
    rows = list(PriceRule.objects.order_by("position", "id"))
    at = next((number for number, one in enumerate(rows) if one.public_id == public_id), None)
    if at is None:
        raise NotFound(_("There is no such rule."))
    rows.insert(min(max(at + by, 0), len(rows) - 1), rows.pop(at))
    for number, one in enumerate(rows):
        one.position = number
    PriceRule.objects.bulk_update(rows, ["position"])


@transaction.atomic
def delete_rule(*, actor: Actor, public_id: str) -> None:
    """Delete a rule; prices that it made stay. Raises Denied, NotFound."""
    actor.require(SET_UP_PRICES)
    lock_whole("rules")
    get_rule(public_id).delete()


def apply_rules(*, actor: Actor, variant_ids: Sequence[int], now: datetime) -> Done:
    """Make the prices of variants by the rules from what they cost now; those no rule fits keep theirs.

    A thousand variants are one transaction; the guard stands before each price. Raises Denied.
    """
    actor.require(CHANGE_PRICES)
    done = Done()
    ids = sorted(set(variant_ids))
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            wishes = wished(ids[start : start + CHUNK], now)
            part = write_prices(actor=actor, wishes=wishes, now=now, since=now, source="rule")
        done.changed, done.same = done.changed + part.changed, done.same + part.same
        done.held += part.held
    return done


def wished(variant_ids: Sequence[int], now: datetime) -> list[Wish]:
    """Return the prices that the rules make of what variants cost now; nothing is written."""
    rows = list(
        PriceRule.objects.filter(is_on=True, kind__is_on=True).select_related("kind").order_by("position", "id")
    )
    if not rows or not variant_ids:
        return []
    branches = _branches([one.category_id for one in rows if one.category_id])
    by_kind: dict[int, list[tuple[markups.Rule, PriceKind]]] = {}
    for one in rows:
        by_kind.setdefault(one.kind_id, []).append((_plain(one, branches), one.kind))
    costs = costs_of(variant_ids, now)
    rates = rates_on(now)
    categories = dict(Variant.objects.filter(pk__in=list(costs)).values_list("id", "product__category_id"))
    found = []
    for variant_id, bought in sorted(costs.items()):
        for rules in by_kind.values():
            kind = rules[0][1]
            rule = markups.first_of([one for one, _kind in rules], bought, categories.get(variant_id))
            amount = None if rule is None else _price(rule, bought, kind, rates)
            if amount is not None:
                found.append(Wish(variant_id, kind.code, amount))
    return found


def _price(
    rule: markups.Rule, bought: markups.Bought, kind: PriceKind, rates: Mapping[str, Decimal]
) -> Decimal | None:
    """Return a price in the kind's currency, None where its rate is unknown or it would be nought or less."""
    roubles = rule.price(bought)
    rate = Decimal(1) if kind.currency == "RUB" else rates.get(kind.currency)
    if rate is None or not 0 < roubles / rate <= MOST_PRICE:
        return None
    return min(rounded(roubles / rate, kind.step, kind.ending), MOST_PRICE)


def _plain(row: PriceRule, branches: Mapping[int, frozenset[int]]) -> markups.Rule:
    return markups.Rule(
        markup_percent=row.markup_percent,
        plus=row.plus,
        supplier_id=row.supplier_id,
        categories=branches[row.category_id] if row.category_id else None,
        currency=row.currency,
        cost_from=row.cost_from,
        cost_to=row.cost_to,
    )


def _branches(ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """Return each category with all that lie below it."""
    if not ids:
        return {}
    paths = dict(Category.objects.values_list("id", "path"))
    return {one: frozenset(pk for pk, path in paths.items() if f"/{one}/" in path) for one in set(ids)}
