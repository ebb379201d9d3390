"""How complete a card is: whose weights count, what is asked, how the answer is filled in."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from hypothesis import given
from hypothesis import strategies as st

from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.kit.actors import Access
from voronka.kit.errors import Denied, Invalid, Refusal
from voronka.kit.facets import facets_of
from voronka.kit.tenancy import company_context
from voronka.people import queries, services
from voronka.people.models import Client, ContactPerson, FieldWeight
from voronka.people.queries import lists
from voronka.people.queries.full_share import shares_of
from voronka.people.queries.fullness import list_weights
from voronka.people.queries.lists import Ask, read_page
from voronka.people.rules.completeness import share_of, worth_most
from voronka.people.testing import NOON, make_client

HTMX = {"HX-Request": "true"}


@pytest.fixture
def cast() -> Cast:
    return make_company()


def full(actor, client):
    client = Client.objects.get(pk=client.pk)
    contacts = queries.list_contacts(actor, [client.pk])[client.pk]
    return queries.fullness_of(actor, client, contacts, queries.fields_shown(actor))


WEIGHTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 100))


@given(weights=WEIGHTS, filled=st.sets(st.sampled_from("abcdefgh")))
def test_the_share_is_whole_only_when_nothing_of_weight_is_missing(weights, filled):
    share = share_of(weights, filled)
    missing = {code for code in weights if weights[code] and code not in filled}
    assert 0 <= share <= 100
    assert (share == 100) == (not missing)
    asked = worth_most(weights, filled, set(weights))
    assert (asked == "") == (not missing)
    assert not missing or weights[asked] == max(weights[code] for code in missing)
    for code in missing:
        assert share_of(weights, {*filled, code}) >= share


@pytest.mark.django_db
def test_the_missing_field_worth_most_is_asked_for(cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        services.add_field(actor=cast.owner, name="Бюджет", kind="money")
        client = make_client(cast.owner, phone="+79130000001", email="a@example.ru", city="Омск", source="site")
        found = full(cast.owner, client)
        assert (found.share, found.code) == (76, "birthday")  # 60 of 78
        services.fill_field(actor=cast.owner, client_id=client.pk, code="birthday", value="03.05.1990", now=NOON)
        found = full(cast.owner, client)
        assert (found.share, found.code, found.question) == (96, "custom.byudzhet", "Бюджет?")
        services.set_weights(
            actor=cast.owner, weights={"custom.byudzhet": (50, "На какую сумму рассчитываете?"), "address": (9, "")}
        )
        found = full(cast.owner, client)
        assert (found.share, found.question) == (55, "На какую сумму рассчитываете?")  # 75 of 134
        services.fill_field(actor=cast.owner, client_id=client.pk, code="custom.byudzhet", value="100 000", now=NOON)
        assert full(cast.owner, client).code == "address"
        services.fill_field(actor=cast.owner, client_id=client.pk, code="address", value="Мира, 1", now=NOON)
        assert full(cast.owner, client) == queries.Fullness(100)
        assert services.set_weights(actor=cast.owner, weights={"address": (9, "")}) == []
        firm = make_client(cast.owner, "ООО Ромашка", kind="organisation", phone="+79130000002")
        services.set_weights(actor=cast.owner, weights={"custom.byudzhet": (0, "")})
        assert full(cast.owner, firm).code == "inn"


@pytest.mark.django_db
def test_what_a_role_may_not_see_or_change_is_not_asked_and_not_told(cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        client = make_client(cast.owner, phone="+79130000001")
        hidden, shut = ({"client.birthday": one} for one in (Access.HIDDEN, Access.READ))
        narrow = cast.owner.__class__(**{**fields_of(cast.owner), "limits": hidden})
        reads = cast.owner.__class__(**{**fields_of(cast.owner), "limits": shut})
        before = full(narrow, client)
        assert full(cast.owner, client).code == "birthday"
        assert {before.code, full(reads, client).code} == {"email"}
        with pytest.raises(Denied):
            services.fill_field(actor=reads, client_id=client.pk, code="birthday", value="03.05.1990", now=NOON)
        services.fill_field(actor=cast.owner, client_id=client.pk, code="birthday", value="03.05.1990", now=NOON)
        assert full(narrow, client) == before


def fields_of(actor):
    return {name: getattr(actor, name) for name in actor.__dataclass_fields__}


@pytest.mark.django_db
def test_an_answer_fills_what_is_empty_and_nothing_else(cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        client = make_client(cast.owner, "Анна", phone="+79130000001", city="Омск")
        assert services.fill_field(actor=cast.owner, client_id=client.pk, code="city", value="Тверь", now=NOON) == []
        assert services.fill_field(actor=cast.owner, client_id=client.pk, code="phone", value="1", now=NOON) == []
        for code, value in (
            ("email", "no"),
            ("email", " "),
            ("moon", "1"),
            ("birthday", "31.02.1990"),
            ("persons", "x"),
        ):
            with pytest.raises(Invalid):
                services.fill_field(actor=cast.owner, client_id=client.pk, code=code, value=value, now=NOON)
        services.fill_field(actor=cast.owner, client_id=client.pk, code="name", value="Анна Смирнова", now=NOON)
        services.fill_field(actor=cast.owner, client_id=client.pk, code="email", value="A@example.ru", now=NOON)
        client.refresh_from_db()
        assert (client.first_name, client.last_name, client.city) == ("Анна", "Смирнова", "Омск")
        values = [one.value for one in queries.list_contacts(cast.owner, [client.pk])[client.pk]]
        assert values == ["+79130000001", "a@example.ru"]
        for wrong in ({"moon": (1, "")}, {"phone": (101, "")}, {"phone": (1, "x" * 201)}):
            with pytest.raises(Invalid):
                services.set_weights(actor=cast.owner, weights=wrong)
        with pytest.raises(Denied):
            services.set_weights(actor=cast.colleague, weights={"phone": (1, "")})
        assert not FieldWeight.objects.exists()


@pytest.mark.django_db
def test_the_question_is_answered_on_the_card_and_weights_in_the_settings(cast):
    browser = sign_in(Browser(), cast.owner)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        client = make_client(cast.owner, phone="+79130000001")
    address = f"/clients/{client.public_id}/"
    assert f'href="{address}answer/"' in browser.get(address).content.decode()
    opened = browser.get(address + "answer/", headers=HTMX).content.decode()
    assert 'name="code" value="birthday"' in opened
    wrong = browser.post(address + "answer/", {"code": "birthday", "value": "31.02.1990"}, headers=HTMX)
    assert 'aria-invalid="true"' in wrong.content.decode()
    assert browser.post(address + "answer/", {"code": "birthday", "value": "31.02.1990"}).status_code == 422
    done = browser.post(address + "answer/", {"code": "birthday", "value": "3 мая 1990"}, headers=HTMX)
    assert "<form" not in done.content.decode()
    settings = "/settings/completeness/"
    assert browser.post(settings, {"weight-city": "много"}).status_code == 422
    assert browser.post(settings, {"weight-city": "90", "question-city": "Откуда вы?"}).status_code == 302
    assert "Откуда вы?" in browser.get(address).content.decode()


@pytest.fixture
def cards(cast):
    """Cards of both kinds, filled in to different degrees, with own fields that hold a value, nothing, or emptiness."""
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        services.add_field(actor=cast.owner, name="Бюджет", kind="money", code="budget")
        services.add_field(actor=cast.owner, name="Интерес", kind="choices", options=["кухня"], code="want")
        services.set_weights(
            actor=cast.owner, weights={"custom.budget": (50, ""), "address": (9, ""), "city": (0, "")}
        )
        whole = make_client(
            cast.owner, "Смирнова Анна", phone="+79130000001", email="a@example.ru", city="Омск", source="site",
            address="Мира, 1", birthday="03.05.1990", fields={"budget": "100", "want": ["кухня"]},
        )  # fmt: skip
        empty = make_client(cast.owner, "Боря")
        half = make_client(cast.owner, "Иванов Витя", phone="+79130000003", email="v@example.ru")
        Client.objects.filter(pk=half.pk).update(fields={"budget": "", "want": [], "gone": 1})
        firm = make_client(
            cast.owner, "ООО Ромашка", kind="organisation", phone="+79130000004", fields={"budget": "5"}
        )
        person = make_client(cast.owner, "Контактов Глеб")
        ContactPerson.objects.create(organisation=firm, person=person, position="директор")
        yield [whole, empty, half, firm, person]


@pytest.mark.django_db
def test_the_database_tells_the_share_of_a_card_as_the_card_itself_does(cast, cards):
    told = shares_of([one.pk for one in cards])
    assert told == {one.pk: full(cast.owner, one).share for one in cards}
    assert max(told.values()) == 100
    assert len(set(told.values())) >= 4
    services.set_weights(actor=cast.owner, weights=dict.fromkeys(list_weights(queries.list_custom_fields()), (0, "")))
    assert set(shares_of([one.pk for one in cards]).values()) == {100}


@pytest.mark.django_db
def test_lists_are_filtered_and_put_in_order_by_completeness(cast, cards):
    shares = shares_of([one.pk for one in cards])
    for text, wanted in (("100", {100}), ("..20", {one for one in shares.values() if one <= 20})):
        page = read_page(cast.owner, Ask(filters={"full": text}))
        assert {shares[row.client.pk] for row in page.rows} == wanted
    rest = read_page(cast.owner, Ask(filters={"full:not": "100"})).rows
    assert len(rest) == 4
    found, after = [], ""
    for _page in range(3):  # pages of two go on where the last one ended
        page = read_page(cast.owner, Ask(sort="-full", after=after), size=2, with_full=True)
        found += [row.full for row in page.rows]
        after = page.after
    assert found == sorted(shares.values(), reverse=True)
    assert [row.full for row in read_page(cast.owner, Ask(sort="full"), with_full=True).rows] == sorted(
        shares.values()
    )
    browser = sign_in(Browser(), cast.owner)
    text = browser.get("/clients/?columns=full,city&sort=-full").content.decode().partition("<thead")[2]
    assert "100\u202f%" in text
    assert text.index("Заполнено, %") < text.index("Город")


@pytest.mark.django_db
def test_whoever_does_not_see_a_field_is_told_nothing_of_it_by_the_share(cast, cards):
    blind = replace(cast.owner, limits={"client.phone": Access.HIDDEN})
    assert "full" not in facets_of("client", blind)
    assert read_page(blind, Ask(filters={"full": "..50"})).problems == {"full": "unknown"}
    assert {row.full for row in read_page(blind, Ask(), with_full=True).rows} == {None}


@pytest.mark.django_db
@pytest.mark.parametrize("ask", [{"sort": "-full"}, {"filters": {"full": "50.."}}, {"filters": {"full:not": "100"}}])
def test_what_takes_too_long_to_reckon_is_refused_in_words_and_holds_up_nobody(
    cast: Cast, ask: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(*_given: object) -> list[Client]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")
        return []

    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        make_client(cast.owner)
        monkeypatch.setattr(lists, "RECKON_MILLISECONDS", 50)
        monkeypatch.setattr(lists, "_page", slowly)
        with pytest.raises(Refusal, match="narrow the list"):
            read_page(cast.owner, Ask(**ask))
        with connection.cursor() as cursor:  # whoever reads next in the transaction has all his time
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("0",)
        monkeypatch.setattr(lists, "RECKON_MILLISECONDS", 4_000)
        monkeypatch.setattr(lists, "_page", lambda *_given: [])
        assert read_page(cast.owner, Ask(**ask)).rows == []
