"""What a monitor asks from outside: yes or no, of all companies, cheaply, and no word more."""

from datetime import UTC, datetime

import pytest
from django.db import InterfaceError, OperationalError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from voronka.accounts.events import CompanyChanged
from voronka.accounts.testing import make_company
from voronka.config import watching
from voronka.config.watching import KEPT_SECONDS, STUCK_SECONDS, Watch
from voronka.kit.events import listeners, publish
from voronka.kit.models import ListenerPosition
from voronka.kit.tenancy import company_context

pytestmark = pytest.mark.django_db


def _write(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_watch", Watch())
    _write("DELETE FROM procrastinate_workers")
    _write("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    while listeners.number_events():
        pass


def asked() -> tuple[int, str]:
    watching._watch = Watch()
    answer = Browser().get("/healthz/work")
    assert answer["Cache-Control"].startswith("max-age=0")
    return answer.status_code, answer.content.decode()


def test_a_worker_that_lives_is_all_that_is_told_and_a_silent_one_is_too() -> None:
    assert asked() == (200, "ok")
    _write("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '61 seconds'")
    assert asked() == (503, "not ok")
    _write("DELETE FROM procrastinate_workers")
    assert asked() == (503, "not ok")
    assert Browser().get("/healthz").status_code == 200, "the page server is well: nobody starts it anew"


def test_a_parked_listener_of_any_company_is_seen_and_not_named() -> None:
    cast, name = make_company(), listeners.all_listeners()[0].name
    while listeners.number_events():
        pass
    with company_context(cast.company_id), transaction.atomic():
        row = ListenerPosition.objects.create(company_id=cast.company_id, listener=name, seq=0)
    assert asked() == (200, "ok")
    with company_context(cast.company_id), transaction.atomic():
        ListenerPosition.objects.filter(pk=row.pk).update(parked_at=datetime.now(UTC), error="Anna Smirnova")
    assert asked() == (503, "not ok")


def test_events_that_get_no_number_are_told_of_at_the_second_look() -> None:
    cast, watch = make_company(), Watch()
    while listeners.number_events():
        pass

    def happens() -> None:
        with company_context(cast.company_id), transaction.atomic():
            publish(CompanyChanged(company_id=cast.company_id, fields=["zone"]))

    happens()
    assert watch.goes_on(0.0), "it may have been committed this moment"
    assert listeners.number_events()
    happens()
    assert watch.goes_on(KEPT_SECONDS), "another one, though there is one at each look"
    assert watch.goes_on(2 * KEPT_SECONDS - 0.1), "an answer holds for a while"
    assert not watch.goes_on(2 * KEPT_SECONDS)
    while listeners.number_events():
        pass
    assert watch.goes_on(3 * KEPT_SECONDS)
    assert STUCK_SECONDS < KEPT_SECONDS


def test_whoever_asks_without_end_does_not_ask_the_database() -> None:
    watch = Watch()
    with CaptureQueriesContext(connection) as told:
        for one in range(1_000):
            assert watch.goes_on(one / 1_000)
    assert len([one for one in told if "kit_work" in one["sql"]]) == 1
    assert Browser().post("/healthz/work").status_code == 405


@pytest.mark.parametrize("fault", [OperationalError, InterfaceError])
def test_a_database_that_does_not_answer_is_a_no_like_others(monkeypatch: pytest.MonkeyPatch, fault: type) -> None:
    class Away:
        def cursor(self) -> None:
            raise fault

    monkeypatch.setattr(watching, "connection", Away())
    assert not Watch().goes_on(0.0)
    assert asked() == (503, "not ok")
