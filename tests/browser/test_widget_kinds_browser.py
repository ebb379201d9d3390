"""Each kind of widget in a shop of somebody else's, gone through as a visitor does: at a desk in Russian, on a phone in
English."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import test_site_browser
from browsing import PHONE, eventually, until, wire, worker
from test_chat_browser import axe, shot
from test_site_browser import AGENT, is_up, save, shop
from test_widgets_browser import Stage, product_page

from voronka.accounts.models import Company
from voronka.care.models import Invitation
from voronka.care.testing import make_survey
from voronka.catalogue.models import Product
from voronka.catalogue.testing import make_category
from voronka.deals import services as deals
from voronka.deals.models import Deal
from voronka.orders import services as orders
from voronka.orders.models import Order
from voronka.orders.services.shop_page import ShopPageDraft, save_shop_page
from voronka.orders.testing import draft_for
from voronka.people.models import Touch
from voronka.site.models import Showing
from voronka.site.services.ready import ready_widgets
from voronka.work import services as work
from voronka.work.models import Task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PLAIN = ("popup", "bar", "teaser", "stop")
OPENED = "!!document.querySelector('[data-voronka=widget]')?.shadowRoot.querySelector('.card,.modal')"
WIDE = "document.documentElement.scrollWidth > innerWidth"


def test_each_kind_is_opened_and_gone_through_by_a_visitor(visit, settings, tmp_path, monkeypatch):
    stage = Stage()
    categories = stock_up(stage)
    made = {language: kinds_of(stage, language, categories) for language in ("ru", "en")}
    with wire(tmp_path / "wire.log", settings), worker(tmp_path / "worker.log"):
        with shop(stage.site, settings.WIRE_PORT) as base:
            eventually(lambda: is_up(settings.WIRE_PORT), 60)
            save(stage.site, stage.cast, origins=[base])
            for language, size, name in (("ru", None, "desk"), ("en", PHONE, "phone")):
                guest = visit(
                    user_agent=AGENT, language=language, bypass_csp=True, timezone_id="Asia/Yekaterinburg",
                    **({"viewport": size} if size else {}),
                )  # fmt: skip
                with stage.inside():
                    # He says who he is on the way, and is the same on both: nobody is asked twice within days.
                    Invitation.objects.update(asked_at=datetime.now(UTC) - timedelta(days=400))
                    page = f"<html lang={language}>{product_page(stage.shop.table, 1000)}"
                buttons = "".join(
                    f"<p><button data-voronka-open='{one}'>{kind}</button></p>"
                    for kind, one in made[language].items()
                )
                monkeypatch.setitem(test_site_browser.PAGES, "/kinds", page + buttons)
                guest.goto(f"{base}/kinds")
                guest.wait_for_timeout(2_500)
                for kind in made[language]:
                    guest.get_by_role("button", name=kind, exact=True).click()
                    until(guest, OPENED)
                    guest.wait_for_timeout(400)
                    axe(guest)
                    assert not guest.evaluate(WIDE)
                    shot(guest, f"widget-{kind}-{name}-{language}")
                    WALKS.get(kind, lambda *_about: None)(guest, language, stage)
                    shot(guest, f"widget-{kind}-{name}-{language}-done")
                    guest.keyboard.press("Escape")
                    until(guest, "!document.querySelector('[data-voronka=widget]')")
    with stage.inside():
        told = list(Touch.objects.filter(extra__has_key="widget").order_by("id"))
        assert [one.extra["widget"] for one in told] == ["callback", "quiz", "order"] * 2
        assert "Для кого выбираете? в подарок" in told[1].message
        acted = Showing.objects.filter(state="acted").values_list("widget__kind", flat=True)
        assert sorted(acted) == sorted(["callback", "quiz", "poll", "spinner", "order"] * 2)


def stock_up(stage):
    """Put the goods into categories, sell some of them, and let somebody work whenever the test runs."""
    with stage.inside():
        work.set_week(actor=stage.cast.owner, employee_id=None, week=[work.Hours(0, 1439)] * 7, lunch=None)
        Company.objects.filter(pk=stage.cast.company_id).update(call_opens_minute=0, call_closes_minute=1440)
        tables, chairs = make_category("Столы"), make_category("Стулья")
        Product.objects.filter(pk=stage.shop.table.product_id).update(category=tables)
        Product.objects.filter(pk=stage.shop.chair.product_id).update(category=chairs)
        draft = draft_for(stage.shop, (stage.shop.table, 1), (stage.shop.chair, 4))
        orders.place(draft, actor=stage.cast.owner, now=datetime.now(UTC), operation=uuid.uuid4())
        save_shop_page(ShopPageDraft(is_on=True), actor=stage.cast.owner)
        way = orders.DeliveryDraft(name="До двери", kind="courier", cost=Decimal(300), free_from=Decimal(2_500))
        orders.save_delivery(way, actor=stage.cast.owner)
    return tables.public_id, chairs.public_id


def kinds_of(stage, language, categories):
    """Put each ready widget that is not plain on the site, one of a kind; return their ids by kind."""
    made = {}
    for one in ready_widgets(language).values():
        if one.kind in made or one.kind in PLAIN:
            continue
        content = dict(one.content)
        if one.kind == "proof":
            content["least"] = 1
        if one.kind == "quiz":
            first, *rest = content["questions"]
            named = zip(first["answers"], categories, strict=True)
            answers = [{**answer, "category": category} for answer, category in named]
            content["questions"] = [{**first, "answers": answers}, *rest]
        if one.kind == "spinner":
            content["prizes"] = [{**prize, "promo": stage.promo} for prize in content["prizes"]]
        if one.kind == "survey":
            with stage.inside():
                content["survey"] = make_survey(
                    stage.cast.owner, now=datetime.now(UTC), name=language, moment="site", delay_hours=0
                ).public_id
        made[one.kind] = stage.widget(one.kind, content, when="scenario").public_id
    return made


def fill(guest, language, phone, agrees):
    guest.get_by_label("Телефон" if language == "ru" else "Phone").fill(phone)
    guest.get_by_text(agrees).click()


def call_me(guest, language, stage):
    """Ask for a call: now in Russian, at an hour in English; the task is there before half a minute is over."""
    clocks = guest.locator(".clocks").inner_text()
    other = re.match("или|or ", guest.locator(".say").inner_text())
    assert bool(other) == bool(guest.locator(".now").count()), "an hour is another one only where “now” is offered"
    if language == "ru":
        assert "у вас, Екатеринбург" in clocks
        guest.get_by_label("Ваше имя").fill("Анна")
        fill(guest, language, "+79132004399", "Согласен на обработку")
        with stage.inside():
            first = deals.FirstStep("call", "", 2, datetime.now(UTC))
            deals.open_deal(
                actor=stage.cast.owner, client_id=stage.shop.client.pk, now=datetime.now(UTC), first=first
            )
        guest.locator(".main").click()
        guest.get_by_text("Спасибо! Позвоним, как договорились.").wait_for()
        eventually(lambda: is_head(stage, "Анна"), 30)
        return
    assert "with you, Yekaterinburg" in clocks
    hour = guest.locator(".hours button").nth(2)
    hour.click()
    shot(guest, "widget-callback-hour")
    fill(guest, language, "+79132004398", "I agree")
    guest.locator(".main").click()
    until(guest, "!!document.querySelector('[data-voronka=widget]').shadowRoot.querySelector('[role=status]')")
    eventually(lambda: is_promised(stage), 30)


def is_promised(stage):
    """Tell whether a call is promised for an hour to come."""
    with stage.inside():
        return Task.objects.filter(is_open=True, band=0, ready_at__gt=datetime.now(UTC)).exists()


def is_head(stage, name):
    """Tell whether a colleague who asks for the next client now would be given this one."""
    with stage.inside():
        turn = deals.look_ahead(actor=stage.cast.colleague, besides=None, now=datetime.now(UTC))
        return turn is not None and Deal.objects.get(pk=turn.deal_id).client.name == name


def answer_quiz(guest, language, stage):
    """Answer by the keyboard and by hand, go back once, and leave a phone at the end."""
    later = {"ru": "Дальше", "en": "Next"}[language]
    assert guest.get_by_role("button", name=later).is_disabled()
    guest.get_by_role("radio").first.focus()
    guest.keyboard.press("ArrowRight")
    assert guest.get_by_role("radio").nth(1).get_attribute("aria-checked") == "true"
    found = guest.locator(".found").inner_text()
    assert "1 из 2" in found if language == "ru" else "1 of 2" in found, found
    shot(guest, f"widget-quiz-chosen-{language}")
    guest.get_by_role("button", name=later).click()
    guest.get_by_role("button", name={"ru": "Назад", "en": "Back"}[language], exact=True).click()
    guest.get_by_role("radio").nth(1).click()
    guest.get_by_role("button", name=later).click()
    guest.get_by_role("radio").first.focus()
    guest.keyboard.press("2")
    guest.get_by_role("button", name=later).click()
    shot(guest, f"widget-quiz-end-{language}")
    fill(guest, language, "+79132004388", {"ru": "Согласен на обработку", "en": "I agree"}[language])
    guest.locator(".main").click()
    until(guest, "!document.querySelector('[data-voronka=widget]').shadowRoot.querySelector('input')")


def vote(guest, language, stage):
    guest.get_by_role("button", name="9", exact=True).click()
    until(guest, "!!document.querySelector('[data-voronka=widget]').shadowRoot.querySelector('[role=status]')")


def turn_wheel(guest, language, stage):
    guest.locator(".main").click()
    guest.locator(".code b").wait_for()
    axe(guest)


def look_at_goods(guest, language, stage):
    assert "Стул" in guest.locator(".goods").inner_text()


def look_at_numbers(guest, language, stage):
    guest.get_by_text({"ru": "Купили", "en": "Bought"}[language]).first.wait_for()


def look_at_shops(guest, language, stage):
    with stage.inside():
        assert stage.shop.place.name in guest.locator(".shops").inner_text()


def place_order(guest, language, stage):
    """See the full price first, choose how many and how they come, then say who it is: two steps."""
    price = guest.locator(".all b")
    guest.get_by_role("radio", name="До двери").check()
    assert digits(price) == "1300"
    more = guest.get_by_role("button", name={"ru": "Больше", "en": "More"}[language])
    more.click()
    assert digits(price) == "2300"
    shot(guest, f"widget-order-chosen-{language}")
    more.click()
    assert digits(price) == "3000"  # no charge from 2500 on
    guest.get_by_role("button", name={"ru": "Меньше", "en": "Fewer"}[language]).click()
    guest.locator(".main").click()
    axe(guest)
    guest.locator(".main").click()  # without a phone it is not taken
    guest.locator(".why:not([hidden])").wait_for()
    guest.get_by_label({"ru": "Ваше имя", "en": "Your name"}[language]).fill("Мария")
    guest.get_by_label({"ru": "Адрес", "en": "Address"}[language]).fill("Ленина, 1")
    fill(guest, language, "+79132004377", {"ru": "Согласен на обработку", "en": "I agree"}[language])
    shot(guest, f"widget-order-second-{language}")
    assert digits(guest.locator(".main")) == "2300"
    guest.locator(".main").click()
    until(guest, "!!document.querySelector('[data-voronka=widget]').shadowRoot.querySelector('[role=status].text')")
    link = guest.locator("a.main").get_attribute("href")
    with stage.inside():
        made = Order.objects.filter(channel="form").latest("id")
        assert made.total == Decimal(2_300)
        assert orders.token_of(made) in link


def digits(place):
    return "".join(re.findall(r"\d", place.inner_text()))


WALKS = {
    "callback": call_me, "quiz": answer_quiz, "poll": vote, "spinner": turn_wheel, "goods": look_at_goods,
    "proof": look_at_numbers, "places": look_at_shops, "order": place_order,
}  # fmt: skip
