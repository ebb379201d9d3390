"""Operations on A/B tests."""

from typing import Annotated, Literal

from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import operation
from voronka.connect.api.paging import cursor_of, place_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import trials as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.trials import queries

router = Router(tags=["tests"])
SEE = "trials.see"
Kind = Annotated[Literal["letter", "flow", "widget"] | None, Query(description="Only tests of such things.")]


@operation(
    router, "GET", "", scope=scopes.TESTS_READ, answer=docs.TestList, right=SEE,
    summary=gettext_lazy("List A/B tests with their results"),
)  # fmt: skip
def list_tests(request: ApiRequest, kind: Kind = None, limit: Limit = 50, cursor: Cursor = "") -> docs.TestList:
    """Return a page of tests, the newest first, as they stand at this moment."""
    actor, now = request.auth.actor, request.auth.now
    asked = {"kind": kind or ""}
    place = place_of(cursor, asked)
    before = int(place) if place.isascii() and place.isdecimal() and len(place) < 19 else 0
    rows = queries.list_trials(actor, kind=kind or "", before=before, limit=limit + 1)
    more, rows = len(rows) > limit, rows[:limit]
    items = [docs.test_out(one, queries.sentence(one, actor)) for one in queries.results_of(rows, now=now)]
    return docs.TestList(items=items, next=cursor_of(str(rows[-1].pk) if more else "", asked))


@operation(
    router, "GET", "/{test}", scope=scopes.TESTS_READ, answer=docs.Test, right=SEE,
    summary=gettext_lazy("Get an A/B test with its result"),
)  # fmt: skip
def get_test(request: ApiRequest, test: IdInPath) -> docs.Test:
    """Return a test as it stands at this moment. It may be asked for as often as one likes."""
    actor = request.auth.actor
    row = queries.get_trial(actor, test)
    found = queries.results_of([row], now=request.auth.now)[0]
    return docs.test_out(found, queries.sentence(found, actor))
