"""Words that mean the same in this company."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.messaging.models import Synonyms
from voronka.messaging.permissions import EDIT_ANSWERS
from voronka.messaging.services.answers.keeping import touch_base
from voronka.people.services.cleaning import Problems, fit

MOST_SETS, MOST_WORDS, MOST_SIGNS = 1_000, 20, 40


@transaction.atomic
def save_synonyms(*, actor: Actor, words: Sequence[str], public_id: str = "") -> Synonyms:
    """Keep a set of words that mean the same, or change one. Raises Denied, NotFound, Invalid at `words`."""
    actor.require(EDIT_ANSWERS)
    row = _locked(public_id) if public_id else Synonyms()
    row.words = _words(words)
    touch_base()
    if not public_id and Synonyms.objects.count() >= MOST_SETS:
        raise Invalid(_("At most %(most)d sets of synonyms.") % {"most": MOST_SETS})
    row.save()
    return row


def _words(texts: Sequence[str]) -> list[str]:
    problems = Problems()
    found = dict.fromkeys(
        word for text in texts[: 2 * MOST_WORDS] if (word := fit("words", text, MOST_SIGNS, problems).lower())
    )
    if any(not word.isalnum() for word in found):
        problems.add("words", _("Single words only, without blanks and signs."))
    if not 2 <= len(found) <= MOST_WORDS or len(texts) > 2 * MOST_WORDS:
        problems.add("words", _("From two to %(most)d words.") % {"most": MOST_WORDS})
    problems.settle()
    return list(found)


@transaction.atomic
def delete_synonyms(*, actor: Actor, public_id: str) -> None:
    """Delete a set. Raises Denied, NotFound."""
    actor.require(EDIT_ANSWERS)
    row = _locked(public_id)
    touch_base()
    row.delete()


def _locked(public_id: str) -> Synonyms:
    found = Synonyms.objects.select_for_update().filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such set of synonyms."))
    return found
