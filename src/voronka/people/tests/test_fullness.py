"""How complete a card is: whose weights count, what is asked, how the answer is filled in."""

import pytest
from django.test import Client as Browser
from hypothesis import given
from hypothesis import strategies as st

from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.kit.actors import Access
from voronka.kit.errors import Denied, Invalid
from voronka.kit.tenancy import company_context
from voronka.people import queries, services
from voronka.people.models import Client, FieldWeight
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
