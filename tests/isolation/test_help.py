"""Every page has its help, in both languages, and the help speaks of pages that are there."""

import pytest
from django.test import Client as Browser
from django.urls import get_resolver
from isolation_table import all_rows

from voronka.accounts.testing import make_company, sign_in
from voronka.kit.help import LANGUAGES, find_topics, help_address, read_topic, topics

# What no person looks at by itself: files, ways on, and the help.
NO_PAGES = {
    "deals:home", "deals:ahead", "audience:funnel-team", "audience:funnel-goods", "accounts:export-take",
    "mfa_download_recovery_codes", "people:client-file", "people:import-progress", "people:import-rejected",
    "people:import-file", "deals:feed", "deals:phrase", "accounts:colleagues", "people:bulk-progress", "deals:file",
    "deals:papers", "deals:press-ask", "deals:press-menu", "deals:deal-export", "kit:help", "kit:help-topic",
    "deals:inbox-export", "work:task-export", "people:double-export", "people:bin-export", "billing:home",
    "billing:document-file", "billing:document-kept", "billing:document-page", "loyalty:promo-file",
    "loyalty:referral-panel", "care:answers-file", "billing:template-file", "orders:order-export",
    "billing:documents-export",
    "billing:payments-export", "billing:order-papers", "orders:wave-sheet", "orders:shipment-sheet",
    "stock:paper-sheet", "messaging:talk-canned", "messaging:talk-count", "messaging:talk-parts",
    "messaging:talk-file", "messaging:talk-attached", "messaging:campaign-check", "messaging:campaign-progress",
    "site:client-panel", "site:talk-visitor",
}  # fmt: skip


def test_every_page_has_its_help() -> None:
    pages = {row.name for row in all_rows() if row.method == "GET" and not row.is_open} - NO_PAGES
    for language in LANGUAGES:
        told = {page for topic in topics(language).values() for page in topic.pages}
        assert pages - told == set(), language


def test_help_speaks_of_pages_that_are_there() -> None:
    every = {f"{space}:{name}" for space, (_path, part) in get_resolver().namespace_dict.items()
             for name in part.reverse_dict if isinstance(name, str)}  # fmt: skip
    every |= {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    for topic in topics("ru").values():
        assert set(topic.pages) <= every, topic.code


def test_both_languages_have_the_same_help() -> None:
    russian, english = topics("ru"), topics("en")
    assert list(russian) == list(english)
    for code, topic in russian.items():
        other = english[code]
        assert topic.pages == other.pages, code
        shapes = [[(len(part.paragraphs), len(part.points), len(part.keys)) for part in one.parts]
                  for one in (topic, other)]  # fmt: skip
        assert shapes[0] == shapes[1], code
    pages = [page for topic in russian.values() for page in topic.pages]
    assert len(pages) == len(set(pages)), "a page has one help"


def test_a_broken_text_is_told() -> None:
    for text in ("Работа\npages: a\n", "# Работа\nтекст\n"):
        with pytest.raises(ValueError, match="help x"):
            read_topic("x", text)


def test_words_find_the_help_by_title_first() -> None:
    assert find_topics("планер", "ru")[0].code == "planner"
    assert find_topics("PLANNER", "en")[0].code == "planner"
    assert [one.code for one in find_topics("двойник", "ru")]
    assert find_topics("квазар", "ru") == []
    assert help_address("nowhere:nothing") == "/help/"


@pytest.mark.django_db
def test_the_page_leads_to_its_help_and_the_palette_finds_it() -> None:
    browser = sign_in(Browser(), make_company().owner)
    assert 'href="/help/clients/"' in browser.get("/clients/").content.decode()
    page = browser.get("/help/clients/")
    assert "<h1" not in browser.get("/help/clients/", headers={"HX-Request": "true"}).content.decode()
    assert "последним цифрам телефона" in page.content.decode().replace("\xa0", " ")
    assert browser.get("/help/nothing/").status_code == 404
    assert "/help/planner/" in browser.get("/search/", {"q": "планер"}).content.decode()
    assert "/help/planner/" in browser.get("/help/", {"q": "планер"}).content.decode()
