"""Limits against pumping, set by people."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.messaging.models import SmsLimits
from voronka.messaging.permissions import SET_UP_SMS
from voronka.messaging.queries.pumping import get_limits
from voronka.messaging.services.sms_providers import MOST_MONEY

MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class LimitsDraft:
    """Limits as they are typed; None is no limit."""

    to_number: int | None
    to_prefix: int | None
    an_hour: int | None
    money: Decimal | None


@transaction.atomic
def save_limits(*, actor: Actor, draft: LimitsDraft) -> SmsLimits:
    """Keep the limits. Raises Denied, Invalid."""
    actor.require(SET_UP_SMS)
    problems = {}
    for name in ("to_number", "to_prefix", "an_hour"):
        value = getattr(draft, name)
        if value is not None and not 1 <= value <= MOST:
            problems[name] = _("A number from %(least)s to %(most)s.") % {"least": 1, "most": MOST}
    if draft.money is not None and not 0 < draft.money < MOST_MONEY:
        problems["money"] = _("A sum above 0 is expected here.")
    if problems:
        raise Invalid(_("Not saved: mend the marked places."), fields=problems)
    row = get_limits(holds=True)
    for name in LimitsDraft.__slots__:
        setattr(row, name, getattr(draft, name))
    row.save(update_fields=list(LimitsDraft.__slots__))
    return row
