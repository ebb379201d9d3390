"""Answers written, changed, switched, deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.messaging.events import ArticleDeleted, ArticleSaved
from voronka.messaging.models import Article, Unanswered
from voronka.messaging.permissions import EDIT_ANSWERS
from voronka.messaging.rules.answers import cut
from voronka.messaging.services.answers.keeping import touch_base
from voronka.people.services.cleaning import Problems, fit

MOST_ARTICLES, MOST_QUESTIONS, MOST_TITLE, MOST_ANSWER = 5_000, 30, 200, 4_000


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """An answer as it is wanted: its main question, further ways to ask, what is said."""

    title: str
    answer: str
    questions: Sequence[str] = ()
    is_on: bool = True


@transaction.atomic
def save_article(
    *,
    actor: Actor,
    draft: ArticleDraft,
    now: datetime,
    public_id: str = "",
    version: int | None = None,
    source: str = "hand",
    unanswered: str = "",
) -> Article:
    """Write an answer or change one; `unanswered` is the public id of the question without an answer it came of.

    Raises Denied, NotFound, Conflict `stale` where somebody has saved since `version`, Invalid at the wrong places.
    """
    actor.require(EDIT_ANSWERS)
    row = locked_article(public_id) if public_id else Article(source=source)
    if public_id and version is not None and version != row.version:
        raise Conflict(_("Somebody has changed this answer meanwhile: look at it again."), code="stale")
    _take(row, draft)
    return _kept(row, now, unanswered)


def _take(row: Article, draft: ArticleDraft) -> None:
    problems = Problems()
    row.title = fit("title", draft.title, MOST_TITLE, problems)
    if "title" not in problems.fields and not cut(row.title, ()):
        problems.add("title", _("Write the question in words."))
    row.answer = fit("answer", draft.answer, MOST_ANSWER, problems, lines=True)
    if "answer" not in problems.fields and not row.answer:
        problems.add("answer", _("Write the answer."))
    row.questions = _questions(draft.questions, row.title, problems)
    row.is_on = draft.is_on
    problems.settle()


def _questions(texts: Sequence[str], title: str, problems: Problems) -> list[str]:
    """Return the further ways to ask, each once and none like the title."""
    cleaned = [fit("questions", text, MOST_TITLE, problems) for text in texts[: 2 * MOST_QUESTIONS]]
    found = dict.fromkeys(text for text in cleaned if text and text != title)
    if len(found) > MOST_QUESTIONS or len(texts) > 2 * MOST_QUESTIONS:
        problems.add("questions", _("At most %(most)d ways to ask.") % {"most": MOST_QUESTIONS})
    return list(found)


def _kept(row: Article, now: datetime, unanswered: str = "") -> Article:
    is_new = row.pk is None
    touch_base()
    if is_new and Article.objects.count() >= MOST_ARTICLES:
        raise Invalid(_("At most %(most)d answers: delete some first.") % {"most": MOST_ARTICLES})
    row.changed_at = now
    row.version += 0 if is_new else 1
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        taken = _("There is an answer to this question already.")
        raise Invalid(taken, fields={"title": taken}) from None
    if unanswered:
        Unanswered.objects.filter(public_id=unanswered).update(state="answered")
    publish(ArticleSaved(article_id=row.pk, is_new=is_new, is_on=row.is_on), at=now)
    return row


@transaction.atomic
def switch_article(*, actor: Actor, public_id: str, is_on: bool, now: datetime) -> Article:
    """Let an answer be given, or not. Raises Denied, NotFound."""
    actor.require(EDIT_ANSWERS)
    row = locked_article(public_id)
    if row.is_on == is_on:
        return row
    row.is_on = is_on
    return _kept(row, now)


def add_question(row: Article, question: str, now: datetime) -> None:
    """Add a way to ask to a locked article. Raises Invalid when it has too many."""
    problems = Problems()
    row.questions = _questions([*row.questions, question], row.title, problems)
    problems.settle()
    _kept(row, now)


@transaction.atomic
def delete_article(*, actor: Actor, public_id: str) -> None:
    """Delete an answer; proposals and questions that named it stay without it. Raises Denied, NotFound."""
    actor.require(EDIT_ANSWERS)
    row = locked_article(public_id)
    pk = row.pk
    touch_base()
    row.delete()
    publish(ArticleDeleted(article_id=pk))


def locked_article(public_id: str) -> Article:
    """Return an article, locked. Raises NotFound."""
    found = Article.objects.select_for_update().filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such answer."))
    return found
