"""Payments by link: providers, secret links, tries to pay and what went back through a provider."""

import uuid

from django.db import models
from django.utils import timezone
from encrypted_fields.fields import EncryptedCharField

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class Provider(CompanyModel):
    """An account with a provider of payments. `secret` is kept encrypted and shown to nobody; by `hook` the provider's
    notices find the company.
    """

    public_id = PublicIdField()
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    shop_id = models.CharField(max_length=60, blank=True)
    secret = EncryptedCharField(max_length=200)
    hook = models.CharField(max_length=43)
    is_on = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=models.Q(is_on=True), name="billing_provider_one_on"
            ),
            models.UniqueConstraint(fields=["company", "hook"], name="billing_provider_hook"),
        ]
        indexes = [models.Index(fields=["hook"], name="billing_provider_found")]


class PayLink(CompanyModel):
    """The secret link of an invoice: kept is a hash, the link itself is made anew of `version` and our own key."""

    public_id = PublicIdField()
    document = CompanyForeignKey("billing.Document", related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=1)
    hash = models.CharField(max_length=64)
    is_on = models.BooleanField(default=True)
    employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "document"], name="billing_link_document"),
            models.UniqueConstraint(fields=["company", "hash"], name="billing_link_once"),
        ]
        indexes = [models.Index(fields=["hash"], name="billing_link_found")]


class OnlinePayment(CompanyModel):
    """A try to pay an invoice by a provider.

    `operation` is the key under which the provider makes one payment however often it is asked; `outer_id` his number
    of it, unique in his account. `unknown` is what nobody has answered about yet; what is paid has its `payment`.
    `next_at` is when the state is asked again, NULL when there is nothing to wait for.
    """

    class State(models.TextChoices):
        """What is known of it."""

        UNKNOWN = "unknown"
        WAITING = "waiting"
        PAID = "paid"
        REFUNDED = "refunded"
        DECLINED = "declined"

    public_id = PublicIdField()
    provider = CompanyForeignKey(Provider, related_name="+", db_index=False)
    document = CompanyForeignKey("billing.Document", related_name="+", db_index=False)
    operation = models.UUIDField(default=uuid.uuid4)
    outer_id = models.CharField(max_length=64, null=True)  # noqa: DJ001 - NULL till the provider has named it
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    currency = models.CharField(max_length=3, default="RUB")
    refunded = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    state = models.CharField(max_length=8, choices=State, default=State.UNKNOWN)
    address = models.CharField(max_length=1000, blank=True)
    back_url = models.CharField(max_length=500, blank=True)
    why = models.CharField(max_length=40, blank=True)
    payment = CompanyForeignKey("billing.Payment", null=True, related_name="+", db_index=False)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "provider", "outer_id"], name="billing_online_outer"),
            models.UniqueConstraint(fields=["company", "operation"], name="billing_online_operation"),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0, refunded__gte=0, refunded__lte=models.F("amount")),
                name="billing_online_sums",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["paid", "refunded"]) | models.Q(payment__isnull=False),
                name="billing_online_paid",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "document", "-id"], name="billing_online_document"),
            models.Index(fields=["company", "payment"], name="billing_online_payment"),
            models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="billing_online_due"),
        ]


class OnlineRefund(CompanyModel):
    """Money that goes back through the provider: `out` is the payment out, entered before the provider is asked.

    `owed` is how much of it was owed to the client by which surpluses, [[id, sum], ...]: that is owed again where the
    provider refuses.
    """

    class State(models.TextChoices):
        """What is known of it."""

        UNKNOWN = "unknown"
        DONE = "done"
        REFUSED = "refused"

    public_id = PublicIdField()
    online = CompanyForeignKey(OnlinePayment, related_name="refunds", db_index=False)
    out = CompanyForeignKey("billing.Payment", related_name="+", db_index=False)
    owed = models.JSONField(default=list)
    operation = models.UUIDField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    state = models.CharField(max_length=8, choices=State, default=State.UNKNOWN)
    why = models.CharField(max_length=40, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "operation"], name="billing_online_refund_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="billing_online_refund_sum"),
        ]
        indexes = [
            models.Index(fields=["company", "online"], name="billing_refund_online"),
            models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="billing_refund_due"),
        ]


class SandboxPayment(CompanyModel):
    """A payment in the sandbox: what its provider would keep on his side. No money stands behind it."""

    keep_history = False

    provider = CompanyForeignKey(Provider, related_name="+", db_index=False)
    outer_id = models.CharField(max_length=36)
    key = models.CharField(max_length=64)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    status = models.CharField(max_length=10, default="pending")
    refunded = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    refunds = models.JSONField(default=dict)
    about = models.CharField(max_length=200, blank=True)
    back_url = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "provider", "key"], name="billing_sandbox_key"),
            models.UniqueConstraint(fields=["company", "outer_id"], name="billing_sandbox_once"),
            models.CheckConstraint(
                condition=models.Q(refunded__gte=0, refunded__lte=models.F("amount")), name="billing_sandbox_refunded"
            ),
        ]
        indexes = [models.Index(fields=["outer_id"], name="billing_sandbox_found")]
