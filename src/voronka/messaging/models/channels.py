"""Bots and mailboxes by which talks come and go, what came by them, and each line's way over the border."""

from django.db import models
from django.utils import timezone
from encrypted_fields.fields import EncryptedCharField

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel
from voronka.messaging.rules.channels import ACCOUNT_KINDS, FATES, MOST_SECRET


class ChannelAccount(CompanyModel):
    """A bot of Telegram or a mailbox by which talks come and go.

    `settings` are those of its kind; `secret` (token, password) is kept encrypted and shown to nobody. `with_bot` lets
    the bot of the chat answer here. Talks of one that is not `for_all` are seen by its seers and by who sets it up.
    """

    public_id = PublicIdField()
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=100)
    settings = models.JSONField(default=dict)
    secret = EncryptedCharField(max_length=MOST_SECRET, blank=True, null=True)
    is_on = models.BooleanField(default=True)
    with_bot = models.BooleanField(default=False)
    for_all = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "kind", "name"], name="messaging_account_name"),
            models.CheckConstraint(condition=models.Q(kind__in=ACCOUNT_KINDS), name="messaging_account_kind"),
        ]


class ChannelSeer(CompanyModel):
    """An employee who sees the talks of an account that is not for all."""

    account = CompanyForeignKey(ChannelAccount, on_delete=models.CASCADE, related_name="seers", db_index=False)
    employee = CompanyForeignKey("accounts.Employee", related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "account", "employee"], name="messaging_seer_once")]


class ChannelState(CompanyModel):
    """How an account stands: new, ok, failed with a `code` and the other side's `words`; `known_as` is its name there.

    `holder` keeps the line to it till `lease_until`, one process at a time. Nothing goes before `hold_until`.
    `last_uid` and `validity` are the numbers of a mailbox, `next_at` when to look into it. `crowds` are names of groups
    in which a bot stands, by their ids there.
    """

    keep_history = False

    account = CompanyForeignKey(ChannelAccount, on_delete=models.CASCADE, related_name="states", db_index=False)
    state = models.CharField(max_length=6, default="new")
    code = models.CharField(max_length=30, blank=True)
    words = models.CharField(max_length=300, blank=True)
    known_as = models.CharField(max_length=100, blank=True)
    looked_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    hold_until = models.DateTimeField(null=True)
    holder = models.CharField(max_length=36, blank=True)
    lease_until = models.DateTimeField(null=True)
    last_uid = models.BigIntegerField(default=0)
    validity = models.BigIntegerField(default=0)
    crowds = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "account"], name="messaging_state_once")]


class ChannelNews(CompanyModel):
    """What came by an account, or went, by the other side's `sign` of it: known once, it is taken no more.

    Of a letter, in either direction, the sign is a hash of its Message-ID, and `talk` the thread it belongs to.
    """

    keep_history = False

    account = CompanyForeignKey(ChannelAccount, on_delete=models.CASCADE, related_name="+", db_index=False)
    sign = models.CharField(max_length=64)
    talk = CompanyForeignKey("messaging.Talk", null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "account", "sign"], name="messaging_news_once")]
        indexes = [models.Index(fields=["company", "at"], name="messaging_news_at")]


class OutsideLine(CompanyModel):
    """The way of a line over the border: it `came`, or it goes (rules.channels.FATES).

    A long one goes in several parts, each with its `text`. `outside_id` is the other side's id of it; `edits` the
    number of the line that it corrects. Of a letter: `subject`, `sender` where another than the talk's wrote it, and
    what it `quoted`. `files` are name, size, type, and why one was not taken. An SMS goes as `message`, whose states
    are its.
    """

    keep_history = False

    line = CompanyForeignKey("messaging.TalkLine", on_delete=models.CASCADE, related_name="outside", db_index=False)
    talk = CompanyForeignKey("messaging.Talk", on_delete=models.CASCADE, related_name="+", db_index=False)
    account = CompanyForeignKey(ChannelAccount, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    part = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=7)
    code = models.CharField(max_length=30, blank=True)
    words = models.CharField(max_length=200, blank=True)
    outside_id = models.CharField(max_length=255, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    claim_until = models.DateTimeField(null=True)
    text = models.TextField(blank=True)
    subject = models.CharField(max_length=500, blank=True)
    sender = models.CharField(max_length=254, blank=True)
    quoted = models.TextField(blank=True)
    edits = models.PositiveIntegerField(null=True)
    files = models.JSONField(default=list)
    message = CompanyForeignKey(
        "messaging.Message", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "line", "part"], name="messaging_outside_part"),
            models.CheckConstraint(condition=models.Q(state__in=FATES), name="messaging_outside_state"),
        ]
        indexes = [
            models.Index(fields=["company", "talk", "line"], name="messaging_outside_talk"),
            models.Index(
                fields=["company", "due_at"], condition=models.Q(due_at__isnull=False), name="messaging_outside_due"
            ),
            models.Index(
                fields=["company", "claim_until"],
                condition=models.Q(claim_until__isnull=False),
                name="messaging_outside_claim",
            ),
        ]
