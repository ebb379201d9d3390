"""A company's sites, who visits them and what visitors do there."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from encrypted_fields.fields import EncryptedCharField

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class Site(CompanyModel):
    """A site with our script. `public_id` stands in its pages; events are taken from pages of `origins` only.

    By `secret` the shop's own server signs who its visitor is. With `asks_consent` nothing is kept before the visitor
    has agreed. `takes_contacts` lets the script tell the phone, e-mail and name that were typed into a form. What is
    older than `keep_days` is dropped.
    """

    keep_history = False  # the secret must not be told to the pages of history; each save is an event

    public_id = PublicIdField()
    name = models.CharField(max_length=100)
    origins = ArrayField(models.CharField(max_length=200))
    is_on = models.BooleanField(default=True)
    asks_consent = models.BooleanField(default=False)
    takes_contacts = models.BooleanField(default=False)
    keep_days = models.PositiveSmallIntegerField(default=365)
    secret = EncryptedCharField(max_length=200, editable=False)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="site_site_name"),
            models.CheckConstraint(condition=models.Q(keep_days__gte=1), name="site_site_keep_days"),
        ]


class Visitor(CompanyModel):
    """A browser in which one person visits a site. `key` was made by the browser.

    `client` is who he said he is; `is_proven` when the shop's server signed that. `identity` is a mark of what he
    named himself by: another one is another person, and is not believed of this visitor any more.
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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "site", "key"], name="site_visitor_key")]
        indexes = [
            models.Index(
                fields=["company", "client", "-id"],
                condition=models.Q(client__isnull=False),
                name="site_visitor_client",
            )
        ]


class Visit(CompanyModel):
    """What a visitor did without a pause of half an hour. `number` is which of his visits it is.

    `head` is what the first page said: where from, by which address, on what. `basket` is the basket as it was last
    seen, `bought_at` when something was bought. `judge_at` is when the visit is to be looked at for what follows.
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

    class Meta:
        indexes = [
            models.Index(fields=["company", "visitor", "-begun_at"], name="site_visit_of"),
            models.Index(fields=["company", "-last_at", "-id"], name="site_visit_last"),
            models.Index(
                fields=["judge_at", "company"],
                condition=models.Q(judge_at__isnull=False),
                name="site_visit_judge",
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
