"""The whole auto-funnel in a shop of somebody else's, from the first look to the letter of a month later."""

from datetime import UTC, datetime, timedelta

import pytest
import test_site_browser
from browsing import eventually, until, wire
from test_chat_browser import shot
from test_site_browser import AGENT, is_up, save, shop
from test_widgets_browser import AGREES, LEAVES, Stage, product_page

from voronka.flows import services as flows
from voronka.flows.models import Run
from voronka.flows.services import drawing, ready
from voronka.flows.services.walking import walk
from voronka.loyalty.models import PromoCode
from voronka.messaging.models import Message, TalkLine
from voronka.messaging.services import chat
from voronka.people.services import ConsentDraft, record_consent
from voronka.people.testing import make_client
from voronka.site.models import Visitor
from voronka.site.services import judge_due
from voronka.site.services.chatting import SiteChatDraft, save_site_chat
from voronka.site.services.naming import proof_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LEFT = "!document.querySelector('[data-voronka=widget]')"


def draw(stage, teaser, stop):
    """Take the shop's funnel as it is shipped, with these widgets, and a wait that a test can live through."""
    owner, now = stage.cast.owner, datetime.now(UTC)
    row = ready.take(actor=owner, code="shop_funnel", now=now)
    for node, settings in {
        "n1": {"seconds": 2, "page": "this"},
        "n4": {"widget": teaser, "rank": "teaser", "promo": stage.promo, "minutes": 60},
        "n6": {"widget": stop, "rank": "offer", "promo": stage.promo, "minutes": 60},
        "n14": {"promo": stage.promo, "minutes": 10_080},
    }.items():
        drawing.set_node(
            actor=owner, public_id=row.public_id, rev=drawing.drawn_of(row).rev, node=node, settings=settings, now=now
        )  # fmt: skip
    # A test of one visitor: whichever share he falls to, he sees the teaser.
    rev = drawing.drawn_of(row).rev
    drawing.lead_to(actor=owner, public_id=row.public_id, rev=rev, place=("n3", "1"), to="n4", now=now)
    flows.publish_map(actor=owner, public_id=row.public_id, rev=drawing.drawn_of(row).rev, now=now)
    flows.switch(actor=owner, public_id=row.public_id, is_on=True, now=now)
    return row


def test_a_visitor_is_led_from_the_first_look_to_the_second_purchase(visit, settings, tmp_path, monkeypatch):
    stage = Stage()
    with stage.inside():
        owner = stage.cast.owner
        client = make_client(owner, name="Дарья Соколова", email="d@example.ru")
        agreed = ConsentDraft(purpose="advertising", channel="email")
        record_consent(actor=owner, client_id=client.pk, consent=agreed, source="Магазин", now=datetime.now(UTC))
        chat.save_chat(actor=owner, draft=chat.ChatDraft(is_on=True))
        save_site_chat(
            actor=owner, public_id=stage.site.public_id, draft=SiteChatDraft(is_on=True), now=datetime.now(UTC)
        )  # fmt: skip
        monkeypatch.setitem(test_site_browser.PAGES, "/table", product_page(stage.shop.table, 1000))
        monkeypatch.setitem(test_site_browser.PAGES, "/pay", "<h1>Оплата</h1><p data-voronka-checkout>К оплате</p>")
    teaser = stage.widget("teaser", {"title": "5 % на этот стол", "button": "Оставить за мной"}, when="scenario")
    stop = stage.widget(
        "stop",
        {"title": "Уходите без скидки?", "button": "Взять", "no": "Не нужно", "contact": "either", "consent": AGREES},
        when="scenario",
    )  # fmt: skip
    with stage.inside():
        draw(stage, teaser.public_id, stop.public_id)
    with wire(tmp_path / "wire.log", settings), shop(stage.site, settings.WIRE_PORT) as base:
        eventually(lambda: is_up(settings.WIRE_PORT), 60)
        save(stage.site, stage.cast, origins=[base])
        guest = visit(user_agent=AGENT, language="ru")

        # Two seconds with the product: the teaser; it is not there before. Closed, it does not come again.
        guest.goto(f"{base}/table")
        until(guest, "!!localStorage['voronka.s']")
        guest.get_by_text("5 % на этот стол").wait_for(timeout=20_000)
        shot(guest, "funnel-teaser-ru")
        line = SlowLine(guest, "**/w/call/stage.told")
        guest.get_by_role("button", name="Закрыть").click()
        until(guest, LEFT)

        # Leaving, before the server can know that he closed it: the offer with the price of the day, and its hour.
        guest.evaluate(LEAVES)
        guest.wait_for_timeout(1000)
        line.free()
        offer = guest.get_by_role("dialog", name="Уходите без скидки?")
        offer.wait_for()
        assert offer.locator(".price b").inner_text().replace("\u00a0", " ") == "950 ₽"
        shot(guest, "funnel-stop-ru")
        guest.get_by_role("button", name="Не нужно").click()
        until(guest, LEFT)

        # At the checkout the chat opens with a line, and nothing else is there; he goes on typing where he was.
        guest.goto(f"{base}/pay")
        guest.evaluate("document.body.append(Object.assign(document.createElement('input'), {id: 'phone'}))")
        guest.focus("#phone")
        guest.locator(".panel li .text").first.wait_for(timeout=20_000)
        guest.wait_for_timeout(500)
        guest.keyboard.type("+7 912")
        assert guest.input_value("#phone") == "+7 912"
        assert "Помочь с оплатой?" in guest.locator(".panel li .text").first.inner_text()
        assert guest.evaluate(LEFT)
        shot(guest, "funnel-chat-ru")
        with stage.inside():
            assert TalkLine.objects.filter(by="bot").count() == 1

        # Bought; his shop signs who he is.
        guest.goto(f"{base}/done")
        with stage.inside():
            signed = {"id": client.public_id, "proof": proof_of(stage.site.secret, client.public_id)}
        guest.evaluate("(who) => voronka.identify(who)", signed)
        guest.evaluate("voronka.flush()")

        def is_known():
            with stage.inside():
                judge_due(now=datetime.now(UTC) + timedelta(seconds=1))
                return Visitor.objects.filter(client=client.pk, is_proven=True).exists()

        eventually(is_known, 30)
        assert stage.states() == [("teaser", "closed"), ("stop", "closed")]
        eventually(lambda: waits(stage, "n10"), 30)

    # A day later the letter with accessories, a month later the one with a code of his own that truly ends.
    company, bought = stage.cast.company_id, datetime.now(UTC)
    walk(company, now=bought + timedelta(days=1, minutes=1))
    assert told(stage) == ["Что подойдёт к вашей покупке"]
    walk(company, now=bought + timedelta(days=30, minutes=2))
    with stage.inside():
        due = Run.objects.filter(state="running").values_list("due_at", flat=True).get()
    walk(company, now=due + timedelta(seconds=1))
    [_first, last] = told(stage)
    assert last.startswith("Ваш личный код до")
    with stage.inside():
        code = PromoCode.objects.get(client=client.pk)
        assert code.code in Message.objects.order_by("-id").first().body
        assert timedelta(days=7) - timedelta(minutes=1) < code.until - due < timedelta(days=7, minutes=1)


class SlowLine:
    """Hold what a page says at some address till it is let go."""

    def __init__(self, page, address):
        self.held, self.is_free = [], False
        page.route(address, self.take)

    def take(self, route):
        if self.is_free:
            route.continue_()
        else:
            self.held.append(route)

    def free(self):
        assert self.held
        self.is_free = True
        for route in self.held:
            route.continue_()


def waits(stage, node):
    """Tell whether the visitor's walk waits at a node."""
    with stage.inside():
        return Run.objects.filter(state="running", node=node).exists()


def told(stage):
    with stage.inside():
        return list(Message.objects.filter(channel="email").order_by("id").values_list("subject", flat=True))
