"""Keys of the API, answers kept for repeated requests, webhooks and what was sent to them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from encrypted_fields.fields import EncryptedCharField, EncryptedTextField

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class ApiKey(CompanyModel):
    """A key by which a program acts in its maker's name, within `scopes` and never beyond what he may himself.

    Only the SHA-256 of the key is kept (it holds 256 random bits); `beginning` lets people tell keys apart.
    """

    public_id = PublicIdField()
    name = models.CharField(max_length=100)
    hash = models.CharField(max_length=64)
    beginning = models.CharField(max_length=12)
    scopes = ArrayField(models.CharField(max_length=40))
    maker = CompanyForeignKey("accounts.Employee", related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "hash"], name="connect_key_once")]
        indexes = [models.Index(fields=["hash"], name="connect_key_hash")]


class ApiKeyUse(CompanyModel):
    """How often a key was used in the present minute, over all processes, and when last."""

    keep_history = False

    key = CompanyForeignKey(ApiKey, on_delete=models.CASCADE, related_name="uses")
    minute = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="connect_use_once")]


class KeptAnswer(CompanyModel):
    """The answer to a writing request with an Idempotency-Key: whoever repeats the request gets it again.

    `caller` is `key:ID` or `employee:ID`; `body_hash` tells a repetition from another request under the same key.
    `status` is empty while a long operation runs, which began at `began_at`.
    """

    keep_history = False

    caller = models.CharField(max_length=30)
    operation = models.CharField(max_length=60)
    token = models.CharField(max_length=255)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = EncryptedTextField(null=True)  # it may hold a secret that is told once
    began_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "caller", "operation", "token"], name="connect_answer_once")
        ]
        indexes = [models.Index(fields=["began_at"], name="connect_answer_age")]


class Webhook(CompanyModel):
    """An address that is told of events of the log by signed POSTs.

    `seq` is the number of the last event that was looked at for it, so every event makes one delivery, whatever
    crashes. `failing_since` is the first failure after the last success. The old secret signs beside the new one
    until `old_secret_until`.
    """

    class State(models.TextChoices):
        """Whether it is told of events."""

        ACTIVE = "active"
        PAUSED = "paused"  # by hand
        FAILING = "failing"  # by itself, after three days without success
        GONE = "gone"  # the address answered 410
        BROKEN = "broken"  # by itself: we broke on it

    keep_history = False  # its position moves all the time; changes by people are events of the log

    public_id = PublicIdField()
    url = models.CharField(max_length=2000)
    about = models.CharField(max_length=200, blank=True)
    events = ArrayField(models.CharField(max_length=80))
    secret = EncryptedCharField(max_length=100)
    old_secret = EncryptedCharField(max_length=100, null=True, blank=True)
    old_secret_until = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    seq = models.BigIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    maker = CompanyForeignKey("accounts.Employee", null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["company", "seq"], condition=models.Q(state="active"), name="connect_webhook_active")
        ]


class WebhookDelivery(CompanyModel):
    """One message for one webhook: the exact body that is signed and sent, and how far it has come.

    `message_id` is the `webhook-id` header and stays over all tries; `next_at` is when it is tried next, or when a
    claim of a worker that died runs out.
    """

    keep_history = False

    class State(models.TextChoices):
        """How far it has come."""

        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        CANCELLED = "cancelled"

    public_id = PublicIdField()
    webhook = CompanyForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=40)
    event = models.CharField(max_length=80)
    body = models.TextField()
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True)
    made_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"], condition=models.Q(state__in=["waiting", "sending"]), name="connect_delivery_due"
            ),
            models.Index(fields=["company", "webhook", "-id"], name="connect_delivery_log"),
            models.Index(fields=["made_at"], name="connect_delivery_age"),
        ]


class WebhookAttempt(CompanyModel):
    """One try of a delivery: what was sent along, what came back, how long it took.

    Signatures are left out of the headers; of the answer its beginning is kept.
    """

    keep_history = False

    delivery = CompanyForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    sent_headers = models.JSONField(default=dict)
    status = models.PositiveSmallIntegerField(null=True)
    answer_headers = models.JSONField(default=dict)
    answer = models.TextField(blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["company", "delivery", "id"], name="connect_attempt_log")]
