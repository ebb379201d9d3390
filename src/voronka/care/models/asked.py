"""Who is asked, and what he answered."""

from django.db import models
from django.db.models import Q

from voronka.care.models.surveys import Survey, SurveyVersion
from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class Invitation(CompanyModel):
    """A client asked by a survey about a thing of his (an order, the letter he left by): once, the database holds it.

    It waits till `due_at`, then is asked by `channel`, or skipped for the reason of `code`. `message_id` is the letter
    or SMS that asks. `opened_at` is when a person opened it, as far as is known: looking at the page writes nothing.

    On a site (`channel` site) a visitor is asked, who may be no client yet: `visitor_id` is whom the site knows him as.
    It is about a showing, and about the order once that is known: `order_number` and `order_sum` are what the page of
    thanks told of the purchase.
    """

    keep_history = False

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting"
        ASKED = "asked"
        SKIPPED = "skipped"

    public_id = PublicIdField()
    survey = CompanyForeignKey(Survey, related_name="+", db_index=False)
    version = CompanyForeignKey(SurveyVersion, null=True, related_name="+", db_index=False)
    client = CompanyForeignKey("people.Client", null=True, related_name="+", db_index=False)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    manager = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    code = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=10, blank=True)
    message_id = models.BigIntegerField(null=True)
    visitor_id = models.BigIntegerField(null=True)
    order_number = models.CharField(max_length=80, blank=True, db_default="")
    order_sum = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    due_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "survey", "subject_kind", "subject_id"], name="care_invitation_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="asked") | Q(asked_at__isnull=False, version__isnull=False),
                name="care_invitation_asked",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "due_at", "id"], condition=Q(state="waiting"), name="care_invitation_due"
            ),
            models.Index(fields=["company", "client", "-asked_at"], name="care_invitation_client"),
            models.Index(
                fields=["company", "survey", "asked_at"], condition=Q(state="asked"), name="care_invitation_asked_at"
            ),
            models.Index(
                fields=["company", "message_id"],
                condition=Q(message_id__isnull=False),
                name="care_invitation_message",
            ),
            models.Index(
                fields=["company", "visitor_id"],
                condition=Q(visitor_id__isnull=False),
                name="care_invitation_visitor",
            ),
            models.Index(
                fields=["company", "order_number"],
                condition=~Q(order_number=""),
                name="care_invitation_number",
            ),
        ]


class Response(CompanyModel):
    """What a client answered: one row an invitation, whatever he changes. `answers` by the keys of its version.

    `task` is the one that the first bad rating made; there is never another.
    """

    keep_history = False  # the words are the client's own: what he or the law takes back is gone

    public_id = PublicIdField()
    invitation = CompanyForeignKey(Invitation, on_delete=models.CASCADE, related_name="responses", db_index=False)
    survey = CompanyForeignKey(Survey, related_name="+", db_index=False)
    manager = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    rating = models.PositiveSmallIntegerField(null=True)
    is_bad = models.BooleanField(default=False)
    answers = models.JSONField(default=dict)
    task = CompanyForeignKey("work.Task", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "invitation"], name="care_response_once"),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=5), name="care_response_rating"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "survey", "-id"], name="care_response_survey"),
            models.Index(fields=["company", "task"], condition=Q(task__isnull=False), name="care_response_task"),
        ]
