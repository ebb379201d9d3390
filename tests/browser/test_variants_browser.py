"""Two variants of a widget: written and looked at, shown to visitors of a shop, compared by what these do and buy."""

from datetime import UTC, datetime, timedelta

import pytest
import test_site_browser
from browsing import PHONE, eventually, wire
from test_chat_browser import axe, shot
from test_site_browser import AGENT, is_up, save, shop
from test_widgets_browser import AGREES, Stage, knows

from voronka.flows.testing import hear
from voronka.site.models import Showing, VisitEvent, WidgetVariant
from voronka.site.services.judging import judge_due
from voronka.trials.models import Exposure, Trial

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TITLES = {1: "Доставим бесплатно", 2: "Соберём за час"}


def test_two_variants_are_written_shown_and_compared(visit, settings, tmp_path, monkeypatch):
    stage = Stage()
    widget = stage.widget(
        "popup",
        {"title": TITLES[1], "text": "Оставьте телефон, и мы посчитаем.", "button": "Посчитать", "contact": "phone",
         "consent": AGREES, "thanks": "Перезвоним."},
        when="seconds", number=1, often="once",
    )  # fmt: skip
    desk = visit(stage.cast.owner, language="ru", bypass_csp=True)
    desk.set_default_navigation_timeout(120_000)
    page = f"/widgets/{widget.public_id}/test/"
    desk.goto(page)
    desk.get_by_role("button", name="Добавить вариант").click()
    desk.get_by_label("Название").fill("Сборка")
    desk.locator("[name=c-title]").fill(TITLES[2])
    desk.frame_locator("iframe").get_by_text(TITLES[2]).wait_for()
    shot(desk, "variant-desk-ru")
    axe(desk)
    desk.get_by_role("button", name="Сохранить").click()
    desk.get_by_text("Отличается: Заголовок").wait_for()
    desk.goto(page)
    shot(desk, "variants-draft-desk-ru")
    axe(desk)
    desk.get_by_role("button", name="Начать тест").click()
    desk.get_by_text("Тест идёт: каждый посетитель видит один").wait_for()

    with wire(tmp_path / "wire.log", settings), shop(stage.site, settings.WIRE_PORT) as base:
        eventually(lambda: is_up(settings.WIRE_PORT), 60)
        save(stage.site, stage.cast, origins=[base])
        monkeypatch.setitem(
            test_site_browser.PAGES, "/bought", "<div data-voronka-purchase='S-1' data-sum='9900'></div>"
        )
        eventually(lambda: knows(stage, settings, base, widget))
        seen = {}
        for _guest in range(12):  # who sees which is a hash of the visitor
            guest = visit(user_agent=AGENT, language="ru")
            guest.goto(f"{base}/long")
            dialog = guest.get_by_role("dialog")
            dialog.wait_for()
            arm = 1 if dialog.get_by_text(TITLES[1]).count() else 2
            assert dialog.get_by_text(TITLES[arm]).is_visible()
            if arm in seen:
                guest.close()
                continue
            seen[arm] = guest
            if len(seen) == 2:
                break
        assert set(seen) == {1, 2}
        # One leaves his phone, the other closes it; a reload shows neither of them the other variant.
        seen[2].get_by_label("Телефон").fill("+7 913 200-43-17")
        seen[2].get_by_text(AGREES).click()
        seen[2].get_by_role("button", name="Посчитать").click()
        seen[2].get_by_text("Перезвоним.").wait_for()
        seen[2].keyboard.press("Escape")
        seen[1].keyboard.press("Escape")
        seen[2].goto(f"{base}/bought")
        eventually(lambda: has_bought(stage))

    with stage.inside():
        numbers = dict(WidgetVariant.objects.values_list("public_id", "number"))
        states = {
            numbers[arm]: state for arm, state in Showing.objects.exclude(state="shown").values_list("arm", "state")
        }
        assert states == {1: "closed", 2: "acted"}
        trial = Trial.objects.get()
        assert {(one.arm, one.client_id is not None) for one in Exposure.objects.all()} >= {(1, False), (2, False)}
    judge_due_of(stage)
    with stage.inside():
        bought = Exposure.objects.get(buys=1)
        assert (bought.arm, bought.money, bought.client_id is not None) == (2, 9_900, True)

    # The numbers of the widget, the list of tests and the test itself, on a desk and on a phone.
    for language, size, name in (("ru", None, "desk"), ("en", PHONE, "phone")):
        desk = visit(stage.cast.owner, language=language, bypass_csp=True, **({"viewport": size} if size else {}))
        desk.set_default_navigation_timeout(120_000)
        for path, what in (
            (page, "running"), (f"/widgets/{widget.public_id}/", "widget"), ("/tests/", "tests"),
            (f"/widgets/{widget.public_id}/variants/2/", "frozen"), (f"/tests/{trial.public_id}/", "test"),
        ):  # fmt: skip
            desk.goto(path)
            if what == "frozen":
                desk.frame_locator("iframe").get_by_text(TITLES[2]).wait_for()
            wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            assert not desk.evaluate(wide), path
            shot(desk, f"variants-{what}-{name}-{language}")
            axe(desk)
    desk.get_by_role("link", name="popup").first.click()
    desk.wait_for_url(f"**{page}")

    # Taken by hand: from then on it is the widget's.
    desk = visit(stage.cast.owner, language="ru")
    desk.goto(f"/tests/{trial.public_id}/")
    desk.get_by_role("button", name="Взять этот").nth(1).click()
    desk.get_by_text("с этого времени").or_(desk.get_by_text("выбран")).first.wait_for()
    hear(stage.cast.company_id, "site.test_ended")
    desk.goto(f"/widgets/{widget.public_id}/")
    assert desk.locator("[name=c-title]").input_value() == TITLES[2]
    desk.goto(page)
    shot(desk, "variants-ended-desk-ru")


def has_bought(stage):
    with stage.inside():
        return VisitEvent.objects.filter(kind="purchase", about__number="S-1").exists()


def judge_due_of(stage):
    """Look at what was bought, and let tests hear who that was."""
    place = stage.inside().place
    with place:
        judge_due(now=datetime.now(UTC) + timedelta(seconds=1))
    hear(stage.cast.company_id, "site.tests_know", "site.tests_order")
