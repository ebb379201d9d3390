"""Suppliers, what they ask for goods, rates of currencies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.catalogue.models import Cost, Rate, Supplier, Variant
from voronka.catalogue.permissions import CHANGE_PRICES, SEE_COST, SET_UP_PRICES
from voronka.catalogue.services.words import CURRENCIES, check_price
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.people import queries as people
from voronka.people.services.cleaning import Problems, fit

MOST_LEAD_DAYS = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierDraft:
    """A supplier as he is wanted; `client` is the public id of his card, empty without one."""

    name: str
    client: str = ""
    currency: str = "RUB"
    lead_days: int | None = None
    comment: str = ""
    is_on: bool = True


@transaction.atomic
def save_supplier(*, actor: Actor, draft: SupplierDraft, public_id: str = "") -> Supplier:
    """Make a supplier or change one. Raises Denied, NotFound, Invalid."""
    actor.require(SET_UP_PRICES)
    row = Supplier.objects.select_for_update().filter(public_id=public_id).first() if public_id else Supplier()
    if row is None:
        raise NotFound(_("There is no such supplier."))
    client = people.get_client(actor, draft.client) if draft.client else None
    problems = Problems()
    row.name = fit("name", draft.name, 200, problems)
    if not row.name:
        problems.add("name", _("Give the supplier a name."))
    elif Supplier.objects.filter(name__iexact=row.name).exclude(pk=row.pk).exists():
        problems.add("name", _("There is a supplier of this name already."))
    if draft.currency not in CURRENCIES:
        problems.add("currency", _("Choose one of the list."))
    if draft.lead_days is not None and not 0 <= draft.lead_days <= MOST_LEAD_DAYS:
        problems.add("lead_days", _("Write days from 0 to %(most)d.") % {"most": MOST_LEAD_DAYS})
    row.comment = fit("comment", draft.comment, 2_000, problems, lines=True)
    problems.settle()
    row.client_id = client.pk if client else None
    row.currency, row.lead_days, row.is_on = draft.currency, draft.lead_days, draft.is_on
    row.save()
    return row


@dataclass(frozen=True, slots=True)
class Asked:
    """What a supplier asks for a variant (inner ids); no supplier: typed by hand."""

    variant_id: int
    amount: Decimal
    currency: str = "RUB"
    supplier_id: int | None = None


@transaction.atomic
def set_costs(*, actor: Actor, costs: Sequence[Asked], now: datetime) -> list[int]:
    """Note what variants cost; return the ids of those whose cost differs now: rules are to be applied to them.

    Raises Denied, Invalid for a sum that cannot be one (`costs.N`), NotFound for a variant that is not there.
    """
    actor.require(SEE_COST)
    actor.require(CHANGE_PRICES)
    wanted = {(one.variant_id, one.supplier_id): one for one in costs}
    for number, one in enumerate(costs):
        try:
            check_price(one.amount)
        except ValueError as error:
            raise Invalid(str(error), fields={f"costs.{number}": str(error)}) from error
        if one.currency not in CURRENCIES:
            raise Invalid(_("Choose one of the list."), fields={f"costs.{number}": _("Choose one of the list.")})
    ids = {one.variant_id for one in costs}
    rows = Variant.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("id")
    if len(rows.values_list("id", flat=True)) != len(ids):
        raise NotFound(_("There is no such variant."))
    have = {(one.variant_id, one.supplier_id): one for one in Cost.objects.filter(variant_id__in=ids)}
    return _write_costs(wanted, have, now)


def _write_costs(
    wanted: Mapping[tuple[int, int | None], Asked], have: Mapping[tuple[int, int | None], Cost], now: datetime
) -> list[int]:
    new, seen, differ = [], [], set()
    for key, one in wanted.items():
        row = have.get(key)
        if row is None:
            new.append(
                Cost(
                    variant_id=one.variant_id, supplier_id=one.supplier_id, amount=one.amount, currency=one.currency,
                    seen_at=now,
                )
            )  # fmt: skip
            differ.add(one.variant_id)
            continue
        if (row.amount, row.currency) != (one.amount, one.currency):
            differ.add(one.variant_id)
            row.amount, row.currency, row.seen_at = one.amount, one.currency, now
            seen.append(row)
    Cost.objects.bulk_create(new)
    Cost.objects.bulk_update(seen, ["amount", "currency", "seen_at"], batch_size=500)
    return sorted(differ)


@transaction.atomic
def set_rate(*, actor: Actor, currency: str, per_unit: Decimal, since: date) -> Rate:
    """Say how many roubles one unit of a currency is from a day on. Raises Denied, Invalid."""
    actor.require(SET_UP_PRICES)
    if currency not in CURRENCIES or currency == "RUB":
        raise Invalid(_("Choose one of the list."), fields={"currency": _("Choose one of the list.")})
    if not (per_unit.is_finite() and Decimal("0.0001") <= per_unit <= 1_000_000):
        message = _("Write how many roubles one unit is.")
        raise Invalid(message, fields={"per_unit": message})
    row, _made = Rate.objects.update_or_create(currency=currency, since=since, defaults={"per_unit": per_unit})
    return row
