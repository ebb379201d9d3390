"""What campaigns brought: a record of an upper part goes to the campaign that touched its client last before it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from voronka.messaging.models import Campaign, CampaignGain, Message
from voronka.messaging.rules.campaigns import MOST_WINDOW_DAYS
from voronka.messaging.rules.states import STAYS


@dataclass(frozen=True, slots=True)
class Gain:
    """Something a client did that is worth money: an order by its kind and id, its sum, when he did it."""

    subject: tuple[str, int]
    client_id: int
    sum: Decimal
    at: datetime
    currency: str = "RUB"


@transaction.atomic
def restate(subject: tuple[str, int], *, total: Decimal | None = None, is_lost: bool | None = None) -> bool:
    """Say that a gain is worth another sum by now, or is lost; tell whether some campaign had it."""
    kind, pk = subject
    changed: dict[str, object] = {} if total is None else {"sum": total}
    changed |= {} if is_lost is None else {"is_lost": is_lost}
    return bool(CampaignGain.objects.filter(subject_kind=kind, subject_id=pk).update(**changed))


@transaction.atomic
def attribute(gain: Gain) -> Campaign | None:
    """Write a gain to the campaign of the last touch within its window; return it, None where there was none.

    The first time decides whose it is; told again, it changes nothing (`restate` does).
    """
    kind, pk = gain.subject
    known = CampaignGain.objects.filter(subject_kind=kind, subject_id=pk).first()
    if known is not None:
        return Campaign.objects.get(pk=known.campaign_id)
    touch = _last_touch(gain.client_id, gain.at)
    if touch is None:
        return None
    campaign, variant = touch
    CampaignGain.objects.bulk_create(
        [
            CampaignGain(
                campaign=campaign, variant=variant, client_id=gain.client_id, subject_kind=kind, subject_id=pk,
                sum=gain.sum, currency=gain.currency, at=gain.at,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return campaign


def _last_touch(client_id: int, at: datetime) -> tuple[Campaign, int] | None:
    """Return the campaign, with the variant, whose message went to the client last before the moment, in its window."""
    rows = Message.objects.filter(
        client_id=client_id, cause_kind="campaign", state__in=STAYS, handed_at__lte=at,
        handed_at__gt=at - timedelta(days=MOST_WINDOW_DAYS),
    ).order_by("-handed_at", "-id")  # fmt: skip
    for cause_id, variant, handed_at in rows.values_list("cause_id", "variant", "handed_at")[:20]:
        campaign = Campaign.objects.filter(pk=cause_id or 0).first()
        if campaign is not None and handed_at is not None and at - handed_at <= timedelta(days=campaign.window_days):
            return campaign, variant
    return None
