"""The palette: who is found, what is marked, and that nothing of others shows."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils.safestring import SafeString

from voronka.deals.testing import NOON, make_client, make_deal, make_shop
from voronka.deals.views.search import find_groups, marked

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db):
    return make_shop()


def names(groups, of):
    return [str(row.name_html) for group in groups if group.name == of for row in group.rows]


def test_a_client_is_found_with_his_deals(shop):
    with shop.as_(shop.cast.owner) as owner:
        client = make_client("Smirnova Anna")
        make_deal(owner, client=client, title="Kitchen Smirn")
        groups = find_groups("smirn", owner, now=NOON)
    assert names(groups, "Clients") == ["<b>Smirn</b>ova Anna"]
    assert names(groups, "Deals") == ["Kitchen <b>Smirn</b>"]
    facts = next(group.rows[0].facts_html for group in groups if group.name == "Deals")
    assert isinstance(facts, SafeString), "the marks would show as letters"


def test_pages_and_actions_are_found_by_name(shop):
    with shop.as_(shop.cast.owner) as owner:
        groups = find_groups(">order", owner, now=NOON)
    assert "<b>Order</b> of the queue" in names(groups, "Actions")
    assert not names(groups, "Clients")


@pytest.mark.parametrize(
    ("text", "wanted", "said"),
    [
        ("<script>alert(1)</script>", "script", "&lt;<b>script</b>&gt;alert(1)&lt;/<b>script</b>&gt;"),
        ("A & B", "", "A &amp; B"),
        ("a.c abc", "a.c", "<b>a.c</b> abc"),
    ],
)
def test_marks_are_the_only_markup(text, wanted, said):
    assert str(marked(text, wanted)) == said


@pytest.mark.parametrize(
    ("text", "field"), [("Новиков Олег", "name"), ("+7 916 123-45-67", "phone"), ("R2-D2", "name")]
)
def test_who_is_not_found_can_be_added_without_typing_again(shop, text, field):
    with shop.as_(shop.cast.owner) as owner:
        groups = find_groups(text, owner, now=NOON)
    url = next(row.url for group in groups for row in group.rows if row.icon == "user-plus")
    assert parse_qs(urlsplit(url).query) == {field: [text]}
