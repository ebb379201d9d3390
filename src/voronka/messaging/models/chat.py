"""Talks with visitors of the site: what was said in them, who looks at them, how the chat is set up."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel
from voronka.messaging.rules.channels import CHANNELS
from voronka.messaging.rules.chat import BOT_WHEN, CODES, SPEAKERS, STATES, UNBOUND_DAYS


class ChatSettings(CompanyModel):
    """How the company's chat answers. `bot` says when the bot speaks: rules.chat.BOT_WHEN.

    A visitor is to be answered for the first time, and then each time, within so many working minutes; 0 sets no time.
    Nobody is given a talk by turn who has `most_talks` of them open; 0 gives none by turn. A talk of any channel that
    was never bound to a client is dropped `unbound_days` after its last line.
    """

    is_on = models.BooleanField(default=False)
    greeting = models.CharField(max_length=500, blank=True)
    away = models.CharField(max_length=500, blank=True)
    asks_first = models.BooleanField(default=False)
    bot = models.CharField(max_length=6, default="never")
    first_minutes = models.PositiveSmallIntegerField(default=0)
    next_minutes = models.PositiveSmallIntegerField(default=0)
    most_talks = models.PositiveSmallIntegerField(default=0)
    asks_rating = models.BooleanField(default=True)
    unbound_days = models.PositiveSmallIntegerField(default=UNBOUND_DAYS, db_default=UNBOUND_DAYS)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company"], name="messaging_chat_once"),
            models.CheckConstraint(condition=models.Q(bot__in=BOT_WHEN), name="messaging_chat_bot"),
            models.CheckConstraint(condition=models.Q(unbound_days__gte=1), name="messaging_chat_unbound_days"),
        ]


class ChatDepartment(CompanyModel):
    """Those who answer a kind of questions; visitors choose among those that are `is_offered`."""

    public_id = PublicIdField()
    name = models.CharField(max_length=80)
    is_offered = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="messaging_department_name")]


class ChatOperator(CompanyModel):
    """An employee as an operator of chats: whether he takes talks by turn now, when his desk was last seen open."""

    keep_history = False

    employee = CompanyForeignKey("accounts.Employee", related_name="+", db_index=False)
    is_in = models.BooleanField(default=False)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "employee"], name="messaging_operator_once")]


class DepartmentMember(CompanyModel):
    """An employee who answers in a department."""

    department = CompanyForeignKey(ChatDepartment, on_delete=models.CASCADE, related_name="members", db_index=False)
    employee = CompanyForeignKey("accounts.Employee", related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "department", "employee"], name="messaging_member_once")
        ]


class Talk(CompanyModel):
    """A talk with one visitor. `key` is the id that his browser made for its first message.

    `last_number` counts the lines; whoever adds one holds the row. `waits_since` is the moment since which the visitor
    waits for an answer. `with_bot` while the bot speaks. `seen_number` is the last line that the visitor has read.
    A snoozed talk wakes at `wakes_at`. One of another channel goes by its `account`, and has its place there by
    `outside`: a person's id, the first letter of a thread, a number; `key` is made of both. `gone_at` is since when
    the other side takes nothing of us.

    `due_at` is by when the one who waits is to be answered, told to nobody yet while `warned_at` is empty. People were
    first waited for at `asked_at`, the first of them answered `first_seconds` of working time later. `agreed` is the
    text of the consent that the visitor gave before he wrote (queries.consents.text_sign).

    `visitor` is by what the part of sites knows who wrote from a page of one; nobody here reads it. A talk that is
    closed and has no `closed_at` was begun by a scenario of the site, and its visitor has not written yet. `move_key`
    is the hash of the key by which it may go on in Telegram, till `move_till`.
    """

    keep_history = False

    public_id = PublicIdField()
    key = models.UUIDField()
    state = models.CharField(max_length=7, default="open")
    name = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=254, blank=True)
    client = CompanyForeignKey("people.Client", null=True, on_delete=models.SET_NULL, related_name="+")
    owner = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    with_bot = models.BooleanField(default=False)
    last_number = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    last_text = models.CharField(max_length=200, blank=True)
    last_by = models.CharField(max_length=8, blank=True)
    waits_since = models.DateTimeField(null=True)
    wakes_at = models.DateTimeField(null=True)
    seen_number = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=2, default="ru")
    address = models.CharField(max_length=64, blank=True)
    begun_at = models.DateTimeField()
    blocked_at = models.DateTimeField(null=True)
    channel = models.CharField(max_length=8, default="chat", db_default="chat")
    account = CompanyForeignKey("messaging.ChannelAccount", null=True, related_name="talks")
    outside = models.CharField(max_length=255, blank=True, db_default="")
    subject = models.CharField(max_length=300, blank=True, db_default="")
    gone_at = models.DateTimeField(null=True)
    department = CompanyForeignKey(ChatDepartment, null=True, on_delete=models.SET_NULL, related_name="+")
    tags = ArrayField(models.CharField(max_length=30), default=list)
    given_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    first_seconds = models.PositiveIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    agreed = models.CharField(max_length=60, blank=True)
    agreed_at = models.DateTimeField(null=True)
    rating = models.PositiveSmallIntegerField(null=True)
    rating_text = models.CharField(max_length=500, blank=True)
    rated_at = models.DateTimeField(null=True)
    visitor = models.CharField(max_length=60, blank=True, db_default="")
    move_key = models.CharField(max_length=64, blank=True, db_default="")
    move_till = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="messaging_talk_key"),
            models.CheckConstraint(condition=models.Q(channel__in=CHANNELS), name="messaging_talk_channel"),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="messaging_talk_state"),
            models.CheckConstraint(
                condition=models.Q(rating=None) | models.Q(rating__gte=1, rating__lte=5), name="messaging_talk_rating"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "state", "-last_at", "-id"], name="messaging_talk_list"),
            models.Index(fields=["company", "owner", "state", "-last_at"], name="messaging_talk_owner"),
            models.Index(
                fields=["company", "address", "blocked_at"],
                condition=models.Q(blocked_at__isnull=False),
                name="messaging_talk_blocked",
            ),
            models.Index(
                fields=["company", "due_at"],
                condition=models.Q(due_at__isnull=False, warned_at=None),
                name="messaging_talk_due",
            ),
            models.Index(fields=["company", "begun_at"], name="messaging_talk_begun"),
            models.Index(
                fields=["company", "last_at", "id"],
                condition=models.Q(client=None),
                name="messaging_talk_unbound",
            ),
            models.Index(
                fields=["company", "visitor", "-id"],
                condition=~models.Q(visitor=""),
                name="messaging_talk_visitor",
            ),
            models.Index(
                fields=["company", "move_key"], condition=~models.Q(move_key=""), name="messaging_talk_move"
            ),
        ]


class TalkLine(CompanyModel):
    """One line of a talk, in the order of `number`; `key` is the id that the writer's browser made for it.

    `by` is visitor, operator, bot, note (colleagues see it only) or event (`code` says what happened). The bot's line
    names its `article`, or the `choices` it offers: public ids of articles with their titles. A line that brings a
    `file` has its id, name, size and whether it is a picture. One that shows `goods` has what their card says as it was
    then, and `said`: how the text says it.
    """

    keep_history = False

    talk = CompanyForeignKey(Talk, on_delete=models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField()
    by = models.CharField(max_length=8)
    author = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    code = models.CharField(max_length=8, blank=True)
    text = models.TextField(blank=True)
    key = models.UUIDField(null=True)
    choices = models.JSONField(default=list)
    file = models.JSONField(null=True)
    goods = models.JSONField(null=True)
    article = CompanyForeignKey(
        "messaging.Article", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "talk", "number"], name="messaging_line_number"),
            models.UniqueConstraint(fields=["company", "talk", "key"], name="messaging_line_key"),
            models.CheckConstraint(condition=models.Q(by__in=SPEAKERS), name="messaging_line_by"),
            models.CheckConstraint(condition=models.Q(code__in=CODES), name="messaging_line_code"),
        ]


class TalkSeat(CompanyModel):
    """An employee at a talk: the last line he has read, when he was there last, when he typed last."""

    keep_history = False

    talk = CompanyForeignKey(Talk, on_delete=models.CASCADE, related_name="seats", db_index=False)
    employee = CompanyForeignKey("accounts.Employee", related_name="+", db_index=False)
    read_number = models.PositiveIntegerField(default=0)
    here_at = models.DateTimeField(null=True)
    typed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "talk", "employee"], name="messaging_seat_once")]


class CannedAnswer(CompanyModel):
    """A text that operators put into their answers, in Liquid; `code` is what it is found by.

    A macro also does something at one press: it answers by its text where it has one, moves the talk to a department,
    puts a tag on it, closes it.
    """

    public_id = PublicIdField()
    code = models.CharField(max_length=40)
    text = models.TextField(blank=True)
    is_macro = models.BooleanField(default=False)
    department = CompanyForeignKey(
        ChatDepartment, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    tag = models.CharField(max_length=30, blank=True)
    closes = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="messaging_canned_code")]


class MacroPress(CompanyModel):
    """A macro that somebody ran on a talk, and how the talk was before (`was`) and after it (`then`), to take it back.

    `key` is the id that his page made for the press; `answer` the line that was said.
    """

    keep_history = False

    talk = CompanyForeignKey(Talk, on_delete=models.CASCADE, related_name="+", db_index=False)
    author = CompanyForeignKey("accounts.Employee", related_name="+", db_index=False)
    key = models.UUIDField()
    code = models.CharField(max_length=40)
    answer = models.PositiveIntegerField(null=True)
    was = models.JSONField(default=dict)
    then = models.JSONField(default=dict)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "talk", "key"], name="messaging_macro_press_once")]
