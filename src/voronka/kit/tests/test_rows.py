"""Rows walked in the background: one that breaks is told of and put off, a database that is gone ends the walk."""

import pytest
from django.db import DatabaseError, connection, transaction
from structlog.testing import capture_logs

from voronka.kit.rows import each

BROKEN = 2


def ask_database():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def breaks_of_the_second(pk):
    ask_database()
    if pk == BROKEN:
        raise ZeroDivisionError
    return pk


@pytest.mark.django_db(transaction=True)
def test_one_that_breaks_is_logged_by_its_id_and_put_off_and_those_behind_it_have_their_turn():
    put_off = []
    with capture_logs() as told:
        total = each(
            [1, BROKEN, 3], breaks_of_the_second, words="it broke",
            put_off=lambda pk, error: put_off.append((pk, type(error))),
        )  # fmt: skip
    assert total == 4
    assert put_off == [(BROKEN, ZeroDivisionError)]
    assert [(one["event"], one["row"]) for one in told] == [("it broke", BROKEN)]
    assert set(told[0]) == {"event", "row", "exc_info", "log_level"}


@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_of_a_row_is_of_the_row():
    def refused(pk):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / %s", [pk - BROKEN])
        return True

    assert each([1, BROKEN, 3], refused, words="it broke") == 2


@pytest.mark.django_db(transaction=True)
def test_one_that_can_not_even_be_put_off_keeps_none_behind_it():
    def breaks_too(_pk, _error):
        raise LookupError

    with capture_logs() as told:
        assert each([1, BROKEN, 3], breaks_of_the_second, words="it broke", put_off=breaks_too) == 4
    assert [one["row"] for one in told] == [BROKEN, BROKEN]


@pytest.fixture
def lose(monkeypatch):
    """Return what takes the database away: the connection ends, and no other one is let in until the test is over."""
    with monkeypatch.context() as places:

        def end_and_refuse(*_told):
            places.setitem(connection.settings_dict, "PORT", "1")
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

        yield end_and_refuse


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("within", ["act", "put_off"])
def test_a_database_that_is_gone_ends_the_walk_and_is_logged_for_no_row(lose, within):
    """Else each of two hundred rows would tell the same, and the job would count as done."""
    begun = []

    def act(pk):
        begun.append(pk)
        ask_database()
        if pk == BROKEN:
            if within == "act":
                lose()
            raise ZeroDivisionError

    with capture_logs() as told, pytest.raises(DatabaseError):
        each([1, BROKEN, 3, 4], act, words="it broke", put_off=lose)
    assert begun == [1, BROKEN]
    assert len(told) == (within == "put_off")  # of the row that broke before the database was gone


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_made_anew_goes_on():
    def ends_at_the_second(pk):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid()) WHERE %s", [pk == BROKEN])
        return pk

    assert each([1, BROKEN, 3], ends_at_the_second, words="it broke") == 4
