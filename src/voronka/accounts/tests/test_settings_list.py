"""The list of settings: groups an owner knows, a search by what people call things, nothing that a role may not."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.kit.actors import Actor
from voronka.kit.settings_menu import TITLES, SettingsGroup, settings_groups, settings_pages_for
from voronka.kit.tenancy import company_context

pytestmark = pytest.mark.django_db
MOST_IN_GROUP = 7  # more than this is read and not seen


@pytest.fixture
def cast() -> Iterator[Cast]:
    made = make_company()
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        yield made


def pages_of(actor: Actor) -> set[str]:
    return {one.code for one in settings_pages_for(actor)}


def test_every_page_stands_in_one_group_and_no_group_is_long(cast: Cast) -> None:
    every = settings_pages_for(cast.owner)
    groups = settings_groups(every)
    assert [code for code, _title, _pages in groups] == [one.value for one in SettingsGroup]
    assert [page.code for _code, _title, own in groups for page in own] == [page.code for page in every]
    assert all(2 < len(own) <= MOST_IN_GROUP for _code, _title, own in groups)
    for _code, _title, own in groups:
        assert len({page.order for page in own}) == len(own), "the order within a group is told, not left to chance"
        assert len({page.icon for page in own}) == len(own), "two pages beside one another with one sign"
    for lang in ("ru", "en"):
        with translation.override(lang):
            assert len({str(one) for one in TITLES.values()}) == len(SettingsGroup)
            assert len({str(page.title) for page in every}) == len(every)
            assert not [page.code for page in every if str(page.about).endswith(".")], "a line, as its neighbours"


@pytest.mark.parametrize(
    ("lang", "typed", "code"),
    [
        ("ru", "НДС", "requisites"),
        ("ru", "печать", "requisites"),
        ("ru", "доставка", "orders"),
        ("ru", "поставщик", "prices"),
        ("ru", "уволить", "employees"),
        ("ru", "права", "roles"),
        ("ru", "отпуск", "hours"),
        ("ru", "резервная копия", "export"),
        ("ru", "смс", "sms"),
        ("ru", "склад", "places"),
        ("ru", "недозвон", "pipelines"),
        ("ru", "скидки", "promo"),
        ("ru", "эквайринг", "providers"),
        ("ru", "виджет", "sites"),
        ("ru", "1С", "keys"),
        ("en", "vat", "requisites"),
        ("en", "Vacations", "hours"),
        ("en", "backup", "export"),
        ("en", "warehouse", "places"),
        ("en", "who may", "roles"),
    ],
)
def test_a_page_is_found_by_what_people_call_it(cast: Cast, lang: str, typed: str, code: str) -> None:
    with translation.override(lang):
        found = [one.code for one in settings_pages_for(cast.owner) if one.holds(typed)]
        assert code in found
        assert len(found) <= 5, "a search that finds half of all helps nobody"
        assert not [one for one in settings_pages_for(cast.owner) if one.holds(f"{typed} абракадабра")]


def test_the_page_shows_groups_and_the_search_leaves_what_was_found(cast: Cast, client: Client) -> None:
    sign_in(client, cast.owner)
    address = reverse("accounts:settings")
    page = client.get(address).content.decode()
    titles = re.findall(r'<h2 id="setups-(\w+)-title">', page)
    assert titles == [one.value for one in SettingsGroup]
    for own in titles:
        assert f'href="#setups-{own}"' in page, "a phone goes to a group by one press"
    found = client.get(address, {"q": "НДС"}).content.decode()
    assert re.findall(r'<h2 id="setups-(\w+)-title">', found) == ["money"]
    assert 'value="НДС"' in found
    assert reverse("billing:requisites") in found
    assert reverse("billing:numbering") not in found.partition('id="setups"')[2]
    answer = client.get(address, {"q": "НДС"}, headers={"HX-Request": "true"})
    assert "HX-Request" in answer["Vary"], "the way back shows the page, not a piece of it from the cache"
    piece = answer.content.decode()
    assert piece.startswith('<div id="setups">')
    assert "<header" not in piece
    nothing = client.get(address, {"q": "кофеварка\x00"}).content.decode()
    assert "Здесь такого нет" in nothing
    assert "?q=%D0%BA%D0%BE%D1%84%D0%B5%D0%B2%D0%B0%D1%80%D0%BA%D0%B0" in nothing, "the help is asked for the same"


def test_a_role_sees_and_finds_only_what_it_may_open(cast: Cast, client: Client) -> None:
    few = pages_of(cast.colleague)
    assert few < pages_of(cast.owner)
    sign_in(client, cast.colleague)
    answer = client.get(reverse("accounts:settings"), {"q": "ключи"})
    assert answer.status_code == (200 if few else 403)
    assert reverse("connect:keys") not in answer.content.decode()
