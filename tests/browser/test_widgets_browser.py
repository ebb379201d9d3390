"""Widgets in a shop of somebody else's, under a strict policy: shown once, one at a time, true to their deadlines."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import test_site_browser
from browsing import PHONE, eventually, until, wire
from django.db import transaction
from test_chat_browser import axe, shot
from test_site_browser import AGENT, is_up, save, shop, told_to

from voronka.accounts.testing import make_company
from voronka.deals.services.shipped import ship
from voronka.kit.errors import Conflict
from voronka.kit.tenancy import company_context
from voronka.loyalty import services as loyalty
from voronka.orders import services as orders
from voronka.orders.testing import draft_for, make_shop
from voronka.people.models import Touch
from voronka.site.models import Showing
from voronka.site.services.widgets import save_stage, set_widget_on
from voronka.site.testing import make_site, make_widget

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AGREES = "Согласен на обработку данных, чтобы прислать код."
LEAVES = "document.dispatchEvent(new MouseEvent('mouseout', {clientY: -1, bubbles: true}))"
STILL = "JSON.stringify([document.body, document.querySelector('h1')].map((one) => one.getBoundingClientRect()))"


class Stage:
    """A company with a site, a shop with goods, and promos of single-use codes."""

    def __init__(self):
        now = datetime.now(UTC)
        self.cast = make_company(name="Ладная кухня", now=now)
        with self.inside():
            self.site = make_site(self.cast.owner, now)
            ship(actor=self.cast.owner, now=now)
            self.shop = make_shop(self.cast.owner, now=now - timedelta(days=1))
            draft = loyalty.PromoDraft(name="Скидка 5 %", is_batch=True, amount=Decimal(5))
            self.promo = loyalty.save_promo(actor=self.cast.owner, draft=draft, now=now).public_id
            save_stage(
                actor=self.cast.owner, site=self.site.public_id, look={"brand": "#2f4b3c"}, most_per_visit=9,
                gap_seconds=0, now=now,
            )  # fmt: skip

    def inside(self):
        """Be inside of the company, in a transaction."""
        return Inside(self.cast)

    def widget(self, kind, content, **rules):
        """Put a widget of a kind on the site."""
        with self.inside():
            return make_widget(
                self.cast.owner, self.site, datetime.now(UTC), kind=kind, name=kind, content=content, rules=rules
            )

    def off(self, *widgets):
        """Switch widgets off."""
        with self.inside():
            for one in widgets:
                set_widget_on(actor=self.cast.owner, public_id=one.public_id, is_on=False, now=datetime.now(UTC))

    def states(self):
        """Return kinds and states of what was shown."""
        with self.inside():
            return list(Showing.objects.order_by("id").values_list("widget__kind", "state"))


class Inside:
    def __init__(self, cast):
        self.place = company_context(cast.company_id, employee_id=cast.owner.employee_id)
        self.turn = transaction.atomic()

    def __enter__(self):
        self.place.__enter__()
        self.turn.__enter__()

    def __exit__(self, *why):
        self.turn.__exit__(*why)
        self.place.__exit__(*why)


def product_page(variant, price):
    about = {"@context": "https://schema.org", "@type": "Product", "name": variant.product.name, "sku": variant.code}
    about["offers"] = {"@type": "Offer", "price": price, "priceCurrency": "RUB"}
    return (
        f"<script type='application/ld+json'>{json.dumps(about)}</script><h1>{variant.product.name}</h1>"
        "<p>Цельный дуб, масло. Соберём за час.</p><button>В корзину</button><p>Вернуть можно 30 дней.</p>"
    )


def test_a_visitor_is_offered_one_thing_at_a_time_and_it_holds_what_it_says(visit, settings, tmp_path, monkeypatch):
    stage = Stage()
    with stage.inside():
        page = product_page(stage.shop.table, 1000)
    monkeypatch.setitem(test_site_browser.PAGES, "/table", page)
    teaser = stage.widget(
        "teaser", {"title": "Нравится? Вот скидка", "button": "Взять скидку", "promo": stage.promo, "minutes": 60},
        when="seconds", number=1, goods=True, often="once",
    )  # fmt: skip
    stop = stage.widget(
        "stop",
        {
            "title": "Оставить за вами скидку 5 %?", "button": "Оставить за мной", "no": "Не нужно",
            "promo": stage.promo, "minutes": 60, "contact": "either", "consent": AGREES, "thanks": "Код ваш.",
        },
        when="exit", number=0, goods=True, often="once",
    )  # fmt: skip
    with wire(tmp_path / "wire.log", settings), shop(stage.site, settings.WIRE_PORT) as base:
        eventually(lambda: is_up(settings.WIRE_PORT), 60)
        save(stage.site, stage.cast, origins=[base])
        guest = visit(user_agent=AGENT, language="ru")
        guest.goto(f"{base}/")  # no goods here: nothing is shown
        guest.goto(f"{base}/table")
        still = guest.evaluate(STILL)
        guest.get_by_text("Взять скидку").wait_for()
        assert guest.evaluate(STILL) == still
        assert guest.evaluate("document.activeElement === document.body")
        shot(guest, "widget-teaser-desk-ru")
        guest.get_by_text("Взять скидку").click()
        code = guest.locator(".code b").inner_text()
        # The code works in an order till its hour, and not a second longer.
        with stage.inside():
            showing = Showing.objects.get()
            assert showing.state == "acted"
            draft = draft_for(stage.shop, (stage.shop.table, 1), promo=code)
            with pytest.raises(Conflict) as refusal:
                place(stage, draft, showing.ends_at)
            assert refusal.value.code == "promo_late"
        with stage.inside():
            assert place(stage, draft, showing.ends_at - timedelta(seconds=1)).discount_sum == 50

        # Another page: the same hour goes on in the corner, and the code is there. Who leaves is offered more.
        guest.goto(f"{base}/table")
        guest.locator(".pill").click()
        assert guest.locator(".code b").inner_text() == code
        with stage.inside():
            assert Showing.objects.get().ends_at == showing.ends_at
        guest.evaluate(LEAVES)
        dialog = guest.get_by_role("dialog", name="Оставить за вами скидку 5 %?")
        dialog.wait_for()
        assert guest.locator("[data-voronka]").count() == 1
        assert dialog.locator(".price b").inner_text().replace("\u00a0", " ") == "950 ₽"
        shot(guest, "widget-stop-desk-ru")
        guest.get_by_role("button", name="Оставить за мной").click()
        guest.get_by_text("Напишите телефон или почту.").wait_for()
        guest.get_by_label("Телефон или почта").fill("+7 913 200-43-17")
        guest.get_by_text(AGREES).click()
        guest.get_by_role("button", name="Оставить за мной").click()
        guest.locator(".code b").wait_for()
        with stage.inside():
            [touch] = Touch.objects.filter(channel="form")
            assert touch.extra["consent"] == AGREES
        guest.keyboard.press("Escape")
        until(guest, "!document.querySelector('[data-voronka]')")
        assert stage.states() == [("teaser", "acted"), ("stop", "acted")]
        # What the server has said is over for him is not asked for again, whatever page he opens.
        asked = []
        guest.on("request", lambda one: asked.append(one.post_data or "") if "stage.next" in one.url else None)
        for _page in range(2):
            asked.clear()
            guest.goto(f"{base}/table")
            guest.wait_for_timeout(1_300)
            guest.evaluate(LEAVES)
            until(guest, f"JSON.parse(sessionStorage['voronka.over'] || '{{}}')['{stop.public_id}']")
        guest.wait_for_timeout(300)
        assert not [one for one in asked if teaser.public_id in one or stop.public_id in one]

        # A window takes the focus, keeps it inside and gives it back; closed once, it does not come again.
        stage.off(teaser, stop)
        popup = stage.widget(
            "popup", {"title": "Помочь выбрать?", "text": "<b>Перезвоним</b> за минуту", "button": "Да",
            "contact": "phone", "consent": AGREES}, when="scenario", often="always",
        )  # fmt: skip
        monkeypatch.setitem(
            test_site_browser.PAGES,
            "/help",
            f"<h1>Помощь</h1><button data-voronka-open='{popup.public_id}'>Спросить</button>",
        )
        eventually(lambda: knows(stage, settings, base))
        other = visit(user_agent=AGENT, language="en", viewport=PHONE, bypass_csp=True)
        other.goto(f"{base}/help")
        until(other, "!!localStorage['voronka.s']")
        other.wait_for_timeout(1_500)
        other.get_by_text("Спросить").click()
        dialog = other.get_by_role("dialog")
        dialog.wait_for()
        assert dialog.get_by_text("<b>Перезвоним</b> за минуту").is_visible()
        for _step in range(7):
            other.keyboard.press("Tab")
            assert other.evaluate("document.activeElement.dataset.voronka") == "widget"
        inner = (
            "[...document.querySelector('[data-voronka]').shadowRoot.querySelectorAll('button,.field input,.tick')]"
        )
        assert other.evaluate(f"{inner}.every((one) => one.getBoundingClientRect().height >= 44)")
        sound(other)
        shot(other, "widget-popup-phone-en")
        other.keyboard.press("Escape")
        assert other.evaluate("document.activeElement.textContent") == "Спросить"
        # Whose browser asks not to be followed opens the same himself; nothing is kept, nothing else is asked.
        quiet, sent = visit(user_agent=AGENT), []
        quiet.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
        quiet.on("request", lambda one: sent.append(one.url.rsplit("/", 1)[-1]) if one.method == "POST" else None)
        quiet.goto(f"{base}/help")
        quiet.wait_for_timeout(2_500)
        assert sent == []
        quiet.get_by_text("Спросить").click()
        quiet.get_by_role("dialog").wait_for()
        quiet.keyboard.press("Escape")
        eventually(lambda: sent == ["stage.open", "stage.told", "stage.told"])
        assert quiet.evaluate("[Object.keys(localStorage).length, Object.keys(sessionStorage).length]") == [0, 0]
        quiet.context.close()
        bar = stage.widget("bar", {"title": "Доставка", "text": "бесплатно от 5 000 ₽", "button": "Ок"}, number=0)
        eventually(lambda: knows(stage, settings, base, bar))
        for size, name in ((None, "desk"), (PHONE, "phone")):
            third = visit(user_agent=AGENT, language="ru", bypass_csp=True, **({"viewport": size} if size else {}))
            third.goto(f"{base}/long")
            third.get_by_text("бесплатно от 5 000 ₽").wait_for()
            sound(third)
            shot(third, f"widget-bar-{name}-ru")

        # The pages on which they are made.
        for language, size, name in (("ru", None, "desk"), ("en", PHONE, "phone")):
            desk = visit(stage.cast.owner, language=language, bypass_csp=True, **({"viewport": size} if size else {}))
            desk.set_default_navigation_timeout(120_000)
            for path, what in (
                (f"sites/{stage.site.public_id}/widgets/", "widgets"),
                (f"sites/{stage.site.public_id}/widgets/new/", "widget-new"),
                (f"sites/{stage.site.public_id}/look/", "look"),
                (f"widgets/{stop.public_id}/", "widget"),
            ):
                desk.goto(f"/{path}")
                if what == "widget":
                    frame = desk.frame_locator("iframe")
                    frame.locator(".price b").wait_for()
                    desk.locator("[name=c-title]").fill("Не уходите!")
                    frame.get_by_text("Не уходите!").wait_for()
                shot(desk, f"site-{what}-{name}-{language}")
                axe(desk)


def sound(page):
    """Look for what hinders people: of the widget, not of the shop, whose page names no language."""
    page.evaluate("document.documentElement.lang = 'ru'")
    axe(page)


def place(stage, draft, at):
    return orders.place(draft, actor=stage.cast.owner, now=at, operation=uuid.uuid4())


def knows(stage, settings, base, widget=None):
    """Tell whether the wire server tells those who come of what was changed."""
    told = json.dumps(told_to(base, settings, stage.site), separators=(",", ":"))
    wanted = [] if widget is None else [widget.public_id]
    return '"stage"' in told and all(one in told for one in wanted) and '"when":"exit"' not in told
