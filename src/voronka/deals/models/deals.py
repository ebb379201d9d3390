"""Pipelines, their buttons, and the deals that move along them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from voronka.deals.rules.sharing import Hours, Way
from voronka.kit.ids import PublicIdField
from voronka.kit.limits import Emptied
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class Pipeline(CompanyModel):
    """A way that deals of one sort go. `code` marks the shipped ones: new_lead, repeat_sale, win_back."""

    public_id = PublicIdField()
    code = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    answer_minutes = models.PositiveSmallIntegerField(default=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="deals_pipeline_name")]


class PipelineMember(CompanyModel):
    """An employee who works in a pipeline's common pool."""

    pipeline = CompanyForeignKey(Pipeline, on_delete=models.CASCADE, related_name="members")
    employee = CompanyForeignKey("accounts.Employee", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "employee", "pipeline"], name="deals_member_once")]


class Stage(CompanyModel):
    """A stage of a pipeline. `norm_days` is how long a deal should stay, `probability` in percent."""

    public_id = PublicIdField()
    pipeline = CompanyForeignKey(Pipeline, on_delete=models.CASCADE, related_name="stages")
    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    probability = models.PositiveSmallIntegerField(default=0)
    norm_days = models.PositiveSmallIntegerField(null=True, blank=True)
    required_fields = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "pipeline", "position"],
                name="deals_stage_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=models.Q(probability__lte=100), name="deals_stage_probability"),
        ]


class ShareRule(CompanyModel):
    """A rule of whom the new deals of a pipeline go to (rules.sharing); the first that finds somebody decides.

    `channels` are the ways deals come by, `asked` facets of the client as addresses write them, the sum that of
    the deal; what is empty holds for all. `turn` is the employee who was given a deal last.
    """

    public_id = PublicIdField()
    pipeline = CompanyForeignKey(Pipeline, on_delete=models.CASCADE, related_name="share_rules")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=60, blank=True)
    way = models.CharField(max_length=5, choices=[(one.value, one.value) for one in Way])
    hours = models.CharField(max_length=4, choices=[(one.value, one.value) for one in Hours], default="any")
    channels = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    asked = models.JSONField(default=dict, blank=True)
    sum_from = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    sum_to = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    turn = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["company", "pipeline", "position"], name="deals_share_rule_order")]


class ShareSeat(CompanyModel):
    """An employee to whom a rule gives deals; a rule without any gives to all of the pipeline."""

    keep_history = False

    rule = CompanyForeignKey(ShareRule, on_delete=models.CASCADE, related_name="seats")
    employee = CompanyForeignKey("accounts.Employee", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "rule", "employee"], name="deals_share_seat_once")]


class HandOver(CompanyModel):
    """Open deals and tasks of one employee given to others at once, so that it can be taken back.

    `moved` lists [deal, to employee or None]; `tasks` are ids of tasks for people. `way` is rules, pool or person.
    """

    keep_history = False

    public_id = PublicIdField()
    employee = CompanyForeignKey("accounts.Employee", related_name="+")
    to_employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    way = models.CharField(max_length=6)
    author = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    moved = models.JSONField(default=list)
    tasks = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["company", "employee", "-id"], name="deals_hand_over_employee")]


class AnswerWatch(CompanyModel):
    """A new deal that somebody waits in to be answered: at `due_at` the next step of the escalation falls due.

    `step` counts the steps taken: 0 none yet, 1 the head was told, 2 it was given to another. Settled when
    somebody has worked on the deal.
    """

    keep_history = False

    class Settled(models.TextChoices):
        """How the waiting ended."""

        ANSWERED = "answered"
        CLOSED = "closed"
        GIVEN_UP = "given_up"

    deal = CompanyForeignKey("deals.Deal", on_delete=models.CASCADE, related_name="watches")
    asked_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    step = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    settled = models.CharField(max_length=8, blank=True, choices=Settled)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "deal"], condition=models.Q(settled_at__isnull=True), name="deals_watch_one_open"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(settled_at__isnull=True, step__lt=2), name="deals_watch_due"
            ),
            models.Index(
                fields=["company", "due_at"], condition=models.Q(settled_at__isnull=True), name="deals_watch_waiting"
            ),
        ]


class ButtonSet(CompanyModel):
    """One version of the buttons of a stage: the whole document as rules.buttons describes it.

    A stage has one live version, at most one draft, and the versions that were live before.
    """

    keep_history = False

    class State(models.TextChoices):
        """Where the version is in its life."""

        DRAFT = "draft"
        LIVE = "live"
        PAST = "past"

    stage = CompanyForeignKey(Stage, on_delete=models.CASCADE, related_name="button_sets")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=5, choices=State)
    buttons = models.JSONField()
    author = CompanyForeignKey("accounts.Employee", null=True, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)
    live_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "stage", "version"], name="deals_buttons_version"),
            models.UniqueConstraint(
                fields=["company", "stage"], condition=models.Q(state="live"), name="deals_buttons_one_live"
            ),
            models.UniqueConstraint(
                fields=["company", "stage"], condition=models.Q(state="draft"), name="deals_buttons_one_draft"
            ),
        ]


class LossReason(CompanyModel):
    """Why deals are lost, in the company's own words."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="deals_loss_reason_code")]


class Deal(Emptied, CompanyModel):
    """A possible sale to a client. An open deal has exactly one open task: the database holds that.

    `open_task` is set while the deal is open; with the constant column `task_open` it refers to
    (company, id, is_open) of the task, so it can only be an open one. `misses` is the one counter of calls
    not got through, reset by a conversation.
    """

    class State(models.TextChoices):
        """Open, or how it was closed."""

        OPEN = "open"
        WON = "won"
        LOST = "lost"
        ARCHIVED = "archived"

    public_id = PublicIdField()
    client = CompanyForeignKey("people.Client", related_name="deals")
    pipeline = CompanyForeignKey(Pipeline, related_name="+")
    stage = CompanyForeignKey(Stage, related_name="+")
    title = models.CharField(max_length=200, blank=True)
    sum = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="RUB")
    goods_count = models.PositiveSmallIntegerField(
        default=0, db_default=0
    )  # lines; while there are any they make the sum
    responsible = CompanyForeignKey("accounts.Employee", null=True, blank=True, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    open_task = CompanyForeignKey("work.Task", null=True, related_name="+", db_index=False)
    task_open = models.BooleanField(default=True, editable=False)
    misses = models.PositiveSmallIntegerField(default=0)
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    fields = models.JSONField(default=dict, blank=True)
    loss_reason = CompanyForeignKey(LossReason, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=40, default="hand")
    import_run = CompanyForeignKey(
        "people.ImportRun", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    stage_since = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", open_task__isnull=False, closed_at__isnull=True)
                | (~models.Q(state="open") & models.Q(open_task__isnull=True, closed_at__isnull=False)),
                name="deals_deal_open_has_step",
            ),
            models.CheckConstraint(condition=models.Q(task_open=True), name="deals_deal_task_open_constant"),
            models.UniqueConstraint(fields=["company", "open_task"], name="deals_deal_own_step"),
            models.CheckConstraint(
                condition=models.Q(state="lost") | models.Q(loss_reason__isnull=True),
                name="deals_deal_loss_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "client", "-id"], name="deals_deal_client"),
            models.Index(fields=["company", "pipeline", "stage", "state", "-id"], name="deals_deal_stage"),
            models.Index(fields=["company", "responsible", "state", "-id"], name="deals_deal_responsible"),
            models.Index(fields=["company", "-made_at", "-id"], name="deals_deal_made"),
            models.Index(fields=["company", "state", "-id"], name="deals_deal_state"),
            # Own fields by what they hold; migration 0010 adds their numbers and texts. Deals without any cost nothing.
            GinIndex(
                fields=["fields"],
                opclasses=["jsonb_path_ops"],
                condition=~models.Q(fields={}),
                name="deals_deal_fields",
            ),
            models.Index(
                fields=["company", "closed_at"],
                condition=models.Q(closed_at__isnull=False),
                name="deals_deal_closed",
            ),
        ]


class Press(CompanyModel):
    """One press of a button: what it changed, so that it can be taken back.

    `request_id` makes a repeated request harmless. `before` holds the deal and its task as they were;
    `made_task` is the step it set. An undone press stays, with the moment and the person.
    """

    keep_history = False

    request_id = models.UUIDField()
    deal = CompanyForeignKey(Deal, on_delete=models.CASCADE, related_name="presses")
    client_id = models.BigIntegerField()
    button_set = CompanyForeignKey(ButtonSet, null=True, related_name="+")
    button = models.CharField(max_length=12)
    outcome = models.CharField(max_length=12)
    result = models.CharField(
        max_length=20
    )  # no_answer, call_back, thinking, meeting, paid, refused, wrong_number, talk, step
    label = models.CharField(max_length=80)
    employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+")
    at = models.DateTimeField()
    cause = models.UUIDField()
    comment = models.TextField(blank=True)
    before = models.JSONField()
    effects = models.JSONField(default=list)
    made_task_id = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = CompanyForeignKey("accounts.Employee", null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "request_id"], name="deals_press_once")]
        indexes = [
            models.Index(fields=["company", "deal", "-id"], name="deals_press_deal"),
            models.Index(fields=["company", "employee", "-at"], name="deals_press_employee"),
            models.Index(fields=["company", "-at"], name="deals_press_at"),
        ]


class Guide(CompanyModel):
    """The first day of a company: its trade, the invented clients it tries the product on, whether it is led still.

    One row a company; what has been done is read from the company's own rows, never kept here.
    """

    keep_history = False

    trade = models.CharField(max_length=20, blank=True)
    chosen_at = models.DateTimeField(null=True)
    example = models.JSONField(default=list)
    dismissed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company"], name="deals_guide_one")]


class Walk(CompanyModel):
    """A list that is called through to its end: a snapshot of what a filter found, walked by one or by several.

    `subject` says what was listed: deals, or clients, each of whom is worked by his open deal. `query` is the filter as
    the list's address had it, `name` the same in words. A shared one may be joined by every colleague.
    """

    keep_history = False

    public_id = PublicIdField()
    name = models.CharField(max_length=200)
    subject = models.CharField(max_length=6)  # deal, client
    query = models.CharField(max_length=2000, blank=True)
    is_shared = models.BooleanField(default=False)
    total = models.PositiveIntegerField()
    author = CompanyForeignKey("accounts.Employee", related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["company", "author", "-id"], name="deals_walk_author")]


class WalkItem(CompanyModel):
    """One client of a walk. `press` is what came of him; a deal that was closed before his turn has none."""

    keep_history = False

    class State(models.TextChoices):
        """Waiting for his turn, in somebody's hands, called, passed over by hand, or closed before his turn."""

        WAITING = "waiting"
        TAKEN = "taken"
        DONE = "done"
        SKIPPED = "skipped"
        CLOSED = "closed"

    walk = CompanyForeignKey(Walk, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    client = CompanyForeignKey("people.Client", on_delete=models.CASCADE, related_name="+")
    deal = CompanyForeignKey(Deal, null=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    press = CompanyForeignKey(Press, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "walk", "position"], name="deals_walk_item_once")]
        indexes = [models.Index(fields=["company", "walk", "state", "position"], name="deals_walk_item_next")]
