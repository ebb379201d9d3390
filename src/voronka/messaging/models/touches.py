"""What is known of letters after they went: openings and clicks as they came, and how the mailbox of returns fares."""

from django.db import models

from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel
from voronka.messaging.models.messages import Message
from voronka.messaging.rules.touches import KINDS, REASONS


class MessageTouch(CompanyModel):
    """One request for the picture or a link of a letter, as it came; judged a little later, once what came beside it
    is known.

    `is_human` is None till then; `reason` is why a machine is thought to have made it. `link` numbers the links of a
    letter from 1. No address of the network is kept; `agent` is what the program called itself.
    """

    keep_history = False

    message = CompanyForeignKey(Message, on_delete=models.CASCADE, related_name="touches", db_index=False)
    kind = models.CharField(max_length=5)
    link = models.PositiveSmallIntegerField(default=0)
    url = models.CharField(max_length=500, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    is_ahead = models.BooleanField(default=False)  # a program said that it fetches before anybody asks
    at = models.DateTimeField()
    is_human = models.BooleanField(null=True)
    reason = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="messaging_touch_kind"),
            models.CheckConstraint(condition=models.Q(reason__in=["", *REASONS]), name="messaging_touch_reason"),
            models.CheckConstraint(
                condition=models.Q(is_human=False) | models.Q(reason=""), name="messaging_touch_verdict"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "message", "id"], name="messaging_touch_message"),
            models.Index(
                fields=["company", "at"], condition=models.Q(is_human__isnull=True), name="messaging_touch_new"
            ),
        ]


class ReturnsState(CompanyModel):
    """How the last looks into the mailbox of returns went, as a company that writes letters is told.

    `failures` are those in a row, `words` what the other side said; `taken` letters told something new since the first.
    """

    keep_history = False

    looked_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    words = models.CharField(max_length=300, blank=True)
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company"], name="messaging_returns_once")]
