"""Places, the settings of the stock, and how single goods are kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.kit.tenancy import current_company_id
from voronka.stock.events import PlaceSaved
from voronka.stock.models import EXTERNAL, Balance, Keeping, Place, StockSettings
from voronka.stock.permissions import ORDER, SET_UP
from voronka.stock.services.summing import touch_place

OWN_KINDS = ("warehouse", "shop", "virtual", "transit")


@dataclass(frozen=True, slots=True)
class PlaceDraft:
    """A place as a person fills it in."""

    name: str
    kind: str
    address: str = ""
    city: str = ""
    zone: str = ""
    is_selling: bool = False
    is_on: bool = True
    priority: int = 100
    more: dict[str, Any] = field(default_factory=dict)  # lat and lon, from the map


@transaction.atomic
def save_place(draft: PlaceDraft, *, actor: Actor, place_id: int | None = None) -> Place:
    """Add a place, or change it. Raises Invalid for bad fields, Conflict where goods lie and it is to be off."""
    actor.require(SET_UP)
    _check(draft, place_id)
    values: dict[str, Any] = {
        "name": draft.name.strip(), "kind": draft.kind, "address": draft.address.strip(), "city": draft.city.strip(),
        "zone": draft.zone, "is_selling": draft.is_selling and draft.kind != "transit", "is_on": draft.is_on,
        "priority": draft.priority, **draft.more,
    }  # fmt: skip
    if place_id is None:
        made = Place.objects.create(**values)
    else:
        found = Place.objects.select_for_update().filter(pk=place_id, is_external=False).first()
        if found is None:
            raise NotFound(_("There is no such place."))
        _require_empty(found, draft)
        if (draft.is_selling or not draft.is_on) and StockSettings.objects.filter(damaged_place=found).exists():
            raise Conflict(
                _("What comes damaged goes there: choose another place for it first."), code="place_of_damaged"
            )
        made = found
        if any(getattr(found, name) != values[name] for name in ("kind", "is_selling", "is_on")):
            touch_place(found.pk)
        for name, value in values.items():
            setattr(made, name, value)
        made.save(update_fields=list(values))
    publish(PlaceSaved(place_id=made.pk, is_new=place_id is None))
    return made


@transaction.atomic
def order_places(public_ids: Sequence[str], *, actor: Actor) -> None:
    """Let places be asked for goods in this order; those that are not named come behind them as they stood."""
    actor.require(SET_UP)
    rows = list(Place.objects.select_for_update().filter(is_external=False).order_by("id"))
    asked = {one: number for number, one in enumerate(dict.fromkeys(public_ids))}
    rows.sort(key=lambda one: (asked.get(one.public_id, len(asked)), one.priority, one.pk))
    for number, one in enumerate(one for one in rows if not one.name.startswith("@")):
        if one.priority != number * 10:
            one.priority = number * 10
            one.save(update_fields=["priority"])
            publish(PlaceSaved(place_id=one.pk, is_new=False))


def _check(draft: PlaceDraft, place_id: int | None) -> None:
    fields = {}
    name = draft.name.strip()
    if not name or len(name) > 120:
        fields["name"] = _("Give the place a name of up to 120 letters.")
    elif name.startswith("@") or Place.objects.filter(pk=place_id or 0, name__startswith="@").exists():
        fields["name"] = _("Names that begin with @ are those of places the program keeps for itself.")
    elif Place.objects.filter(name=name).exclude(pk=place_id or 0).exists():
        fields["name"] = _("There is a place of this name already.")
    if draft.kind not in OWN_KINDS:
        fields["kind"] = _("Choose what sort of place it is.")
    if not 0 <= draft.priority <= 9999:
        fields["priority"] = _("From 0 to 9999.")
    if fields:
        raise Invalid(next(iter(fields.values())), fields=fields)


def _require_empty(place: Place, draft: PlaceDraft) -> None:
    if place.is_on and not draft.is_on and Balance.objects.filter(place=place, on_hand__gt=0).exists():
        raise Conflict(_("Goods lie there still: move them first."), code="place_not_empty")


def place_outside(kind: str) -> int:
    """Return the id of the place outside of the company of this kind, made when it is first needed."""
    if kind not in EXTERNAL:
        raise ValueError(f"{kind} is no place outside")
    return _place_once(kind, name=f"@{kind}", is_external=True)


def place_on_the_way() -> int:
    """Return the id of the place where goods are between two others, made when it is first needed."""
    return _place_once("transit", name="@transit", is_external=False)


def place_for_damaged() -> int:
    """Return the id of the place that takes in what comes damaged: the company's choice, else one made once."""
    chosen = StockSettings.objects.values_list("damaged_place_id", flat=True).first()
    return chosen or _place_once("virtual", name="@damaged", is_external=False)


@transaction.atomic
def choose_damaged_place(place_id: int | None, *, actor: Actor) -> None:
    """Let what comes damaged go to a place that does not sell; without one the program keeps its own."""
    actor.require(SET_UP)
    if (
        place_id is not None
        and not Place.objects.filter(pk=place_id, is_external=False, is_on=True, is_selling=False).exists()
    ):
        text = _("Choose a place that does not sell.")
        raise Invalid(text, fields={"damaged_place": text})
    StockSettings.objects.bulk_create([StockSettings()], ignore_conflicts=True)
    StockSettings.objects.update(damaged_place=place_id)


def _place_once(kind: str, *, name: str, is_external: bool) -> int:
    found = Place.objects.filter(kind=kind, name=name).values_list("id", flat=True).first()
    if found is not None:
        return found
    made = Place(kind=kind, name=name, is_external=is_external, priority=9999)
    Place.objects.bulk_create([made], ignore_conflicts=True)
    return Place.objects.values_list("id", flat=True).get(kind=kind, name=name)


def cost_method() -> str:
    """Return by what cost goods leave: average or fifo."""
    return StockSettings.objects.values_list("cost_method", flat=True).first() or "average"


@transaction.atomic
def set_cost_method(method: str, *, actor: Actor) -> None:
    """Let goods leave at the average cost or first in first out from now on; what is there keeps what it is worth."""
    actor.require(SET_UP)
    if method not in StockSettings.Cost.values:
        raise Invalid(_("Choose how cost is counted."), fields={"cost_method": _("Choose how cost is counted.")})
    StockSettings.objects.bulk_create([StockSettings()], ignore_conflicts=True)
    company = current_company_id()
    with connection.cursor() as cursor:
        # Moves hold the same lock shared, and read the method under it.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('stock cost', %s))", [company])
    row = StockSettings.objects.select_for_update().get()
    if row.cost_method == method:
        return
    row.cost_method = method
    row.save(update_fields=["cost_method"])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM stock_costlayer WHERE company_id = %s", [company])
        if method == "fifo":
            cursor.execute(
                "INSERT INTO stock_costlayer (company_id, variant_id, quantity, value)"
                " SELECT company_id, variant_id, quantity, value FROM stock_worth"
                " WHERE company_id = %s AND quantity > 0",
                [company],
            )


@transaction.atomic
def set_keeping(
    variant_id: int,
    *,
    actor: Actor,
    wants_lots: bool = False,
    wants_serials: bool = False,
) -> None:
    """Say how a variant is kept. Lots and serials can be asked for, or no more, only while none of it is there."""
    actor.require(ORDER)
    Keeping.objects.bulk_create([Keeping(variant_id=variant_id)], ignore_conflicts=True)
    row = Keeping.objects.select_for_update().get(variant_id=variant_id)
    if (row.wants_lots, row.wants_serials) != (wants_lots, wants_serials):
        rows = Balance.objects.select_for_update().filter(variant_id=variant_id, is_external=False)
        if any(one.on_hand > 0 for one in rows.order_by("place_id")):
            raise Conflict(
                _("Some of it is in stock without lots: write it off, or sell it, and receive it with them."),
                code="in_stock",
            )
    row.wants_lots, row.wants_serials = wants_lots, wants_serials
    row.save(update_fields=["wants_lots", "wants_serials"])
