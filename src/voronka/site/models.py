"""A company's sites, who visits them, what visitors do there and what is shown to them."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import cached_property
from encrypted_fields.fields import EncryptedCharField

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class Site(CompanyModel):
    """A site with our script. `public_id` stands in its pages; events are taken from pages of `origins` only.

    By `secret` the shop's own server signs who its visitor is. With `asks_consent` nothing is kept before the visitor
    has agreed. `takes_contacts` lets the script tell the phone, e-mail and name that were typed into a form. What is
    older than `keep_days` is dropped. A basket, or a checkout, is left when nothing has happened for `basket_minutes`.
    """

    keep_history = False  # the secret must not be told to the pages of history; each save is an event

    public_id = PublicIdField()
    name = models.CharField(max_length=100)
    origins = ArrayField(models.CharField(max_length=200))
    is_on = models.BooleanField(default=True)
    asks_consent = models.BooleanField(default=False)
    takes_contacts = models.BooleanField(default=False)
    keep_days = models.PositiveSmallIntegerField(default=365)
    basket_minutes = models.PositiveSmallIntegerField(default=60, db_default=60)
    secret = EncryptedCharField(max_length=200, editable=False)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="site_site_name"),
            models.CheckConstraint(condition=models.Q(keep_days__gte=1), name="site_site_keep_days"),
            models.CheckConstraint(condition=models.Q(basket_minutes__gte=5), name="site_site_basket_minutes"),
        ]


class Visitor(CompanyModel):
    """A browser in which one person visits a site. `key` was made by the browser.

    `client` is who he said he is; `is_proven` when the shop's server signed that. `identity` is a mark of what he
    named himself by: another one is another person, and is not believed of this visitor any more. `unvisited_since` is
    when something was shown to him last, while no visit of his has been written: calls of pages alone told of him.
    Whose browser went to another person had `was_key` till `parted_at`.
    `referral_code` is a client's link by which he came before he was known, `referral_at` when. `device` is the first
    visitor of this browser where it is another's by now (services.naming.part).
    """

    keep_history = False

    public_id = PublicIdField()
    site = CompanyForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.UUIDField()
    first_at = models.DateTimeField()
    is_bot = models.BooleanField(default=False)
    client = CompanyForeignKey(
        "people.Client", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    is_proven = models.BooleanField(default=False)
    identity = models.CharField(max_length=64, blank=True)
    named_at = models.DateTimeField(null=True)
    unvisited_since = models.DateTimeField(null=True)
    was_key = models.UUIDField(null=True)
    parted_at = models.DateTimeField(null=True)
    referral_code = models.CharField(max_length=12, blank=True, db_default="")
    referral_at = models.DateTimeField(null=True)
    device = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "site", "key"], name="site_visitor_key")]
        indexes = [
            models.Index(
                fields=["company", "client", "-id"],
                condition=models.Q(client__isnull=False),
                name="site_visitor_client",
            ),
            models.Index(
                fields=["company", "site", "unvisited_since"],
                condition=models.Q(unvisited_since__isnull=False),
                name="site_visitor_unvisited",
            ),
            models.Index(
                fields=["company", "site", "was_key"],
                condition=models.Q(was_key__isnull=False),
                name="site_visitor_parted",
            ),
        ]


class Stage(CompanyModel):
    """How the widgets of a site look and how often they may interrupt a visitor.

    `look` is of rules.widgets.Look. At most `most_per_visit` interruptions in a visit, `gap_seconds` from the end of
    one to the next.
    """

    keep_history = False  # each save is an event

    site = CompanyForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False)
    look = models.JSONField(default=dict)
    most_per_visit = models.PositiveSmallIntegerField(default=3)
    gap_seconds = models.PositiveIntegerField(default=120)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "site"], name="site_stage_site")]


class Widget(CompanyModel):
    """Something that may be shown on a site. `content` is of its kind, `rules` says when, where, to whom, how often.

    Both are checked by rules.widgets before they are kept. One that was shown is never deleted: `is_gone` takes it off
    the lists, and what came of it stays countable. `trial_id` is the test that runs of its variants, 0 for none.
    """

    keep_history = False  # each save is an event

    public_id = PublicIdField()
    site = CompanyForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=100)
    is_on = models.BooleanField(default=False)
    is_gone = models.BooleanField(default=False)
    content = models.JSONField(default=dict)
    rules = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)
    trial_id = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        indexes = [models.Index(fields=["company", "site", "-id"], name="site_widget_site")]


class WidgetVariant(CompanyModel):
    """Something else that a widget may say, to be tested against what it says: `number` 1 is the widget's own content.

    With `trial_id` 0 it is a draft. One of a test that has begun never changes and is never deleted: who was shown it
    sees it again as it was.
    """

    keep_history = False

    public_id = PublicIdField()
    widget = CompanyForeignKey(Widget, on_delete=models.CASCADE, related_name="+", db_index=False)
    trial_id = models.BigIntegerField(default=0)
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    content = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "widget", "trial_id", "number"], name="site_variant_number")
        ]


class Showing(CompanyModel):
    """A widget offered to a visitor. `key` names what asked for it: one key is offered once to a visitor.

    `ends_at` is the true deadline: it is set once, and neither a reload nor another tab moves it. `ended_at` is when it
    left the screen. `did` is what came of it: code, request, order, answers. `arm` is the public id of the variant that
    a test chose for him.
    """

    class State(models.TextChoices):
        """Where a showing stands."""

        WAITING = "waiting"
        SHOWN = "shown"
        CLOSED = "closed"
        ACTED = "acted"
        MISSED = "missed"

    keep_history = False

    public_id = PublicIdField()
    visitor = CompanyForeignKey(Visitor, on_delete=models.CASCADE, related_name="+", db_index=False)
    widget = CompanyForeignKey(Widget, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    rank = models.PositiveSmallIntegerField()
    is_asked = models.BooleanField(default=False)
    offered_at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    acted_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=40, blank=True)
    arm = models.CharField(max_length=20, blank=True)
    page = models.CharField(max_length=500, blank=True)
    about = models.JSONField(default=dict)
    did = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "visitor", "key"], name="site_showing_key")]
        indexes = [
            models.Index(fields=["company", "visitor", "-id"], name="site_showing_visitor"),
            models.Index(fields=["company", "widget", "-offered_at"], name="site_showing_widget"),
        ]

    @cached_property
    def content(self) -> dict[str, Any]:
        """What it says: what its variant says where a test chose one."""
        found = WidgetVariant.objects.filter(public_id=self.arm).first() if self.arm else None
        content: dict[str, Any] = self.widget.content if found is None else found.content
        return content


class NotShown(CompanyModel):
    """How often in a day (UTC) a widget was not shown for a reason: rules.stage says which there are."""

    keep_history = False

    widget = CompanyForeignKey(Widget, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    reason = models.CharField(max_length=12)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "widget", "day", "reason"], name="site_notshown_day")
        ]


# Lines of which there is something, or a sum where the page names no lines: rules.leaving.is_filled says it too.
_FILLED = (
    "jsonb_path_exists(%(expressions)s, '$ ? (exists(@.lines[*] ? (!exists(@.count) || @.count > 0))"
    " || !exists(@.lines[*]) && @.sum > 0)'::jsonpath)"
)


class Visit(CompanyModel):
    """What a visitor did without a pause of half an hour. `number` is which of his visits it is.

    `head` is what the first page said: where from, by which address, on what. `basket` is the basket as it was last
    seen, `basket_goods` the variants of its lines, in their order, null for what the catalogue has not. `bought_at` is
    when something was bought. `judge_at` is when the visit is to be looked at for what follows, `read_to` the last of
    its events that was. `source` is what the first page's address says (`utm_source`), `has_basket` whether something
    lies in the basket that was not bought.

    The moments `..._told_at` and `..._left_at` are when the log was told of it: once a visit each.
    """

    keep_history = False

    visitor = CompanyForeignKey(Visitor, on_delete=models.CASCADE, related_name="visits", db_index=False)
    number = models.PositiveIntegerField()
    begun_at = models.DateTimeField()
    last_at = models.DateTimeField()
    pages = models.PositiveIntegerField(default=0)
    events = models.PositiveIntegerField(default=0)
    head = models.JSONField(default=dict)
    page = models.JSONField(null=True)
    product = models.JSONField(null=True)
    basket = models.JSONField(null=True)
    basket_at = models.DateTimeField(null=True)
    bought_at = models.DateTimeField(null=True)
    judge_at = models.DateTimeField(null=True)
    read_to = models.BigIntegerField(default=0, db_default=0)
    basket_goods = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    came_told_at = models.DateTimeField(null=True)
    basket_told_at = models.DateTimeField(null=True)
    bought_told_at = models.DateTimeField(null=True)
    basket_left_at = models.DateTimeField(null=True)
    checkout_left_at = models.DateTimeField(null=True)
    browse_left_at = models.DateTimeField(null=True)
    # Kept by the database: what reads a document keeps the planner from an index behind the walls between companies.
    source = models.GeneratedField(
        expression=Coalesce(KT("head__utm__source"), models.Value(""), output_field=models.TextField()),
        output_field=models.TextField(),
        db_persist=True,
    )
    has_basket = models.GeneratedField(
        expression=models.Case(
            models.When(
                models.Q(models.Func("basket", template=_FILLED, output_field=models.BooleanField()))
                & (models.Q(bought_at=None) | models.Q(bought_at__lt=models.F("basket_at"))),
                then=models.Value(True),
            ),
            default=models.Value(False),
            output_field=models.BooleanField(),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        indexes = [
            models.Index(fields=["company", "visitor", "-begun_at"], name="site_visit_of"),
            models.Index(fields=["company", "-last_at", "-id"], name="site_visit_last"),
            models.Index(
                fields=["judge_at", "company"],
                condition=models.Q(judge_at__isnull=False),
                name="site_visit_judge",
            ),
            models.Index(
                fields=["company", "-basket_left_at"],
                condition=models.Q(basket_left_at__isnull=False),
                name="site_visit_left",
            ),
            models.Index(
                fields=["company", "source", "-last_at"], condition=~models.Q(source=""), name="site_visit_source"
            ),
            models.Index(
                fields=["company", "-last_at", "-id"],
                condition=models.Q(has_basket=True),
                name="site_visit_basket",
            ),
        ]


class VisitEvent(CompanyModel):
    """One thing that happened in a visit: `kind` and `about` as rules.batches has them, `at` by our clock.

    `key` is the id that the browser made for it.
    """

    keep_history = False

    visit = CompanyForeignKey(Visit, on_delete=models.CASCADE, related_name="happened", db_index=False)
    key = models.UUIDField()
    kind = models.CharField(max_length=8)
    at = models.DateTimeField()
    about = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="site_event_key")]
        indexes = [models.Index(fields=["company", "visit", "id"], name="site_event_visit")]


class SeenGoods(CompanyModel):
    """Goods of the catalogue that a visit looked at: how often, how long, the price that the page showed."""

    keep_history = False

    visit = CompanyForeignKey(Visit, on_delete=models.CASCADE, related_name="seen_goods", db_index=False)
    variant = CompanyForeignKey("catalogue.Variant", on_delete=models.CASCADE, related_name="+", db_index=False)
    first_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=0)
    seconds = models.PositiveIntegerField(default=0)
    url = models.CharField(max_length=500, blank=True)
    price = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "visit", "variant"], name="site_seen_once")]
        indexes = [models.Index(fields=["company", "variant", "-id"], name="site_seen_variant")]


class SiteChat(CompanyModel):
    """How the company's chat looks on a site: whether it is there, what it says first, its colour and its corner."""

    site = CompanyForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False)
    is_on = models.BooleanField(default=False)
    greeting = models.CharField(max_length=300, blank=True)
    colour = models.CharField(max_length=7, default="#2f4a3c")
    side = models.CharField(max_length=5, default="right")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "site"], name="site_chat_once"),
            models.CheckConstraint(condition=models.Q(side__in=("left", "right")), name="site_chat_side"),
        ]
