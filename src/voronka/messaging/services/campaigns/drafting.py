"""Campaigns before their start: made, changed, copied, thrown away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.clocks import MINUTES_A_DAY
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.kit.lists import find_list, kept_query
from voronka.messaging.events import CampaignDeleted, CampaignSaved
from voronka.messaging.models import Campaign, CampaignVariant
from voronka.messaging.permissions import EDIT_CAMPAIGNS, SEE_CAMPAIGNS
from voronka.messaging.queries.letters import find_template
from voronka.messaging.rules.campaigns import MOST_VARIANTS, MOST_WINDOW_DAYS, WINDOW_DAYS
from voronka.messaging.rules.gate import Traffic
from voronka.people.queries import asked

NAME_LIMIT = 100
MOST_A_MINUTE = 60_000
YEARS = range(2000, 2101)  # at the ends of the calendar there is no hour of another zone
CHANNELS = ("email", "sms")
WAYS = ("now", "at", "clock")


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """A text of a campaign: the public id of its template, and its share."""

    template: str
    share: int = 1


@dataclass(frozen=True, slots=True)
class CampaignDraft:
    """A campaign as it is typed. `view` is a saved list of clients, else `query` the address of one.

    `way` is now, at (`starts_at`), or clock (`on_day` and `minute` by each client's clock).
    """

    name: str
    channel: str
    variants: Sequence[VariantDraft]
    traffic: Traffic = "advertising"
    view: str = ""
    query: str = ""
    way: str = "now"
    starts_at: datetime | None = None
    on_day: date | None = None
    minute: int | None = None
    a_minute: int | None = None
    window_days: int = WINDOW_DAYS


@transaction.atomic
def save_campaign(
    *, actor: Actor, draft: CampaignDraft, now: datetime, public_id: str | None = None, version: int | None = None
) -> Campaign:
    """Make a campaign, or change one that has not begun. Raises Denied, NotFound, Conflict, Invalid at the places."""
    actor.require(EDIT_CAMPAIGNS)
    row = Campaign(by_id=actor.employee_id, made_at=now) if public_id is None else lock_campaign(public_id)
    if row.pk is not None and row.state != "draft":
        raise Conflict(_("The campaign has begun or waits for its hour: it cannot be changed any more."))
    if version is not None and version != row.version:
        raise Conflict(_("Somebody has changed the campaign meanwhile: look at it again."), code="stale")
    problems = _problems(actor, draft)
    templates = [find_template(one.template, draft.channel) for one in draft.variants]
    if not templates or None in templates:
        problems["template_1"] = _("Choose a text.")
    if problems:
        raise Invalid(_("The campaign is not saved: mend the marked places."), fields=problems)
    kind = find_list("client")
    assert kind is not None
    is_new = row.pk is None
    row.name, row.channel, row.traffic = draft.name.strip(), draft.channel, draft.traffic
    row.view, row.query = draft.view, "" if draft.view else kept_query(kind, draft.query)
    row.way, row.a_minute, row.window_days = draft.way, draft.a_minute, draft.window_days
    row.starts_at = draft.starts_at if draft.way == "at" else None
    row.on_day, row.minute = (draft.on_day, draft.minute) if draft.way == "clock" else (None, None)
    row.version += 0 if is_new else 1
    row.save()
    row.variants.all().delete()
    CampaignVariant.objects.bulk_create(
        CampaignVariant(campaign=row, number=number, template=template, share=one.share)
        for number, (one, template) in enumerate(zip(draft.variants, templates, strict=True), start=1)
        if template is not None
    )
    publish(CampaignSaved(campaign_id=row.pk, is_new=is_new), at=now)
    return row


def _problems(actor: Actor, draft: CampaignDraft) -> dict[str, str]:
    problems = {}
    if not 1 <= len(draft.name.strip()) <= NAME_LIMIT or "\0" in draft.name:
        problems["name"] = _("From one sign to %(most)d.") % {"most": NAME_LIMIT}
    if draft.channel not in CHANNELS:
        problems["channel"] = _("Choose a channel.")
    if draft.traffic not in ("service", "advertising"):
        problems["traffic"] = _("Say whether it is advertising.")
    if len(draft.variants) > MOST_VARIANTS or any(not 1 <= one.share <= 100 for one in draft.variants):
        problems["template_1"] = _("At most %(most)d variants, each with a share from 1 to 100.") % {
            "most": MOST_VARIANTS
        }
    if draft.way not in WAYS:
        problems["way"] = _("Say when it goes.")
    elif not _has_hour(draft):
        problems["starts_at"] = _("Say the day and the hour.")
    if draft.a_minute is not None and not 1 <= draft.a_minute <= MOST_A_MINUTE:
        problems["a_minute"] = _("From 1 to 60,000 a minute, or empty.")
    if not 1 <= draft.window_days <= MOST_WINDOW_DAYS:
        problems["window_days"] = _("From 1 to %(most)d days.") % {"most": MOST_WINDOW_DAYS}
    return problems | _audience_problems(actor, draft)


def _has_hour(draft: CampaignDraft) -> bool:
    if draft.way == "at":
        return draft.starts_at is not None and draft.starts_at.year in YEARS
    if draft.way == "clock":
        is_day = draft.on_day is not None and draft.on_day.year in YEARS
        return is_day and draft.minute is not None and 0 <= draft.minute < MINUTES_A_DAY
    return True


def _audience_problems(actor: Actor, draft: CampaignDraft) -> dict[str, str]:
    try:
        query = asked.segment_query(actor, draft.view) if draft.view else draft.query
        asked.audience_page(actor, query, after=0, up_to=0, limit=1)
    except (Invalid, NotFound) as refusal:
        return {"view": refusal.message}
    return {}


def lock_campaign(public_id: str) -> Campaign:
    """Return a campaign, locked. Raises NotFound."""
    rows = Campaign.objects.select_for_update(of=("self",)).filter(public_id=public_id)
    found = rows.first() if public_id.isalnum() else None
    if found is None:
        raise NotFound(_("There is no such campaign."))
    return found


@transaction.atomic
def copy_campaign(*, actor: Actor, public_id: str, now: datetime) -> Campaign:
    """Make a draft with the recipients and texts of a campaign. Raises Denied, NotFound."""
    actor.require(SEE_CAMPAIGNS)
    actor.require(EDIT_CAMPAIGNS)
    source = lock_campaign(public_id)
    variants = list(source.variants.order_by("number"))
    row = Campaign(
        name=_("%(name)s (copy)") % {"name": source.name[: NAME_LIMIT - 12]}, channel=source.channel,
        traffic=source.traffic, view=source.view, query="" if source.view else source.query, a_minute=source.a_minute,
        window_days=source.window_days, by_id=actor.employee_id, made_at=now,
    )  # fmt: skip
    row.save()
    CampaignVariant.objects.bulk_create(
        CampaignVariant(campaign=row, number=one.number, template_id=one.template_id, share=one.share)
        for one in variants
    )
    publish(CampaignSaved(campaign_id=row.pk, is_new=True), at=now)
    return row


@transaction.atomic
def delete_campaign(*, actor: Actor, public_id: str, now: datetime) -> None:
    """Throw a campaign away that has not begun. Raises Denied, NotFound, Conflict."""
    actor.require(EDIT_CAMPAIGNS)
    row = lock_campaign(public_id)
    if row.state != "draft":
        raise Conflict(_("Only a draft can be deleted: what went stays known."))
    publish(CampaignDeleted(campaign_id=row.pk), at=now)
    row.delete()
