"""Answers that employees gave, proposed and approved: nothing is learnt without a person."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, NotFound
from voronka.kit.events import publish
from voronka.messaging.events import AnswerJudged, AnswerProposed
from voronka.messaging.models import Article, Learnt
from voronka.messaging.permissions import EDIT_ANSWERS, SEE_ANSWERS
from voronka.messaging.rules.answers import masked
from voronka.messaging.services.answers.articles import (
    MOST_ANSWER,
    MOST_TITLE,
    ArticleDraft,
    add_question,
    locked_article,
    save_article,
)
from voronka.people.services.cleaning import Problems, fit


@transaction.atomic
def propose_answer(*, actor: Actor, question: str, answer: str, now: datetime, article: str = "") -> Learnt:
    """Propose an answer that was given, or with `article` (public id) a further way to ask that one.

    Numbers and addresses in the question are blanked. Raises Denied, NotFound, Invalid.
    """
    actor.require(SEE_ANSWERS)
    target = locked_article(article) if article else None
    problems = Problems()
    asked = fit("question", masked(question), MOST_TITLE, problems)
    said = fit("answer", answer, MOST_ANSWER, problems, lines=True)
    if not asked:
        problems.add("question", _("Write the question in words."))
    if not said and target is None:
        problems.add("answer", _("Write the answer."))
    problems.settle()
    row = Learnt.objects.create(
        question=asked,
        answer="" if target else said,
        article=target,
        author_id=actor.employee_id,
        made_at=now,
    )
    publish(AnswerProposed(learnt_id=row.pk, article_id=target.pk if target else None), at=now)
    return row


@transaction.atomic
def judge_answer(
    *, actor: Actor, public_id: str, is_approved: bool, now: datetime, question: str = "", answer: str = ""
) -> Learnt:
    """Approve a proposal, as it is or with other words, or refuse it.

    Approved it is an article of its own, or a further way to ask the one it was proposed for. Raises Denied, NotFound,
    Conflict when it is judged already, Invalid.
    """
    actor.require(EDIT_ANSWERS)
    row = Learnt.objects.select_for_update().filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such proposal."))
    if row.state != "waiting":
        raise Conflict(_("Somebody has judged this proposal already."), code="judged")
    target = _approved(actor, row, question.strip() or row.question, answer, now) if is_approved else None
    row.state = "approved" if is_approved else "refused"
    row.article = target or row.article
    row.judged_by_id, row.judged_at = actor.employee_id, now
    row.save()
    publish(AnswerJudged(learnt_id=row.pk, is_approved=is_approved, article_id=target.pk if target else None), at=now)
    return row


def _approved(actor: Actor, row: Learnt, question: str, answer: str, now: datetime) -> Article:
    if row.article_id is not None and row.article is not None:
        target = locked_article(row.article.public_id)
        add_question(target, question, now)
        return target
    draft = ArticleDraft(question, answer.strip() or row.answer)
    return save_article(actor=actor, draft=draft, now=now, source="learnt")
