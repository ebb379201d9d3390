"""Programs that are begun beside tests: each is one of its own, and gone with its test."""

import socket
from contextlib import ExitStack

import pytest
from browsing import eventually, wire_at
from test_site_browser import is_up

pytestmark = pytest.mark.django_db(transaction=True)


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_each_program_answers_by_itself_and_is_gone_with_its_test(tmp_path):
    one, other = free_port(), free_port()
    with ExitStack() as stack:
        with wire_at(one, tmp_path / "one.log"):
            stack.enter_context(wire_at(other, tmp_path / "other.log"))
            eventually(lambda: is_up(one) and is_up(other), 60)
        assert not is_up(one)
        assert is_up(other)
    assert not is_up(other)
    # One that cannot begin harms none that is begun after it, and its reason is to be read.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        log = tmp_path / "taken.log"
        with wire_at(taken.getsockname()[1], log):
            eventually(lambda: log.exists() and "ddress" in log.read_text(), 60)
    with wire_at(one, tmp_path / "again.log"):
        eventually(lambda: is_up(one), 60)
