"""The pages of the knowledge base."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.kit.tenancy import company_context
from voronka.messaging.models import Article, Learnt, Synonyms, Unanswered
from voronka.messaging.services import answers as services
from voronka.messaging.services.answers import ArticleDraft

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
LIST = "/answers/"


@pytest.fixture
def cast() -> Cast:
    made = make_company()
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        for title, answer in (("Сколько стоит доставка?", "350 рублей."), ("Как вернуть товар?", "За 14 дней.")):
            services.save_article(actor=made.owner, draft=ArticleDraft(title, answer), now=NOW)
    return made


@pytest.fixture
def browser(cast: Cast) -> Browser:
    return sign_in(Browser(), cast.owner)


def shown(browser: Browser, address: str, status: int = 200) -> str:
    answer = browser.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == status
    return answer.content.decode()


def test_an_answer_is_written_changed_switched_and_deleted(cast: Cast, browser: Browser) -> None:
    typed = {
        "title": "Есть ли парковка?",
        "questions": "Где поставить машину?\n\n  Стоянка ",
        "answer": "Да.\nДва часа.",
    }
    assert browser.post("/answers/new/", typed).status_code == 302
    with company_context(cast.company_id):
        made = Article.objects.get(title="Есть ли парковка?")
    assert made.questions == ["Где поставить машину?", "Стоянка"]
    address = f"/answers/{made.public_id}/"
    assert "Где поставить машину?" in shown(browser, address)
    assert browser.post(address, typed | {"answer": "Нет.", "version": "1"}).status_code == 302
    stale = browser.post(address, typed | {"answer": "Может быть.", "version": "1"})
    assert stale.status_code == 422
    assert "Может быть." in stale.content.decode()
    assert browser.post(f"{address}switch", {"what": "off"}).status_code == 302
    with company_context(cast.company_id):
        kept = Article.objects.get(pk=made.pk)
    assert (kept.answer, kept.is_on) == ("Нет.", False)
    assert browser.post(f"{address}delete").status_code == 302
    shown(browser, address, 404)


def test_a_tried_question_shows_answer_certainty_and_nearest_and_is_not_noted(cast: Cast, browser: Browser) -> None:
    page = shown(browser, LIST + "?ask=скока+стоит+доставка")
    said = page[page.index("v-tryout-said") : page.index("v-look")]
    assert "350 рублей." in said
    assert "<meter" in said
    unsure = shown(browser, LIST + "?ask=какая+погода+в+сочи")
    assert "350 рублей." not in unsure[unsure.index("v-tryout-said") : unsure.index("v-look")]
    with company_context(cast.company_id):
        assert not Unanswered.objects.exists()


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "%00", "😀" * 300, "a" * 5_000, "';--"])
def test_any_question_is_shown_as_text(browser: Browser, text: str) -> None:
    for name in ("ask", "q", "after"):
        page = browser.get(LIST, {name: text.replace("%00", "\0")})
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()


def test_the_list_is_searched_and_goes_on(cast: Cast, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Как вернуть товар?" not in shown(browser, LIST + "?q=ДОСТАВКА")
    assert "Сколько стоит доставка?" in shown(browser, LIST + "?q=350+рублей")
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        for number in range(60):
            draft = ArticleDraft(f"Вопрос номер {number:02}", "Ответ")
            services.save_article(actor=cast.owner, draft=draft, now=NOW)
    first = shown(browser, LIST)
    assert "after=50" in first
    assert "Вопрос номер 59" not in first
    assert "Вопрос номер 59" in shown(browser, LIST + "?after=50")


def test_the_list_keeps_to_its_statements(cast: Cast, browser: Browser) -> None:
    shown(browser, LIST)
    with CaptureQueriesContext(connection) as few:
        shown(browser, LIST)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        for number in range(20):
            services.save_article(actor=cast.owner, draft=ArticleDraft(f"Вопрос {number}", "Ответ"), now=NOW)
    with CaptureQueriesContext(connection) as many:
        shown(browser, LIST)
    assert len(many) == len(few)


def test_what_is_wrong_is_told_at_its_place_and_the_words_stay(browser: Browser) -> None:
    answer = browser.post("/answers/new/", {"title": "", "questions": "Стоянка", "answer": "Да"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_title_error"' in page or "id_title" in page
    assert "Стоянка" in page
    assert 'aria-invalid="true"' in page


def test_synonyms_are_kept_changed_and_deleted(cast: Cast, browser: Browser) -> None:
    assert browser.post("/answers/synonyms/", {"words": "дрель, сверлилка"}).status_code == 302
    with company_context(cast.company_id):
        row = Synonyms.objects.get()
    assert row.words == ["дрель", "сверлилка"]
    wrong = browser.post("/answers/synonyms/", {"words": "дрель", "id": row.public_id})
    assert wrong.status_code == 422
    assert browser.post("/answers/synonyms/", {"words": "дрель шуруповёрт", "id": row.public_id}).status_code == 302
    assert "шуруповёрт" in shown(browser, "/answers/synonyms/")
    assert browser.post("/answers/synonyms/", {"id": row.public_id, "what": "delete"}).status_code == 302
    with company_context(cast.company_id):
        assert not Synonyms.objects.exists()


def test_a_proposal_goes_from_an_employee_to_approval_and_into_the_list(cast: Cast, browser: Browser) -> None:
    manager = sign_in(Browser(), cast.colleague)
    typed = {"question": "Можно ли с собакой?", "answer": "Да, на поводке."}
    assert manager.post("/answers/propose/", typed).status_code == 302
    assert "Можно ли с собакой?" in shown(manager, "/answers/learnt/")
    with company_context(cast.company_id):
        row = Learnt.objects.get()
    address = f"/answers/learnt/{row.public_id}/judge"
    assert manager.post(address, {"what": "approve"}).status_code == 403
    wrong = browser.post(address, {"what": "approve", "question": "Сколько стоит доставка?", "answer": "Так"})
    assert wrong.status_code == 422
    assert "Так" in wrong.content.decode()
    said = {"what": "approve", "question": "Можно ли с собакой?", "answer": "Да, если она мала."}
    assert browser.post(address, said).status_code == 302
    assert browser.post(address, said).status_code == 409
    assert "Да, если она мала." in shown(manager, LIST)


def test_questions_without_an_answer_are_dealt_with(cast: Cast, browser: Browser) -> None:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        for question in ("рефанд товара оформите", "гороскоп на завтра", "где постирать кота"):
            services.answer_question(question, now=NOW)
        rows = list(Unanswered.objects.order_by("id"))
        target = Article.objects.get(title="Как вернуть товар?")
    assert "гороскоп на завтра" in shown(browser, "/answers/unanswered/")
    form = shown(browser, f"/answers/new/?unanswered={rows[2].public_id}&title=где+постирать+кота")
    assert "где постирать кота" in form
    acts = [
        (f"/answers/unanswered/{rows[0].public_id}/act", {"article": target.public_id}),
        (f"/answers/unanswered/{rows[1].public_id}/act", {"what": "aside"}),
        ("/answers/new/", {"title": "Где постирать кота?", "answer": "Нигде", "unanswered": rows[2].public_id}),
    ]
    for address, data in acts:
        assert browser.post(address, data).status_code == 302
    with company_context(cast.company_id):
        assert list(Unanswered.objects.order_by("id").values_list("state", flat=True)) == [
            "answered",
            "aside",
            "answered",
        ]
        assert Article.objects.get(pk=target.pk).questions == ["рефанд товара оформите"]


def test_a_manager_reads_and_may_not_write(cast: Cast) -> None:
    manager = sign_in(Browser(), cast.colleague)
    with company_context(cast.company_id):
        article = Article.objects.first()
    assert article is not None
    page = shown(manager, f"/answers/{article.public_id}/")
    assert "<textarea" not in page
    assert "delete" not in page
    for address in ("/answers/new/", "/answers/unanswered/"):
        shown(manager, address, 403)
    assert manager.post(f"/answers/{article.public_id}/", {"title": "А", "answer": "Б"}).status_code == 403
    with company_context(cast.company_id):
        assert Article.objects.get(pk=article.pk).title == article.title
