"""The knowledge base: answers, words that mean the same, what was learnt, what nobody could answer."""

import uuid

from django.db import models
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class Article(CompanyModel):
    """An answer: its main question, further ways to ask, what is said. `source` is hand or learnt."""

    public_id = PublicIdField()
    title = models.CharField(max_length=200)
    questions = models.JSONField(default=list)
    answer = models.TextField()
    is_on = models.BooleanField(default=True)
    source = models.CharField(max_length=6, default="hand")
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "title"], name="messaging_article_title"),
            models.CheckConstraint(
                condition=models.Q(source__in=["hand", "learnt"]), name="messaging_article_source"
            ),
        ]


class Synonyms(CompanyModel):
    """Words that mean the same in this company: a list of at least two."""

    public_id = PublicIdField()
    words = models.JSONField(default=list)


class BaseState(CompanyModel):
    """The state of the knowledge base: another `version` after each change of articles or synonyms.

    It is random, so that a change that was rolled back never looks like the one that came after it.
    """

    keep_history = False

    version = models.UUIDField(default=uuid.uuid4)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company"], name="messaging_base_once")]


class Unanswered(CompanyModel):
    """A question that nothing surely answers, without numbers and addresses of people.

    `key` is what its words come to, so that forms of one question are one row. `state` is open, answered or aside.
    """

    keep_history = False

    public_id = PublicIdField()
    key = models.CharField(max_length=500)
    question = models.CharField(max_length=500)
    nearest = CompanyForeignKey(Article, null=True, on_delete=models.SET_NULL, related_name="+")
    score = models.FloatField(default=0)
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="open")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="messaging_unanswered_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "answered", "aside"]), name="messaging_unanswered_state"
            ),
        ]
        indexes = [models.Index(fields=["company", "state", "-times", "-last_at"], name="messaging_unanswered_list")]


class Learnt(CompanyModel):
    """An answer that an employee gave, proposed for the knowledge base. `state` is waiting, approved or refused.

    With `article` the question is proposed as a further way to ask it.
    """

    public_id = PublicIdField()
    question = models.CharField(max_length=500)
    answer = models.TextField(blank=True)
    article = CompanyForeignKey(Article, null=True, on_delete=models.SET_NULL, related_name="+")
    author = CompanyForeignKey("accounts.Employee", null=True, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="waiting")
    judged_by = CompanyForeignKey("accounts.Employee", null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "approved", "refused"]), name="messaging_learnt_state"
            )
        ]
        indexes = [models.Index(fields=["company", "state", "-id"], name="messaging_learnt_list")]
