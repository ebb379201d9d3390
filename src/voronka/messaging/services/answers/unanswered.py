"""What becomes of questions without an answer."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.messaging.models import Unanswered
from voronka.messaging.permissions import EDIT_ANSWERS
from voronka.messaging.services.answers.articles import add_question, locked_article


@transaction.atomic
def set_aside(*, actor: Actor, public_id: str) -> Unanswered:
    """Leave a question without an answer: it is none of our business. Raises Denied, NotFound."""
    actor.require(EDIT_ANSWERS)
    row = _locked(public_id)
    row.state = "aside"
    row.save(update_fields=["state"])
    return row


@transaction.atomic
def lead_to_article(*, actor: Actor, public_id: str, article: str, now: datetime) -> Unanswered:
    """Make a question a further way to ask an article (public id). Raises Denied, NotFound, Invalid."""
    actor.require(EDIT_ANSWERS)
    target = locked_article(article)
    row = _locked(public_id)
    add_question(target, row.question[:200], now)
    row.state = "answered"
    row.save(update_fields=["state"])
    return row


def _locked(public_id: str) -> Unanswered:
    found = Unanswered.objects.select_for_update().filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such question."))
    return found
