"""Questions and prizes as rows of the editor, every act a button of the form; widgets put away and brought back."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client as Browser
from django.urls import reverse

from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.catalogue.testing import make_category
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.loyalty import queries as loyalty
from voronka.loyalty.models import Promo
from voronka.loyalty.services.promos import set_promo_on
from voronka.loyalty.testing import make_batch
from voronka.site.models import Site, Widget
from voronka.site.services import widgets as services
from voronka.site.services.variants import add_variant
from voronka.site.services.widgets import drop_widget, restore_widget
from voronka.site.testing import make_site, make_widget

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
ASKED = [
    {"text": "Для кого?", "answers": [{"text": "себе"}, {"text": "в подарок", "leads": 3}]},
    {"text": "Что важнее?", "answers": [{"text": "цена"}, {"text": "вид", "note": "и цвет"}]},
    {"text": "Когда?", "answers": [{"text": "сейчас"}, {"text": "потом", "leads": -1}]},
]


@pytest.fixture
def cast() -> Iterator[Cast]:
    made = make_company()
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        yield made


@pytest.fixture
def site(cast: Cast) -> Site:
    return make_site(cast.owner, NOW)


@pytest.fixture
def browser(cast: Cast) -> Browser:
    return sign_in(Browser(), cast.owner)


def form_of(page: str) -> dict[str, list[str]]:
    """Return the form of a widget as a browser without script would send it."""
    form = page[page.index("<v-widget-look") : page.index("v-form-acts")]
    sent: dict[str, list[str]] = {}
    for tag, inner in re.findall(r"<(input|select|textarea)\b([^>]*)>", form):
        name = re.search(r'name="([^"]*)"', inner)
        if tag != "input" or name is None or ('type="checkbox"' in inner and not re.search(r"\bchecked\b", inner)):
            continue
        value = re.search(r'value="([^"]*)"', inner)
        sent.setdefault(name[1], []).append(value[1] if value else "")
    for name, inner in re.findall(r'<select\b[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        options = re.findall(r'<option\s+value="([^"]*)"([^>]*)>', inner)
        chosen = [value for value, rest in options if "selected" in rest] or [options[0][0]]
        sent.setdefault(name, []).extend(chosen[:1])
    for name, text in re.findall(r'<textarea\b[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        sent.setdefault(name, []).append(text)
    return sent


def questions_of(widget: Widget) -> list[tuple[str, list[tuple[str, int]]]]:
    held = Widget.objects.get(pk=widget.pk).content["questions"]
    return [(one["text"], [(own["text"], own["leads"]) for own in one["answers"]]) for one in held]


def test_a_quiz_is_written_by_rows_and_ways_follow_their_questions(cast: Cast, site: Site, browser: Browser) -> None:
    tables = make_category("Столы")
    widget = make_widget(cast.owner, site, NOW, kind="quiz", content={"questions": ASKED})
    url = reverse("site:widget", args=[widget.public_id])
    page = browser.get(url).content.decode()
    assert "=&gt;" not in page, "nobody learns a language of lines"
    kept = Widget.objects.get(pk=widget.pk)
    sent = form_of(page)
    assert browser.post(url, sent).status_code == 302
    now_kept = Widget.objects.get(pk=widget.pk)
    assert now_kept.content == kept.content, "what is saved untouched stays as it was"
    # A question more, with its answers, then carried up before the last one: nothing is saved till it is saved.
    sent = form_of(browser.get(url).content.decode())
    page = browser.post(url, sent | {"what": ["q-add"]}).content.decode()
    assert page.count("autofocus") == 1
    sent = form_of(page)
    assert [len(sent[f"c-q{key}-a"]) for key in sent["c-q"]] == [2, 2, 2, 2]
    sent |= {"c-q3-text": ["Какой размер?"], "c-q3-a0-text": ["до 120 см"], "c-q3-a1-text": ["больше"]}
    sent["c-q3-a1-category"] = ["столы"]
    page = browser.post(url, sent | {"what": ["a-add-3"]}).content.decode()
    sent = form_of(page)
    assert len(sent["c-q3-a"]) == 3
    sent["c-q3-a2-text"] = ["не знаю"]
    page = browser.post(url, sent | {"what": ["q-up-3"]}).content.decode()
    sent = form_of(page)
    assert [sent[f"c-q{key}-text"][0] for key in sent["c-q"]] == [
        "Для кого?", "Что важнее?", "Какой размер?", "Когда?",
    ]  # fmt: skip
    assert Widget.objects.get(pk=widget.pk).content == kept.content
    assert browser.post(url, sent).status_code == 302
    assert questions_of(widget) == [
        ("Для кого?", [("себе", 0), ("в подарок", 4)]),  # it leads to "Когда?" still, which is the fourth now
        ("Что важнее?", [("цена", 0), ("вид", 0)]),
        ("Какой размер?", [("до 120 см", 0), ("больше", 0), ("не знаю", 0)]),
        ("Когда?", [("сейчас", 0), ("потом", -1)]),
    ]
    assert Widget.objects.get(pk=widget.pk).content["questions"][2]["answers"][1]["category"] == tables.public_id
    # Who takes the question out to which an answer led sends it to the next one.
    sent = form_of(browser.get(url).content.decode())
    sent = form_of(browser.post(url, sent | {"what": ["q-drop-3"]}).content.decode())
    sent = form_of(browser.post(url, sent | {"what": ["a-drop-2-1"]}).content.decode())
    browser.post(url, sent)
    assert questions_of(widget) == [
        ("Для кого?", [("себе", 0), ("в подарок", 0)]),
        ("Что важнее?", [("цена", 0), ("вид", 0)]),
        ("Какой размер?", [("до 120 см", 0), ("не знаю", 0)]),
    ]


def test_what_is_wrong_with_a_question_is_said_beside_it_and_nothing_typed_is_lost(
    cast: Cast, site: Site, browser: Browser
) -> None:
    widget = make_widget(cast.owner, site, NOW, kind="quiz", content={"questions": ASKED})
    url = reverse("site:widget", args=[widget.public_id])
    kept, sent = widget.content, form_of(browser.get(url).content.decode())
    for change, words, typed in (
        ({"c-q1-a0-category": ["Люстры"]}, "Такой категории нет", 'value="Люстры"'),
        ({"c-q1-text": [""]}, "Это нужно", 'value="вид"'),
        ({"c-q2-a1-text": [""], "c-q2-a1-to": [""]}, "хотя бы два ответа", 'value="сейчас"'),
        ({"c-q2-a0-to": ["0"]}, "Это ведёт назад", 'value="сейчас"'),
    ):
        answer = browser.post(url, sent | change)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert words in page, words
        assert typed in page
        assert Widget.objects.get(pk=widget.pk).content == kept
    answer = browser.post(url, {name: value for name, value in sent.items() if not name.startswith("c-q")})
    assert "хотя бы один вопрос" in answer.content.decode()
    for garbage in ("q-up-99", "a-drop-0-77", "q-down-2", "q-up-0", "p-add", "q-drop-zz"):
        assert browser.post(url, sent | {"what": [garbage]}).status_code == 200
    look = browser.post(reverse("site:widget-look", args=[widget.public_id]), sent).content.decode()
    held = re.search(r'<script id="show" type="application/json">(.*?)</script>', look)
    assert held is not None
    asked = json.loads(held[1])["show"]["content"]["questions"]
    assert [one["text"] for one in asked] == ["Для кого?", "Что важнее?", "Когда?"], "the picture is of the rows"


@pytest.mark.parametrize("is_variant", [False, True])
def test_an_act_on_rows_hides_nothing_of_what_a_colleague_saved_meanwhile(
    cast: Cast, site: Site, browser: Browser, *, is_variant: bool
) -> None:
    widget = make_widget(cast.owner, site, NOW, kind="quiz", content={"questions": ASKED})
    url = reverse("site:widget", args=[widget.public_id])
    if is_variant:
        add_variant(actor=cast.owner, public_id=widget.public_id, now=NOW)
        url = reverse("site:widget-variant", args=[widget.public_id, 2])
    mine = form_of(browser.get(url).content.decode())
    theirs = {**mine, "c-q0-text": ["Для кого берёте?"]}
    assert browser.post(url, theirs).status_code == 302
    mine = form_of(browser.post(url, mine | {"what": ["q-up-1"]}).content.decode())
    answer = browser.post(url, mine)
    assert answer.status_code == 422
    assert "изменил" in answer.content.decode()
    assert 'value="Для кого берёте?"' in browser.get(url).content.decode()


def test_no_more_rows_are_offered_than_are_taken(cast: Cast, site: Site, browser: Browser) -> None:
    widget = make_widget(cast.owner, site, NOW, kind="quiz", content={"questions": ASKED})
    url = reverse("site:widget", args=[widget.public_id])
    page = browser.get(url).content.decode()
    for _nr in range(9):
        page = browser.post(url, form_of(page) | {"what": ["q-add"]}).content.decode()
    for _nr in range(8):
        page = browser.post(url, form_of(page) | {"what": ["a-add-0"]}).content.decode()
    sent = form_of(page)
    assert (len(sent["c-q"]), len(sent["c-q0-a"])) == (10, 8)
    assert 'value="q-add"' not in page
    assert 'value="a-add-0"' not in page


def test_prizes_are_rows_with_the_share_of_turns(cast: Cast, site: Site, browser: Browser) -> None:
    make_batch(cast.owner, now=NOW)
    promo = Promo.objects.get().public_id
    content = {"prizes": [{"text": "5 %", "weight": 3, "promo": promo}, {"text": "Ничего", "weight": 1}]}
    widget = make_widget(cast.owner, site, NOW, kind="spinner", content=content)
    url = reverse("site:widget", args=[widget.public_id])
    page = browser.get(url).content.decode()
    assert "75 %" in page
    assert "25 %" in page
    sent = form_of(browser.post(url, form_of(page) | {"what": ["p-add"]}).content.decode())
    sent |= {"c-p2-text": ["Доставка"], "c-p2-weight": ["4"]}
    sent = form_of(browser.post(url, sent | {"what": ["p-up-2"]}).content.decode())
    assert browser.post(url, sent).status_code == 302
    held = Widget.objects.get(pk=widget.pk).content["prizes"]
    assert [(one["text"], one["weight"], one["promo"]) for one in held] == [
        ("5 %", 3, promo), ("Доставка", 4, ""), ("Ничего", 1, ""),
    ]  # fmt: skip
    sent = form_of(browser.get(url).content.decode())
    wrong = browser.post(url, sent | {"c-p0-weight": ["много"]})
    assert wrong.status_code == 422
    assert 'value="много"' in wrong.content.decode()
    one = {name: value for name, value in sent.items() if name != "c-p"} | {"c-p": ["0"]}
    assert "хотя бы два приза" in browser.post(url, one).content.decode()


def test_a_promo_that_is_off_for_a_time_stays_chosen(cast: Cast, site: Site, browser: Browser) -> None:
    make_batch(cast.owner, now=NOW)
    promo = Promo.objects.get().public_id
    wheel = {"prizes": [{"text": "5 %", "weight": 3, "promo": promo}, {"text": "Ничего", "weight": 1}]}
    kept = {
        kind: make_widget(cast.owner, site, NOW, kind=kind, content=content).pk
        for kind, content in (("spinner", wheel), ("popup", {"title": "Скидка", "promo": promo, "minutes": 30}))
    }
    set_promo_on(actor=cast.owner, public_id=promo, is_on=False, now=NOW)
    for kind, pk in kept.items():
        widget = Widget.objects.get(pk=pk)
        url = reverse("site:widget", args=[widget.public_id])
        page = browser.get(url).content.decode()
        assert "Подарок (выключена)" in page, kind
        assert browser.post(url, form_of(page)).status_code == 302
        assert Widget.objects.get(pk=pk).content == widget.content, "else the prize would fall, and give no code"
    assert loyalty.batches(["", "nothere"]) == []


def test_a_widget_that_was_put_away_comes_back_with_its_numbers(cast: Cast, site: Site, browser: Browser) -> None:
    widget = make_widget(cast.owner, site, NOW, kind="popup", name="Скидка", content={"title": "Скидка"})
    listed = reverse("site:widgets", args=[site.public_id])
    act = reverse("site:widget-act", args=[widget.public_id])
    assert "archive=1" not in browser.get(listed).content.decode(), "an empty archive is not spoken of"
    page = browser.post(act, {"act": "drop"}, follow=True).content.decode()
    assert f"{act}?act=back" in page, "the notice takes it back at once"
    assert "1 виджет в архиве" in page
    away = browser.get(listed, {"archive": "1"}).content.decode()
    assert "Скидка" in away
    assert 'value="back"' in away
    assert 'value="on"' not in away
    assert browser.get(reverse("site:widget", args=[widget.public_id])).status_code == 404
    assert sign_in(Browser(), cast.stranger).post(act, {"act": "back"}).status_code == 404
    assert Widget.objects.get(pk=widget.pk).is_gone
    assert browser.post(f"{act}?act=back").status_code == 302
    row = Widget.objects.get(pk=widget.pk)
    assert (row.is_gone, row.is_on) == (False, False), "it is looked at before a visitor sees it"
    told = EventRow.objects.filter(name="site.WidgetSaved").order_by("-id").first()
    assert told is not None
    assert told.payload["is_gone"] is False
    assert "Архив пуст" in browser.get(listed, {"archive": "1"}).content.decode()


def test_no_more_come_back_than_a_site_may_have(cast: Cast, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    first = make_widget(cast.owner, site, NOW, kind="popup", content={"title": "1"})
    drop_widget(actor=cast.owner, public_id=first.public_id, now=NOW)
    make_widget(cast.owner, site, NOW, kind="popup", content={"title": "2"})
    monkeypatch.setattr(services, "MOST_WIDGETS", 1)
    with pytest.raises(Invalid):
        restore_widget(actor=cast.owner, public_id=first.public_id, now=NOW)
    assert Widget.objects.get(pk=first.pk).is_gone
    with pytest.raises(NotFound):
        restore_widget(actor=cast.owner, public_id="nothere", now=NOW)
