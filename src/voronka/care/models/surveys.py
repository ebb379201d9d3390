"""What a company asks its clients, and after what."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class CareSettings(CompanyModel):
    """The company's rules for all surveys; without a row the shipped ones hold.

    A client is asked once in `again_days`; a link holds `link_days`, an answer may be changed for `change_days`.
    """

    again_days = models.PositiveSmallIntegerField(default=30)
    link_days = models.PositiveSmallIntegerField(default=30)
    change_days = models.PositiveSmallIntegerField(default=14)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company"], name="care_settings_once"),
            models.CheckConstraint(
                condition=Q(again_days__lte=365, link_days__gte=1, link_days__lte=365, change_days__lte=365),
                name="care_settings_days",
            ),
        ]


class Survey(CompanyModel):
    """A survey: after what it asks, how much later, by what. `questions` is the number of its newest SurveyVersion.

    `subject` and `body` are of the letter, `sms` of the SMS that goes where no letter can, all in Liquid. One that asks
    by no message (`writes`) has none: who leaves is asked on that page, visitors of a site by a widget.
    """

    class Moment(models.TextChoices):
        """After what a client is asked."""

        DELIVERED = "delivered"
        CANCELLED = "cancelled"
        LEFT = "left"
        SITE = "site"

    public_id = PublicIdField()
    name = models.CharField(max_length=100)
    moment = models.CharField(max_length=10, choices=Moment)
    is_on = models.BooleanField(default=False)
    delay_hours = models.PositiveSmallIntegerField(default=24)
    by_email = models.BooleanField(default=True)
    by_sms = models.BooleanField(default=False)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    sms = models.CharField(max_length=500, blank=True)
    questions = models.PositiveIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="care_survey_name"),
            models.CheckConstraint(condition=Q(delay_hours__lte=2160), name="care_survey_delay"),
            models.CheckConstraint(
                condition=Q(moment__in=["delivered", "cancelled", "left", "site"]), name="care_survey_moment"
            ),
        ]

    @property
    def writes(self) -> bool:
        """Tell whether it asks by letter or SMS."""
        return self.moment not in (self.Moment.LEFT, self.Moment.SITE)


class SurveyVersion(CompanyModel):
    """What a survey asks, word for word; never changed: who was asked by it answers it.

    `ask` stands over the stars, ratings up to `bad_upto` are bad; `questions` in rules/questions.py.
    """

    append_only = True
    keep_history = False

    survey = CompanyForeignKey(Survey, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    ask = models.CharField(max_length=200)
    bad_upto = models.PositiveSmallIntegerField(default=3)
    questions = models.JSONField(default=list)
    thanks = models.CharField(max_length=300, blank=True)
    author = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "survey", "number"], name="care_version_number"),
            models.CheckConstraint(condition=Q(bad_upto__gte=1, bad_upto__lte=4), name="care_version_bad"),
        ]
