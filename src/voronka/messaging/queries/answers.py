"""The knowledge base for screens and programs."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.messaging.models import Article, Learnt, Synonyms, Unanswered
from voronka.messaging.permissions import EDIT_ANSWERS, SEE_ANSWERS

PAGE = 50


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """A page of answers; `after` is how many rows come before the next page, 0 at the end."""

    rows: Sequence[Article]
    after: int


def list_articles(actor: Actor, *, text: str = "", after: int = 0, size: int = PAGE) -> ArticlePage:
    """Return answers by their questions; every word of `text` stands in question or answer. Raises Denied."""
    actor.require(SEE_ANSWERS)
    rows = Article.objects.order_by("title", "id")
    for word in text.split()[:10]:
        rows = rows.filter(Q(title__icontains=word) | Q(answer__icontains=word) | Q(questions__icontains=word))
    found = list(rows[after : after + size + 1])
    return ArticlePage(found[:size], after + size if len(found) > size else 0)


def get_article(actor: Actor, public_id: str) -> Article:
    """Return an answer. Raises Denied, NotFound."""
    actor.require(SEE_ANSWERS)
    found = Article.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such answer."))
    return found


def list_synonyms(actor: Actor) -> list[Synonyms]:
    """Return the company's sets of words that mean the same, in the order they were made. Raises Denied."""
    actor.require(SEE_ANSWERS)
    return list(Synonyms.objects.order_by("id"))


def list_learnt(actor: Actor, *, state: str = "waiting", most: int = PAGE) -> list[Learnt]:
    """Return proposals in a state, the latest first: all of them to whoever may judge, else his own. Raises Denied."""
    actor.require(SEE_ANSWERS)
    rows = Learnt.objects.filter(state=state).select_related("article", "author")
    if not actor.may(EDIT_ANSWERS):
        rows = rows.filter(author_id=actor.employee_id)
    return list(rows.order_by("-id")[:most])


def list_unanswered(actor: Actor, *, state: str = "open", after: int = 0, size: int = PAGE) -> list[Unanswered]:
    """Return questions that nothing surely answers, the most asked first. Raises Denied."""
    actor.require(EDIT_ANSWERS)
    rows = Unanswered.objects.filter(state=state).select_related("nearest")
    return list(rows.order_by("-times", "-last_at", "-id")[after : after + size])


def find_unanswered(actor: Actor, public_id: str) -> Unanswered | None:
    """Return a question without an answer. Raises Denied."""
    actor.require(EDIT_ANSWERS)
    return Unanswered.objects.filter(public_id=public_id).first()


def waiting_counts(actor: Actor) -> tuple[int, int]:
    """Return how many proposals wait and how many questions are open, to whoever may deal with them, else noughts."""
    if not actor.may(EDIT_ANSWERS):
        return 0, 0
    return Learnt.objects.filter(state="waiting").count(), Unanswered.objects.filter(state="open").count()


def public_ids(kind: str, ids: Sequence[int]) -> dict[int, str]:
    """Return the public ids of articles, proposals (`learnt`) or questions (`unanswered`) by their ids."""
    found = {
        "article": Article.objects.filter(pk__in=ids).values_list("pk", "public_id"),
        "learnt": Learnt.objects.filter(pk__in=ids).values_list("pk", "public_id"),
        "unanswered": Unanswered.objects.filter(pk__in=ids).values_list("pk", "public_id"),
    }
    return dict(found[kind])
