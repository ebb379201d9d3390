"""The demo company at any hour of the week, and filled again or cut off in the middle."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from voronka.accounts.models import User
from voronka.config.demo import fill, filling, words
from voronka.config.demo.book import Book
from voronka.config.demo.filling import fill_company
from voronka.config.testing import part_of
from voronka.deals import services
from voronka.deals.queries.desk import presses_today
from voronka.kit.tenancy import company_context

pytestmark = pytest.mark.django_db

# Night and morning of the country, the hours when only those round the clock answer, a Sunday, a New Year's night.
HOURS = [
    datetime(2026, 11, 19, 0, 10, tzinfo=UTC),
    datetime(2026, 11, 18, 19, 30, tzinfo=UTC),
    datetime(2026, 11, 22, 14, 0, tzinfo=UTC),
    datetime(2026, 12, 31, 22, 0, tzinfo=UTC),
]


@pytest.mark.parametrize("now", part_of(HOURS, 2), ids=lambda now: f"{now:%a-%H-%M}")
def test_at_any_hour_every_manager_has_done_presses_and_somebody_to_call(now: datetime) -> None:
    filled = fill_company(now=now, clients=700)
    given = set()
    for one in (one for one in words.PEOPLE if one.role == "manager"):
        actor = filled.actors[one.login]
        with company_context(actor.company_id, employee_id=actor.employee_id):
            done = presses_today(actor, now=now)
            midnight = now.astimezone(actor.zone).replace(hour=0, minute=0, second=0, microsecond=0)
            if now - midnight > timedelta(hours=2):
                assert len(done) >= 3, one.login
            turn = services.take_next(actor=actor, now=now)
            assert turn is not None, one.login
            given.add(turn.taken.client_id)
    assert len(given) == 4


def test_a_second_fill_keeps_the_data_and_an_interrupted_one_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: object
) -> None:
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    monkeypatch.setattr(filling, "CLIENTS", 60)
    monkeypatch.setattr(fill_company, "__kwdefaults__", {**fill_company.__kwdefaults__, "clients": 60})
    kept = Book.write

    def breaks(self: Book) -> None:
        kept(self)
        raise KeyboardInterrupt

    monkeypatch.setattr(Book, "write", breaks)
    with pytest.raises(KeyboardInterrupt):
        fill()
    assert not User.objects.exists()
    monkeypatch.setattr(Book, "write", kept)
    fill()
    companies = _companies()
    fill()
    assert _companies() == companies == 1
    assert words.PASSWORD in (tmp_path / "demo-logins.txt").read_text()  # type: ignore[operator]


def _companies() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT company) FROM accounts_user u, accounts_places_of_user(u.id)")
        return int(cursor.fetchone()[0])
