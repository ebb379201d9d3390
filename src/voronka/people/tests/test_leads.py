"""Touches: one person, one card, whatever way he comes."""

import pytest

from voronka.accounts.testing import Cast
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.people import queries, services
from voronka.people.models import Client, ContactPoint, Touch
from voronka.people.services import ConsentDraft, TouchData
from voronka.people.testing import NOON, make_client


def touch(cast: Cast, **more: object) -> services.TouchResult:
    data = TouchData(**({"channel": "form", "name": "Анна", "phones": ("+7 913 000-00-01",)} | more))
    return services.record_touch(actor=Actor.system(cast.company_id), touch=data, now=NOON)


def test_the_first_touch_makes_a_card_and_the_next_lands_on_it(inside: Cast) -> None:
    first = touch(inside, source="yandex", campaign="кухни")
    second = touch(inside, phones=("8 (913) 0000001",), emails=("anna@loft.ru",), source="vk")
    third = touch(inside, phones=(), emails=("ANNA@LOFT.RU",))
    assert (first.is_new, second.is_new, third.is_new) == (True, False, False)
    assert first.client_id == second.client_id == third.client_id
    client = Client.objects.get()
    assert (client.first_source, client.name) == ("yandex", "Анна")
    assert set(ContactPoint.objects.values_list("value", flat=True)) == {"+79130000001", "anna@loft.ru"}
    assert Touch.objects.count() == EventRow.objects.filter(name="people.LeadReceived").count() == 3


def test_who_names_no_source_is_told_by_where_he_came_from_and_the_first_one_stays(inside: Cast) -> None:
    touch(inside, referrer="https://ya.ru/search?q=кухни", medium="organic")
    touch(inside, source="vk", campaign="осень", referrer="https://vk.com/")
    client = Client.objects.get()
    assert client.first_source == "https://ya.ru/search?q=кухни"
    kept = Touch.objects.order_by("id").values_list("source", "medium", "campaign", "referrer")
    assert list(kept) == [
        ("", "organic", "", "https://ya.ru/search?q=кухни"),
        ("vk", "", "осень", "https://vk.com/"),
    ]


def test_a_known_card_is_found_by_its_outer_id(inside: Cast) -> None:
    client = make_client(inside.owner, external_id="crm-7")
    assert touch(inside, phones=("+79130000009",), external_id="crm-7").client_id == client.pk


def test_a_repeated_request_has_one_effect(inside: Cast) -> None:
    first = touch(inside, request_id="r1")
    again = touch(inside, request_id="r1", name="Другое имя")
    assert (again.touch_id, again.is_repeated) == (first.touch_id, True)
    assert Touch.objects.count() == 1


def test_what_nobody_knows_is_kept_and_consents_are_written(inside: Cast) -> None:
    found = touch(
        inside,
        extra={"цвет": "дуб"},
        consents=(ConsentDraft(purpose="advertising", text_version="v3"),),
        page="https://loft.ru/kitchen",
    )
    row = Touch.objects.get(pk=found.touch_id)
    assert row.extra == {"цвет": "дуб"}
    consent = queries.list_consents(found.client_id)[0]
    assert (consent.text_version, consent.source) == ("v3", "form: https://loft.ru/kitchen")
    assert queries.may_advertise(found.client_id, "email")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"phones": ()}, "phone"),
        ({"phones": ("12",)}, "phone"),
        ({"emails": ("не адрес",)}, "email"),
        ({"channel": "pigeon"}, "channel"),
        ({"message": "я" * 20_000}, "message"),
    ],
)
def test_a_wrong_touch_is_refused_whole(inside: Cast, data: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        touch(inside, **data)
    assert field in refusal.value.fields
    assert (Client.objects.count(), Touch.objects.count()) == (0, 0)


def test_companies_do_not_share_people(cast: Cast) -> None:
    with company_context(cast.company_id):
        touch(cast)
    with company_context(cast.other_company_id):
        other = services.record_touch(
            actor=Actor.system(cast.other_company_id),
            touch=TouchData(channel="form", phones=("+79130000001",)),
            now=NOON,
        )
        assert other.is_new
        assert Client.objects.count() == 1
