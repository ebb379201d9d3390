"""A survey in a shop of somebody else's, after a purchase: answered by keys at a desk, by touch on a phone."""

from datetime import UTC, datetime

import pytest
import test_site_browser
from browsing import PHONE, eventually, until, wire
from test_chat_browser import axe, axe_in, shot
from test_site_browser import AGENT, is_up, save, shop
from test_widgets_browser import Stage

from voronka.care.models import Invitation, Response
from voronka.care.rules.questions import Question
from voronka.care.testing import QUESTIONS, make_survey

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OPENED = "!!document.querySelector('[data-voronka=widget]')?.shadowRoot.querySelector('.stars')"
CLOSED = "!document.querySelector('[data-voronka=widget]')"
ASKED = "document.querySelector('[data-voronka=widget]').shadowRoot.querySelectorAll('fieldset,textarea').length"
ACTIVE = "document.querySelector('[data-voronka=widget]').shadowRoot.activeElement?.getAttribute('aria-label')"
WIDE = "document.documentElement.scrollWidth > innerWidth"
ENGLISH = (
    Question("", "What went wrong?", "many", "bad", ("Delivery was late", "Damaged", "Something else")),
    Question("", "What did you like best?", "one", "good", ("The goods", "The price", "Delivery")),
    Question("", "Anything to add?", "text"),
)


def test_who_has_bought_rates_and_says_more_by_keys_and_by_touch(visit, settings, tmp_path, monkeypatch):
    stage, now = Stage(), datetime.now(UTC)
    surveys = {}
    with stage.inside():
        for language, name, ask, asked in (
            ("ru", "После покупки", "Удобно ли было заказать?", QUESTIONS),
            ("en", "After a purchase", "How was it to order?", ENGLISH),
        ):
            surveys[language] = make_survey(
                stage.cast.owner, now=now, name=name, moment="site", delay_hours=0, ask=ask, questions=asked
            )
    widgets = {
        language: stage.widget(
            "survey", {"title": "", "survey": row.public_id}, when="purchase", number=0, paths=[f"/thanks-{language}"]
        )
        for language, row in surveys.items()
    }
    for language in surveys:
        page = f"<html lang={language}><h1>OK</h1><div data-voronka-purchase='N-77' data-sum='12400.50'></div>"
        monkeypatch.setitem(test_site_browser.PAGES, f"/thanks-{language}", page)
    with wire(tmp_path / "wire.log", settings), shop(stage.site, settings.WIRE_PORT) as base:
        eventually(lambda: is_up(settings.WIRE_PORT), 60)
        save(stage.site, stage.cast, origins=[base])

        desk = visit(user_agent=AGENT, language="ru", bypass_csp=True)
        desk.goto(f"{base}/thanks-ru")
        until(desk, OPENED)
        desk.wait_for_timeout(400)
        axe(desk)
        shot(desk, "survey-desk-ru")
        desk.get_by_role("button", name="5 – отлично").press("Enter")
        until(desk, f"{ASKED} === 2")
        desk.get_by_role("button", name="2 – плохо").press("Enter")
        desk.get_by_text("Что пошло не так?").wait_for()
        until(desk, f"{ACTIVE} === '2 – плохо'")
        desk.keyboard.press("Tab")
        for _star in range(3):
            desk.keyboard.press("Tab")
        desk.keyboard.press("Space")
        desk.get_by_label("Что добавить?").fill("Курьер не позвонил")
        axe(desk)
        assert not desk.evaluate(WIDE)
        shot(desk, "survey-desk-ru-bad")
        desk.get_by_role("button", name="Отправить").press("Enter")
        until(desk, "!document.querySelector('[data-voronka=widget]').shadowRoot.querySelector('.stars')")
        axe(desk)
        shot(desk, "survey-desk-ru-done")
        desk.keyboard.press("Escape")
        until(desk, CLOSED)
        desk.reload()  # bought once, asked once
        desk.wait_for_timeout(1_500)
        assert desk.evaluate(CLOSED)

        phone = visit(user_agent=AGENT, language="en", bypass_csp=True, viewport=PHONE, has_touch=True)
        phone.goto(f"{base}/thanks-en")
        until(phone, OPENED)
        phone.wait_for_timeout(400)
        shot(phone, "survey-phone-en")
        phone.get_by_role("button", name="4 – good").tap()
        until(phone, f"{ASKED} === 2")
        phone.get_by_text("The price").tap()
        axe(phone)
        assert not phone.evaluate(WIDE)
        shot(phone, "survey-phone-en-good")
        phone.get_by_role("button", name="Close").tap()
        until(phone, CLOSED)
    with stage.inside():
        rows = list(Response.objects.order_by("id").select_related("invitation"))
        assert [(one.rating, one.is_bad) for one in rows] == [(2, True), (4, False)]
        assert list(rows[0].answers.values()) == [["Опоздали"], "Курьер не позвонил"]
        assert rows[1].answers == {}, "he sent nothing more"
        assert set(Invitation.objects.values_list("order_number", "channel")) == {("N-77", "site")}
    assert stage.states() == [("survey", "acted"), ("survey", "acted")]
    look(visit, stage, widgets["ru"], surveys)


def look(visit, stage, widget, surveys):
    """See the widget's page with the survey as it is shown, and what has come of it."""
    page = visit(stage.cast.owner, language="ru")
    page.goto(f"/widgets/{widget.public_id}/")
    frame = page.frame_locator("iframe")
    page.locator(".v-widget-look").evaluate("(one) => one.scrollIntoView({block: 'start'})")
    frame.get_by_role("button", name="3 – так себе").click()
    frame.get_by_text("Опоздали").wait_for()
    page.locator("iframe").scroll_into_view_if_needed()
    shot(page, "survey-editor-ru")
    axe_in(visit, stage.cast, f"/surveys/{surveys['ru'].public_id}/?channel=site", "survey-results")
    axe_in(visit, stage.cast, f"/surveys/{surveys['en'].public_id}/edit/", "survey-edit")
