"""Cards: made, changed, refused; rights; two editors."""

from collections.abc import Mapping
from datetime import date

import pytest

from voronka.accounts.testing import Cast, add_person
from voronka.kit.errors import Denied, Invalid, NotFound
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.people import queries, services
from voronka.people.models import Client, Consent, ContactPoint, MatchKey, Note
from voronka.people.services import CardChanged, ClientDraft, ConsentDraft, ContactDraft
from voronka.people.testing import NOON, make_client


def phones(*values: str) -> tuple[ContactDraft, ...]:
    return tuple(ContactDraft(kind="phone", value=value) for value in values)


def test_a_card_is_made_with_what_is_known(inside: Cast) -> None:
    client = services.create_client(
        actor=inside.owner,
        draft=ClientDraft(
            name="Смирнова Анна Петровна",
            contacts=(*phones("8 (391) 200-00-01 доб. 12"), ContactDraft(kind="email", value="Anna@Loft.ru")),
            birthday="14.03.1985",
            city="Красноярск",
            inn="500100732259",
        ),
        now=NOON,
    )
    client.refresh_from_db()
    assert (client.last_name, client.first_name, client.middle_name, client.gender) == (
        "Смирнова",
        "Анна",
        "Петровна",
        "f",
    )
    assert client.birthday == date(1985, 3, 14)
    assert (client.zone, client.zone_source, client.zone_sure) == ("Asia/Krasnoyarsk", "address", True)
    rows = list(ContactPoint.objects.order_by("position").values_list("kind", "value", "extension"))
    assert rows == [("phone", "+73912000001", "12"), ("email", "anna@loft.ru", "")]
    assert MatchKey.objects.filter(client=client).exists()
    assert EventRow.objects.get(name="people.ClientCreated").payload == {"client_id": client.pk, "channel": "hand"}


ZONES: list[tuple[Mapping[str, object], tuple[str, str]]] = [
    ({"zone": "Asia/Omsk", "city": "Москва"}, ("Asia/Omsk", "hand")),
    ({"browser_zone": "Asia/Omsk", "city": "Москва"}, ("Asia/Omsk", "browser")),
    ({"city": "Владивосток", "contacts": phones("+73912000001")}, ("Asia/Vladivostok", "address")),
    ({"contacts": phones("+73912000001")}, ("Asia/Krasnoyarsk", "phone")),
    ({"browser_zone": "Mars/Base"}, ("Europe/Moscow", "company")),
    ({}, ("Europe/Moscow", "company")),
]


@pytest.mark.parametrize(("draft", "zone"), ZONES)
def test_the_zone_comes_from_the_best_source(inside: Cast, draft: dict[str, object], zone: tuple[str, str]) -> None:
    client = make_client(inside.owner, **draft)
    assert (client.zone, client.zone_source) == zone


WRONG: list[tuple[dict[str, object], str]] = [
    ({"name": ""}, "name"),
    ({"name": "я" * 301}, "name"),
    ({"name": "я" * 10_000_000}, "name"),
    ({"contacts": phones("12")}, "contact_0"),
    ({"contacts": phones("+79130000001", "нет такого")}, "contact_1"),
    ({"contacts": (ContactDraft(kind="email", value="anna@"),)}, "contact_0"),
    ({"contacts": (ContactDraft(kind="pager", value="1"),)}, "contact_0"),
    ({"contacts": (ContactDraft(kind="site", value="javascript:alert(1)"),)}, "contact_0"),
    ({"birthday": "31.02.2026"}, "birthday"),
    ({"birthday": "01.01.2027"}, "birthday"),
    ({"zone": "Europe/Atlantis"}, "zone"),
    ({"inn": "7707083894"}, "inn"),
    ({"ogrn": "1027700132196"}, "ogrn"),
    ({"account": "40702810900000000001"}, "account"),
    ({"call_opens_minute": 600}, "call_opens_minute"),
    ({"call_opens_minute": 900, "call_closes_minute": 600}, "call_opens_minute"),
    ({"responsible_id": 999_999_999}, "responsible_id"),
    ({"comment": "я" * 10_001}, "comment"),
    ({"fields": {"budget": "1"}}, "field_budget"),
]


@pytest.mark.parametrize(("draft", "field"), WRONG)
def test_a_wrong_field_is_named_and_nothing_is_kept(inside: Cast, draft: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        services.create_client(actor=inside.owner, draft=ClientDraft(**({"name": "Анна"} | draft)), now=NOON)
    assert set(refusal.value.fields) == {field}
    assert not Client.objects.exists()
    assert not EventRow.objects.filter(name="people.ClientCreated").exists()


def test_hidden_signs_are_taken_out_of_names(inside: Cast) -> None:
    client = make_client(inside.owner, "\u202eАн\u200bна\x07 <b>Смир\u0000нова</b>")
    assert client.name == "Анна <b>Смир нова</b>"


def test_a_card_needs_a_sign_to_be_known_by(inside: Cast) -> None:
    assert make_client(inside.owner, "", phone="89130000001").name == "+79130000001"


def test_an_edit_changes_only_what_it_names(inside: Cast) -> None:
    client = make_client(inside.owner, phone="+79130000001", city="Омск")
    codes = services.update_client(
        actor=inside.owner, client_id=client.pk, changes={"comment": "любит дуб"}, version=1, now=NOON
    )
    client.refresh_from_db()
    assert (codes, client.comment, client.version, client.city) == (["comment"], "любит дуб", 2, "Омск")
    assert EventRow.objects.get(name="people.ClientChanged").payload["fields"] == ["comment"]
    again = services.update_client(
        actor=inside.owner, client_id=client.pk, changes={"comment": "любит дуб"}, version=2, now=NOON
    )
    client.refresh_from_db()
    assert (again, client.version) == ([], 2)


def test_the_city_moves_the_zone_unless_it_was_set_by_hand(inside: Cast) -> None:
    client = make_client(inside.owner, city="Омск")
    services.update_client(
        actor=inside.owner, client_id=client.pk, changes={"city": "Владивосток"}, version=1, now=NOON
    )
    client.refresh_from_db()
    assert client.zone == "Asia/Vladivostok"
    services.update_client(
        actor=inside.owner, client_id=client.pk, changes={"zone": "Asia/Omsk"}, version=2, now=NOON
    )
    services.update_client(actor=inside.owner, client_id=client.pk, changes={"city": "Москва"}, version=3, now=NOON)
    client.refresh_from_db()
    assert (client.zone, client.zone_source) == ("Asia/Omsk", "hand")


def test_the_second_editor_learns_what_changed_and_saves_nothing(inside: Cast) -> None:
    client = make_client(inside.owner, city="Омск")
    services.update_client(
        actor=inside.owner,
        client_id=client.pk,
        changes={"city": "Томск", "contacts": phones("+79130000002")},
        version=1,
        now=NOON,
    )
    with pytest.raises(CardChanged) as conflict:
        services.update_client(
            actor=inside.owner, client_id=client.pk, changes={"city": "Тверь"}, version=1, now=NOON
        )
    assert conflict.value.current == {"city": "Томск"}
    assert {"city", "contacts"} <= conflict.value.changed
    assert conflict.value.version == 2
    client.refresh_from_db()
    assert client.city == "Томск"


def test_a_stranger_cannot_tell_that_the_card_exists(cast: Cast) -> None:
    with company_context(cast.company_id):
        client = make_client(cast.owner)
    with company_context(cast.other_company_id):
        for act in (
            lambda: queries.get_client(cast.stranger, client.public_id),
            lambda: services.update_client(
                actor=cast.stranger, client_id=client.pk, changes={"city": "X"}, version=1, now=NOON
            ),
            lambda: services.add_note(actor=cast.stranger, client_id=client.pk, text="x", now=NOON),
        ):
            with pytest.raises(NotFound):
                act()
    with company_context(cast.company_id):
        client.refresh_from_db()
        assert (client.city, Note.objects.count()) == ("", 0)


def test_a_manager_sees_his_own_and_the_common_cards(inside: Cast) -> None:
    theirs = make_client(inside.owner, "Чужой Клиент", responsible_id=inside.owner.employee_id)
    common = make_client(inside.owner, "Общий Клиент")
    assert [one.name for one in queries.list_clients(inside.colleague)] == ["Общий Клиент"]
    services.update_client(actor=inside.colleague, client_id=common.pk, changes={"city": "Омск"}, version=1, now=NOON)
    with pytest.raises(NotFound):
        services.update_client(
            actor=inside.colleague, client_id=theirs.pk, changes={"city": "Омск"}, version=1, now=NOON
        )
    theirs.refresh_from_db()
    assert theirs.city == ""


def test_a_reader_may_look_and_not_touch(inside: Cast) -> None:
    reader = add_person(inside.owner, "reader")
    client = make_client(inside.owner)
    assert queries.get_client(reader, client.public_id) == client
    with pytest.raises(Denied):
        services.update_client(actor=reader, client_id=client.pk, changes={"city": "Омск"}, version=1, now=NOON)
    with pytest.raises(Denied):
        make_client(reader, "Новый")
    with pytest.raises(Denied):
        services.record_consent(
            actor=reader, client_id=client.pk, consent=ConsentDraft(purpose="advertising"), source="x", now=NOON
        )
    client.refresh_from_db()
    assert (client.city, Client.objects.count(), Consent.objects.count()) == ("", 1, 0)


def test_the_newest_word_on_a_consent_holds(inside: Cast) -> None:
    client = make_client(inside.owner)
    for given in (True, False):
        services.record_consent(
            actor=inside.owner,
            client_id=client.pk,
            consent=ConsentDraft(purpose="advertising", channel="sms", given=given, text_version="2026-1"),
            source="по телефону",
            now=NOON,
        )
    assert [(one.given, one.text_version) for one in queries.list_consents(client.pk)] == [(False, "2026-1")]
    assert not queries.may_advertise(client.pk, "sms")
    assert Consent.objects.count() == 2


def test_likely_duplicates_show_while_typing(inside: Cast) -> None:
    known = make_client(inside.owner, phone="+7 913 000-00-01")
    make_client(inside.owner, "Петров Пётр", phone="+7 913 000-00-02")
    draft = ClientDraft(name="Смирнова Анна", contacts=phones("89130000001"))
    found = services.likely_duplicates(actor=inside.owner, draft=draft)
    assert [one.client for one in found] == [known]
    assert "phone" in found[0].signs
    services.mark_different(actor=inside.owner, one_id=known.pk, other_id=make_client(inside.owner, "Другая").pk)


def test_persons_speak_for_organisations(inside: Cast) -> None:
    firm = make_client(inside.owner, "ООО «Ромашка»", kind="organisation")
    anna = make_client(inside.owner)
    for position in ("бухгалтер", "директор"):
        services.add_contact_person(actor=inside.owner, organisation_id=firm.pk, person_id=anna.pk, position=position)
    assert [(one.person, one.position) for one in queries.list_contact_persons(firm.pk, inside.owner)] == [
        (anna, "директор")
    ]
    with pytest.raises(Invalid):
        services.add_contact_person(actor=inside.owner, organisation_id=anna.pk, person_id=firm.pk)
    services.remove_contact_person(actor=inside.owner, organisation_id=firm.pk, person_id=anna.pk)
    assert queries.list_contact_persons(firm.pk, inside.owner) == []
