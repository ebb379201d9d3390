"""Campaigns: one text, or a few variants of it, to all clients of a list; what they brought."""

from django.db import models
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel
from voronka.messaging.models.letters import Template
from voronka.messaging.rules.campaigns import LIVE, STATES


class Campaign(CompanyModel):
    """A campaign from its draft to its results; its recipients are rows of Message with its id as `cause_id`.

    The audience is the saved list `view`, else what the address of a list `query` finds (all clients where it is
    empty). `way` says when it goes: now, at a moment (`starts_at`), or when each client's own clock shows `minute` from
    the day `on_day` on; `a_minute` is how many a minute at most. `run_by` is whose eyes see the audience and fields.

    At the start the audience is frozen: ids up to `up_to`, `last_id` how far it has come, `frozen_at` when all have
    their rows. `look_at` is when it is looked at next, `seen_at` when it was last: a running campaign that nobody
    looked at for long asks (`asks_why`) before it goes on. `freed_at` is till when the throttle has let messages go.
    """

    keep_history = False  # looked at every few seconds; what people do to it is announced as events

    public_id = PublicIdField()
    name = models.CharField(max_length=100)
    channel = models.CharField(max_length=10)
    traffic = models.CharField(max_length=12, default="advertising")
    state = models.CharField(max_length=10, default="draft")
    view = models.CharField(max_length=12, blank=True)
    query = models.TextField(blank=True)
    way = models.CharField(max_length=5, default="now")
    starts_at = models.DateTimeField(null=True)
    on_day = models.DateField(null=True)
    minute = models.PositiveSmallIntegerField(null=True)
    a_minute = models.PositiveIntegerField(null=True)
    window_days = models.PositiveSmallIntegerField(default=7)
    by = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    run_by = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)
    up_to = models.BigIntegerField(default=0)
    last_id = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    asks_why = models.CharField(max_length=10, blank=True)
    started_at = models.DateTimeField(null=True)
    frozen_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)
    freed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="messaging_campaign_state"),
            models.CheckConstraint(
                condition=models.Q(traffic__in=["service", "advertising"]), name="messaging_campaign_traffic"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="messaging_campaign_last"),
            models.Index(
                fields=["company", "look_at"], condition=models.Q(state__in=LIVE), name="messaging_campaign_look"
            ),
        ]


class CampaignVariant(CompanyModel):
    """A text of a campaign: its template, and the share of the recipients that get it, in whole parts of all shares.

    `number` (1..) stands in the rows of its recipients.
    """

    campaign = CompanyForeignKey(Campaign, on_delete=models.CASCADE, related_name="variants", db_index=False)
    number = models.PositiveSmallIntegerField()
    template = CompanyForeignKey(Template, related_name="+", db_index=False)
    share = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "campaign", "number"], name="messaging_variant_number"),
            models.CheckConstraint(condition=models.Q(share__gte=1, share__lte=100), name="messaging_variant_share"),
        ]


class CampaignCheck(CompanyModel):
    """The last look at all recipients of a campaign that has not begun, as `by` sees them: one for a campaign.

    `version` is the campaign's when it was ordered: of another one it says nothing. `seen` of `total` are judged by
    `seen_at`; `ended_at` when all are, or `words` say why not. `figures` are what it came to
    (services.campaigns.checking.Check).
    """

    keep_history = False

    campaign = CompanyForeignKey(Campaign, on_delete=models.CASCADE, related_name="+", db_index=False)
    by = CompanyForeignKey("accounts.Employee", related_name="+", db_index=False)
    version = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    seen = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    words = models.CharField(max_length=300, blank=True)
    figures = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "campaign"], name="messaging_check_once")]


class CampaignGain(CompanyModel):
    """What a record of another part (an order) is worth to the campaign that touched its client last before it."""

    keep_history = False

    campaign = CompanyForeignKey(Campaign, on_delete=models.CASCADE, related_name="gains", db_index=False)
    variant = models.PositiveSmallIntegerField(default=0)
    client_id = models.BigIntegerField()
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    sum = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3, default="RUB")
    is_lost = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "subject_kind", "subject_id"], name="messaging_gain_once")
        ]
        indexes = [
            models.Index(fields=["company", "campaign", "variant"], name="messaging_gain_campaign"),
            models.Index(fields=["company", "client_id"], name="messaging_gain_client"),
        ]
