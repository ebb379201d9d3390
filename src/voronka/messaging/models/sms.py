"""Providers of SMS, names of senders, balances, limits, parts on their way, what came back, and messages to try."""

from decimal import Decimal

from django.db import models
from django.utils import timezone
from encrypted_fields.fields import EncryptedCharField

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel

MOST_SECRET = 1000


class SmsProvider(CompanyModel):
    """An account with a provider. `settings` are those of its kind, `secret` is kept encrypted and shown to nobody.

    `position` is the order in which they stand in for one another. `answer_form` and `receipt_form` say how it writes
    numbers of messages (`rules/receipts.py`); `price` is what a part costs, `low_money` when to warn;
    `top_up` is the sum that `top_up_by` is then asked to pay in.
    """

    public_id = PublicIdField()
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    settings = models.JSONField(default=dict)
    secret = EncryptedCharField(max_length=MOST_SECRET, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    for_service = models.BooleanField(default=True)
    for_advertising = models.BooleanField(default=False)
    is_on = models.BooleanField(default=True)
    price = models.DecimalField(max_digits=10, decimal_places=4, null=True)
    low_money = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    top_up = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    top_up_by = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    answer_form = models.CharField(max_length=4, default="text")
    receipt_form = models.CharField(max_length=4, default="text")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="messaging_sms_provider_name"),
            models.CheckConstraint(
                condition=models.Q(price__isnull=True) | models.Q(price__gte=Decimal(0)), name="messaging_sms_price"
            ),
        ]


class SmsSender(CompanyModel):
    """A name that SMS come from: up to 11 characters, registered by an operator through a provider.

    `asked_on` is the day the papers were handed in: operators answer within ten working days.
    """

    class State(models.TextChoices):
        """How far its registration is."""

        DRAFT = "draft"
        ASKED = "asked"
        REGISTERED = "registered"
        REFUSED = "refused"

    public_id = PublicIdField()
    provider = CompanyForeignKey(SmsProvider, related_name="senders")
    name = models.CharField(max_length=15)
    operator = models.CharField(max_length=10, default="all")
    traffic = models.CharField(max_length=11, default="service")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    asked_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "provider", "name", "operator", "traffic"], name="messaging_sms_sender_once"
            )
        ]


class SmsBalance(CompanyModel):
    """The money left at a provider at some moment."""

    append_only = True
    keep_history = False

    provider = CompanyForeignKey(SmsProvider, related_name="balances", db_index=False)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "provider", "-at"], name="messaging_sms_balance")]


class SmsTry(CompanyModel):
    """An SMS that an employee sent to try a provider: what came of handing it over, and what its receipt said."""

    keep_history = False

    public_id = PublicIdField()
    provider = CompanyForeignKey(SmsProvider, related_name="tries", db_index=False)
    employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    address = models.CharField(max_length=20)
    sender = models.CharField(max_length=15)
    text = models.CharField(max_length=1000)
    state = models.CharField(max_length=10, default="unknown")
    code = models.CharField(max_length=30, blank=True)
    words = models.CharField(max_length=200, blank=True)
    provider_number = models.CharField(max_length=65, blank=True)
    parts = models.PositiveSmallIntegerField(default=0)
    alphabet = models.CharField(max_length=4, blank=True)
    cost = models.DecimalField(max_digits=10, decimal_places=4, null=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    operation = models.UUIDField(null=True)  # of the form, so that a second press sends nothing

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "operation"], name="messaging_sms_try_once")]
        indexes = [models.Index(fields=["company", "-id"], name="messaging_sms_try_last")]


class SmsLimits(CompanyModel):
    """How much may go, against pumping: SMS to one number in a day, to one block of numbers and of all in an hour,
    money in a day. None is no limit; without a row the shipped ones hold.
    """

    to_number = models.PositiveIntegerField(null=True, default=10)
    to_prefix = models.PositiveIntegerField(null=True, default=60)
    an_hour = models.PositiveIntegerField(null=True)
    money = models.DecimalField(max_digits=12, decimal_places=2, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company"], name="messaging_sms_limits_once")]


class SmsPart(CompanyModel):
    """A part of an SMS that a provider has, or may have: `number` is his, `key` the same as it is compared.

    Without a number nothing but our own id may be asked after. `ask_at` is when to ask the provider, None where he
    tells by himself or nothing is left to ask.
    """

    keep_history = False

    message = CompanyForeignKey("messaging.Message", on_delete=models.CASCADE, related_name="sms_parts")
    provider = CompanyForeignKey(SmsProvider, related_name="+", db_index=False)
    number = models.CharField(max_length=65, blank=True)
    key = models.CharField(max_length=65, blank=True)
    state = models.CharField(max_length=10, default="accepted")
    asked = models.PositiveSmallIntegerField(default=0)
    ask_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["company", "provider", "key", "-id"],
                condition=~models.Q(key=""),
                name="messaging_sms_part_key",
            ),
            models.Index(
                fields=["company", "ask_at"], condition=models.Q(ask_at__isnull=False), name="messaging_sms_part_ask"
            ),
        ]


class SmsTold(CompanyModel):
    """A receipt about a number that we do not know yet: it may come before the answer to the message is written."""

    keep_history = False

    provider = CompanyForeignKey(SmsProvider, related_name="+", db_index=False)
    key = models.CharField(max_length=65)
    address = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10)
    code = models.CharField(max_length=40, blank=True)
    words = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "provider", "key"], name="messaging_sms_told_key")]


class SmsAnswer(CompanyModel):
    """An SMS of a subscriber to us, whole. `client_id` is whose number it is, None for a number that nobody has."""

    keep_history = False

    public_id = PublicIdField()
    provider = CompanyForeignKey(SmsProvider, related_name="+", db_index=False)
    number = models.CharField(max_length=65, blank=True)
    address = models.CharField(max_length=20, blank=True)
    to = models.CharField(max_length=20, blank=True)
    text = models.CharField(max_length=4000, blank=True)
    client_id = models.BigIntegerField(null=True)
    is_stop = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "provider", "number"],
                condition=~models.Q(number=""),
                name="messaging_sms_answer_once",
            )
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="messaging_sms_answer_last"),
            models.Index(fields=["company", "client_id", "-id"], name="messaging_sms_answer_client"),
        ]


class SmsPiece(CompanyModel):
    """A part of an answer that waits for the others: its reference, of how many, which."""

    keep_history = False

    provider = CompanyForeignKey(SmsProvider, related_name="+", db_index=False)
    address = models.CharField(max_length=20)
    reference = models.PositiveIntegerField()
    total = models.PositiveSmallIntegerField()
    place = models.PositiveSmallIntegerField()
    octets = models.BinaryField()  # UTF-16: a phone may cut between the halves of a character
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "provider", "address", "reference", "total", "place"],
                name="messaging_sms_piece_once",
            )
        ]


class SmsLease(CompanyModel):
    """Which process keeps the session with a provider, and till when: one at a time, whoever dies."""

    keep_history = False

    provider = CompanyForeignKey(SmsProvider, related_name="+", db_index=False)
    holder = models.CharField(max_length=36, blank=True)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "provider"], name="messaging_sms_lease_once")]
