"""Orders that come by letters: the mailboxes, the letters, what clients call goods."""

import uuid

from django.db import models
from encrypted_fields.fields import EncryptedCharField

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel
from voronka.orders.models.orders import Order


class OrderMailbox(CompanyModel):
    """A mailbox (IMAP over TLS) to which clients write orders; it is looked into every `minutes`.

    With `places_itself` a letter of a known client in which everything is sure becomes an order at once, else each
    waits for a person. With `answers` the client is told by a letter what became of his.
    """

    public_id = PublicIdField()
    host = models.CharField(max_length=255)
    port = models.PositiveIntegerField(default=993)
    login = models.CharField(max_length=200)
    password = EncryptedCharField(max_length=200, blank=True, null=True)
    folder = models.CharField(max_length=100, default="INBOX")
    minutes = models.PositiveSmallIntegerField(default=5)
    places_itself = models.BooleanField(default=False)
    answers = models.BooleanField(default=False)
    is_on = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "host", "login", "folder"], name="orders_mailbox_once"),
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1, minutes__lte=1440), name="orders_mailbox_minutes"
            ),
        ]


class MailboxState(CompanyModel):
    """What came of the last look: new, running, taken, nothing, failed; `error` in words of the company.

    `last_uid` is the number of the last letter that was looked at, `validity` the sign under which numbers hold.
    """

    keep_history = False

    mailbox = CompanyForeignKey(OrderMailbox, on_delete=models.CASCADE, related_name="states", db_index=False)
    state = models.CharField(max_length=8, default="new")
    error = models.TextField(blank=True)
    looked_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    last_uid = models.BigIntegerField(default=0)
    validity = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "mailbox"], name="orders_mailboxstate_once")]
        indexes = [models.Index(fields=["next_at"], name="orders_mailboxstate_due")]


class OrderLetter(CompanyModel):
    """A letter that came to a mailbox of orders: kept as plain text for people, understood as `lines`.

    `message` tells it from any other: a hash of its Message-ID, of its content where it has none. `lines` are what
    was understood: text, name, quantity, unit, variant (its public id, empty where nobody knows), how, candidates.
    `reasons` are codes of why it waits for a person. `operation` is the act that places its order: at most one.
    """

    keep_history = False

    class State(models.TextChoices):
        """Waiting, or what became of it."""

        WAITING = "waiting"
        PLACED = "placed"
        DROPPED = "dropped"

    public_id = PublicIdField()
    mailbox = CompanyForeignKey(OrderMailbox, null=True, on_delete=models.SET_NULL, related_name="letters")
    message = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    came_at = models.DateTimeField()
    sender = models.CharField(max_length=254, blank=True)
    sender_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)
    files = models.JSONField(default=list)
    lines = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    client = CompanyForeignKey(
        "people.Client", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    order = CompanyForeignKey(Order, null=True, on_delete=models.SET_NULL, related_name="letters", db_index=False)
    operation = models.UUIDField(default=uuid.uuid4)
    decided_by = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "mailbox", "message"], name="orders_letter_once"),
            models.CheckConstraint(
                condition=models.Q(state="waiting") | models.Q(decided_at__isnull=False), name="orders_letter_decided"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "state", "-id"], name="orders_letter_state"),
            models.Index(
                fields=["company", "client"], condition=models.Q(client__isnull=False), name="orders_letter_client"
            ),
            models.Index(
                fields=["company", "order"], condition=models.Q(order__isnull=False), name="orders_letter_order"
            ),
        ]


class ClientWord(CompanyModel):
    """What a client calls goods, as a person has told: `key` is the name in small letters."""

    keep_history = False

    client = CompanyForeignKey("people.Client", on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=300, db_collation="C")
    variant = CompanyForeignKey("catalogue.Variant", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "client", "key"], name="orders_clientword_once")]
