"""A question answered, or kept as one that nobody could answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from voronka.kit.actors import Actor
from voronka.kit.events import publish
from voronka.kit.ids import new_public_id
from voronka.kit.tenancy import current_company_id
from voronka.messaging.events import QuestionUnanswered
from voronka.messaging.models import Article, Unanswered
from voronka.messaging.permissions import SEE_ANSWERS
from voronka.messaging.rules.answers import MOST_SIGNS, Matcher, cut, masked
from voronka.messaging.services.answers.keeping import current_matcher
from voronka.people.services.cleaning import Problems, fit

MOST_UNANSWERED, _SWEEP = 5_000, 50
_NOTE = """
INSERT INTO messaging_unanswered AS u
    (company_id, public_id, key, question, nearest_id, score, times, first_at, last_at, state)
VALUES (%(company)s, %(public_id)s, %(key)s, %(question)s, %(nearest)s, %(score)s, 1, %(now)s, %(now)s, 'open')
ON CONFLICT (company_id, key) DO UPDATE
   SET times = u.times + 1, last_at = greatest(u.last_at, excluded.last_at), nearest_id = excluded.nearest_id,
       score = excluded.score, state = CASE u.state WHEN 'answered' THEN 'open' ELSE u.state END
RETURNING u.id, u.times
"""


@dataclass(frozen=True, slots=True)
class Found:
    """An article near a question, and how sure it is that it answers, from 0 to 1."""

    article: Article
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What the knowledge base says: the nearest articles, the best first; `is_sure` when that one may be said."""

    nearest: Sequence[Found]
    is_sure: bool

    @property
    def article(self) -> Article | None:
        """The article that may be said as the answer."""
        return self.nearest[0].article if self.is_sure and self.nearest else None


def answer_question(question: str, *, now: datetime) -> Answer:
    """Return what the company's knowledge base says to somebody who asks; a question without an answer is noted.

    It is kept without numbers and addresses; questions of the same words are one.
    """
    text = _cleaned(question)
    found, matcher = _looked_up(text)
    if not found.is_sure:
        _note(text, matcher, found, now)
    return found


def try_question(*, actor: Actor, question: str) -> Answer:
    """Return what would be said, and note nothing. Raises Denied."""
    actor.require(SEE_ANSWERS)
    return _looked_up(_cleaned(question))[0]


def _cleaned(question: str) -> str:
    """Return the beginning of a question, without signs that nobody sees."""
    return fit("question", question[:MOST_SIGNS], 2 * MOST_SIGNS, Problems())


def _looked_up(text: str) -> tuple[Answer, Matcher]:
    matcher = current_matcher()
    reply = matcher.reply(text)
    rows = {row.public_id: row for row in Article.objects.filter(public_id__in=[near.key for near in reply.nearest])}
    nearest = [Found(rows[near.key], near.score) for near in reply.nearest if near.key in rows]
    is_whole = bool(nearest) and nearest[0].article.public_id == reply.nearest[0].key
    return Answer(nearest, reply.is_sure and is_whole), matcher


@transaction.atomic
def _note(text: str, matcher: Matcher, found: Answer, now: datetime) -> None:
    kept = masked(text)
    key = " ".join(sorted(cut(kept, matcher.index.known)))[:MOST_SIGNS]
    if not key:
        return
    nearest = found.nearest[0] if found.nearest else None
    values: dict[str, str | int | float | datetime | None] = {
        "company": current_company_id(),
        "public_id": new_public_id(),
        "key": key,
        "question": kept[:MOST_SIGNS],
        "nearest": nearest.article.pk if nearest else None,
        "score": nearest.score if nearest else 0.0,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, values)
        pk, times = cursor.fetchone()
    if times == 1:
        publish(QuestionUnanswered(unanswered_id=pk), at=now)
        if pk % _SWEEP == 0:
            _sweep()


def _sweep() -> None:
    """Forget what was asked least lately and once only, beyond what anybody would read."""
    once = Unanswered.objects.filter(times=1)
    beyond = list(once.order_by("-last_at", "-id").values_list("pk", flat=True)[MOST_UNANSWERED:])
    once.filter(pk__in=beyond).delete()
