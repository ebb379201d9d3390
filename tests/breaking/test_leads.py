"""What a foreign form may send: depth bombs, lone surrogates, crowds of fields, repeated sending, tags."""

from datetime import UTC, datetime

import pytest

from voronka.accounts.testing import make_company
from voronka.kit.actors import Actor
from voronka.kit.tenancy import company_context
from voronka.people.models import Client, Touch
from voronka.people.services import read_intake, record_touch

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PHONE = "+7 916 111-22-33"


def nested(depth: int) -> list[object]:
    inner: list[object] = []
    for _level in range(depth):
        inner = [inner]
    return inner


@pytest.mark.parametrize("depth", [10, 900, 960, 980, 1000, 5000])
def test_values_nested_as_deep_as_a_parser_bears_are_taken_or_left(depth):
    bomb = nested(depth)
    assert read_intake({"phone": PHONE, "a": bomb, "name": {"b": bomb}}).touch.phones == (PHONE,)


SENT = [
    {"name": "\ud800Анна", "phone": PHONE, "\udfff": "x", "request_id": "\ud800"},
    {"name": "a\x00b\u202ec", "phone": PHONE, "message": "\x00" * 50},
    {"name": "<script>alert(1)</script>", "phone": PHONE, "utm_source": "'><b>"},
    {"name": "x" * 1_000_000, "phone": PHONE, "message": "y" * 1_000_000},
    {"phone": PHONE, **{f"field{number}": "v" for number in range(5000)}},
    {"phone": PHONE, "seconds": "9" * 5000, "filled_seconds": "²", "timezone": "../../etc/passwd"},
    {"phone": PHONE, "id": "1", "company_id": "2", "responsible_id": "1", "is_vip": "1", "channel": "import"},
    {"phone": [PHONE], "email": None, "name": 7.5, "message": {"a": [1, None]}},
]


@pytest.mark.django_db
@pytest.mark.parametrize("number", range(len(SENT)))
def test_odd_forms_make_one_plain_card(number):
    cast = make_company()
    with company_context(cast.company_id, origin="form"):
        actor = Actor.system(cast.company_id, origin="form")
        result = record_touch(actor=actor, touch=read_intake(SENT[number]).touch, now=NOW)
        card = Client.objects.get(pk=result.client_id)
        assert (card.is_vip, card.responsible_id) == (False, None)
        assert len(card.name) <= 300
        touch = Touch.objects.get()
        assert touch.channel == "form"
        assert len(touch.extra) <= 100
    with company_context(cast.other_company_id):
        assert not Client.objects.exists()
