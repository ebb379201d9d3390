"""The knowledge bases that this process has ready in memory, each as old as the base says it is."""

import uuid
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from voronka.kit.tenancy import current_company_id
from voronka.messaging.models import Article, BaseState, Synonyms
from voronka.messaging.rules.answers import Matcher, Topic

MOST_KEPT = 32


@dataclass(frozen=True, slots=True)
class Ready:
    """A company's matcher and the version of the base that it was made of."""

    version: uuid.UUID | None
    matcher: Matcher


_kept: OrderedDict[int, Ready] = OrderedDict()
_keeping = Lock()


def touch_base() -> None:
    """Say that the knowledge base has changed; called in the transaction of the change. Later changes wait for it."""
    BaseState.objects.bulk_create(
        [BaseState(version=uuid.uuid4())],
        update_conflicts=True,
        unique_fields=["company"],
        update_fields=["version"],
    )


def current_matcher() -> Matcher:
    """Return the matcher of the company's knowledge base as it is now: one statement when nothing has changed."""
    company = current_company_id()
    version = BaseState.objects.values_list("version", flat=True).first()
    with _keeping:
        ready = _kept.get(company)
        if ready is not None and ready.version == version:
            _kept.move_to_end(company)
            return ready.matcher
    ready = Ready(version, _made())
    with _keeping:
        _kept[company] = ready
        _kept.move_to_end(company)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return ready.matcher


def _made() -> Matcher:
    rows = Article.objects.filter(is_on=True).order_by("id").values_list("public_id", "title", "questions", "answer")
    topics = [Topic(public_id, [title, *questions], answer) for public_id, title, questions, answer in rows]
    return Matcher(topics, Synonyms.objects.order_by("id").values_list("words", flat=True))
