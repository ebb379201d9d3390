"""What the gate goes by: hours, caps, switches, addresses that are not written to, texts of consents."""

from django.db import models
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class GateSettings(CompanyModel):
    """The company's own rules for all channels; without a row the shipped ones hold.

    Quiet hours are minutes of the client's local day; `most` advertising messages of all channels together in `days`.
    `tracks_*` say in which letters openings and clicks are counted.
    """

    is_on = models.BooleanField(default=True)
    quiet_begins = models.PositiveSmallIntegerField(default=22 * 60)
    quiet_ends = models.PositiveSmallIntegerField(default=8 * 60)
    most = models.PositiveSmallIntegerField(default=2)
    days = models.PositiveSmallIntegerField(default=7)
    tracks_service = models.BooleanField(default=False)
    tracks_advertising = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company"], name="messaging_gate_once"),
            models.CheckConstraint(
                condition=models.Q(quiet_begins__lt=1440, quiet_ends__lt=1440, most__gte=1, days__gte=1),
                name="messaging_gate_figures",
            ),
        ]


class ChannelRules(CompanyModel):
    """Rules of one channel: its switch, whether service messages keep the quiet hours, a cap of its own in `days`."""

    channel = models.CharField(max_length=10)
    is_on = models.BooleanField(default=True)
    is_quiet_for_service = models.BooleanField(default=False)
    most = models.PositiveSmallIntegerField(null=True)
    days = models.PositiveSmallIntegerField(default=7)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "channel"], name="messaging_channel_once"),
            models.CheckConstraint(
                condition=(models.Q(most__isnull=True) | models.Q(most__gte=1)) & models.Q(days__gte=1),
                name="messaging_channel_figures",
            ),
        ]


class BlockedAddress(CompanyModel):
    """An address that is not written to by a channel: it bounced, its owner complained or sent STOP.

    Known by the hash of channel and address, so that it stays known after its owner was erased; `hint` shows people a
    part of it.
    """

    public_id = PublicIdField()
    channel = models.CharField(max_length=10)
    key = models.CharField(max_length=64)
    hint = models.CharField(max_length=60)
    reason = models.CharField(max_length=10)  # bounce, complaint, stop
    words = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "channel", "key"], name="messaging_blocked_once"),
            models.CheckConstraint(
                condition=models.Q(reason__in=["bounce", "complaint", "stop"]), name="messaging_blocked_reason"
            ),
        ]
        indexes = [models.Index(fields=["company", "-at", "-id"], name="messaging_blocked_newest")]


class ConsentText(CompanyModel):
    """A version of the text by which clients consent; never changed, a new version takes its place."""

    append_only = True
    keep_history = False

    public_id = PublicIdField()
    purpose = models.CharField(max_length=20)
    channel = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    text = models.TextField()
    author = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "purpose", "channel", "version"], name="messaging_consent_text_version"
            )
        ]
