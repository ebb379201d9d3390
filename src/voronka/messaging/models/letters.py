"""Templates of letters, and the letters that went."""

from django.db import models
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel
from voronka.messaging.models.sms import SmsBalance, SmsProvider, SmsSender, SmsTry

__all__ = ["Letter", "SmsBalance", "SmsProvider", "SmsSender", "SmsTry", "Template"]


class Template(CompanyModel):
    """A text with fields, written by the company in Liquid. `channel` is email now.

    One of kind blocks is made of `blocks` (rules/blocks.py); `body` and `html` are then what they come to, still with
    fields, so that a letter of it is filled like any other.
    """

    public_id = PublicIdField()
    channel = models.CharField(max_length=10, default="email")
    name = models.CharField(max_length=100)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    kind = models.CharField(max_length=6, default="text")
    blocks = models.JSONField(default=list)
    html = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "channel", "name"], name="messaging_template_name"),
            models.CheckConstraint(condition=models.Q(kind__in=["text", "blocks"]), name="messaging_template_kind"),
        ]


class Letter(CompanyModel):
    """A letter of the time before messages, as it was rendered; its way out was the outbox item of `operation_id`."""

    keep_history = False

    operation_id = models.UUIDField(unique=True)
    client_id = models.BigIntegerField()
    template = CompanyForeignKey(Template, null=True, related_name="+")
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    author = CompanyForeignKey("accounts.Employee", null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["company", "client_id", "-id"], name="messaging_letter_client")]
