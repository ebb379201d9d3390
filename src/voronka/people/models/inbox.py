"""Requests that wait to be sorted, and what is kept away from them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class InboxLead(CompanyModel):
    """What came by a channel and waits to be sorted: nothing of it stands on a card yet.

    `sent` is the whole of it as it came (services.shapes.TouchData); `signs` are codes of what looks like spam.
    Whatever became of it: its client, its touch, and in `outcome` what the sorting part needs to take it back.
    """

    keep_history = False

    class State(models.TextChoices):
        """Waiting, or how it was sorted."""

        WAITING = "waiting"
        ACCEPTED = "accepted"
        ATTACHED = "attached"
        SPAM = "spam"

    public_id = PublicIdField()
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    channel = models.CharField(max_length=40)
    name = models.CharField(max_length=300, blank=True)
    sent = models.JSONField()
    signs = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    address = models.CharField(max_length=64, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    client = CompanyForeignKey("people.Client", null=True, on_delete=models.SET_NULL, related_name="+")
    touch = CompanyForeignKey("people.Touch", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    outcome = models.JSONField(default=dict)
    decided_by = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "request_id"], condition=~models.Q(request_id=""), name="people_inbox_request"
            )
        ]
        indexes = [
            models.Index(fields=["company", "state", "-id"], name="people_inbox_state"),
            models.Index(
                fields=["due_at"],
                condition=models.Q(state="waiting", told_at__isnull=True),
                name="people_inbox_untold",
            ),
        ]


class InboxChannel(CompanyModel):
    """Whether what comes by a channel, or from a source by any channel, waits to be sorted instead of becoming a deal.

    One of `channel` and `source` is empty; a source is written in small letters.
    """

    channel = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=200, blank=True)
    is_sorted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "channel", "source"], name="people_inbox_channel_once")
        ]


class Blocked(CompanyModel):
    """A sender from whom nothing is taken any more: a phone (E.164), an e-mail, or an address of the net."""

    public_id = PublicIdField()
    kind = models.CharField(max_length=8, choices=[("phone", "phone"), ("email", "email"), ("address", "address")])
    value = models.CharField(max_length=200)
    author = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "kind", "value"], name="people_blocked_once")]
