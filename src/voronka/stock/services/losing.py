"""Sales that were lost because the goods were not there."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.events import publish
from voronka.stock.events import SaleLost
from voronka.stock.models import LostSale
from voronka.stock.permissions import RESERVE
from voronka.stock.services.refusals import require_quantities

CAUSES = ("short", "off_sale", "late", "dear")


@transaction.atomic
def lose_sale(
    variant_id: int,
    quantity: Decimal,
    *,
    actor: Actor,
    now: datetime,
    cause: str = "short",
    client_id: int | None = None,
    place_id: int | None = None,
) -> LostSale:
    """Write down that somebody wanted so many of a variant and went without. The caller has found the client."""
    actor.require(RESERVE)
    require_quantities([(1, quantity)])
    if cause not in CAUSES:
        raise Invalid(_("Say why the sale was lost."), fields={"cause": _("Say why the sale was lost.")})
    if variant_id not in catalogue.variants_by_ids([variant_id]):
        raise NotFound(_("There are no such goods."))
    made = LostSale.objects.create(
        variant_id=variant_id, place_id=place_id, client_id=client_id, quantity=quantity, cause=cause,
        employee_id=actor.employee_id, at=now,
    )  # fmt: skip
    publish(SaleLost(variant_id=variant_id, client_id=client_id, quantity=str(quantity), cause=cause))
    return made
