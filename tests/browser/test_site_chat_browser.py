"""The company's chat in a shop of somebody else's under a strict policy: an operator in a second browser, the network
cut in between, the wire server begun anew; nothing is lost, nothing doubled, nothing kept of who did not ask for it."""

import base64
import io
import threading
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from browsing import PHONE, eventually, until, wire, wire_at, worker
from django.db import transaction
from test_access_pages import AXE, RUN
from test_chat_browser import PNG, answer, holds, said, shot
from test_site_browser import AGENT, is_up, save

from voronka.accounts.testing import make_company
from voronka.catalogue.services.pictures import add_picture
from voronka.catalogue.testing import make_goods
from voronka.kit.tenancy import company_context
from voronka.messaging.models import ChannelAccount, ChannelState, Talk
from voronka.messaging.services import chat as services
from voronka.people.models import Touch
from voronka.site.services.chatting import SiteChatDraft, save_site_chat
from voronka.site.testing import make_site
from voronka.work import services as work
from voronka.work.services import Hours

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CSS = """body { margin: 0; padding: 20px; font: 16px sans-serif; background: #fbfaf6; color: #222; }
.dark { background: #1c1b19; color: #eee; }
.bar { position: fixed; bottom: 0; left: 0; right: 0; height: 64px; background: #fff; border-top: 1px solid #ccc; }
.bar button { float: right; margin: 8px; height: 48px; } .bar b { color: #222; }
* { box-sizing: content-box; } button { text-transform: uppercase; } section, p, li { color: #900 !important; }"""
BASKET = (
    "<div data-voronka-basket data-sum='36900' data-currency='RUB'><p data-voronka-line='Стол «Брусок»' "
    "data-code='T-1' data-price='36900' data-count='1'>Стол</p></div>"
)
PAGES = {
    "/": f"<body><h1>Стол «Брусок»</h1>{BASKET}",
    "/table": "<body><h1>Скамья</h1>",
    "/buy": "<body><h1>Стол</h1><div class=bar><b>36 900 ₽</b><button>В корзину</button></div>",
    "/dark": "<body class=dark><h1>Стол</h1>",
}
LINES = "[...document.querySelector('[data-voronka=chat]')?.shadowRoot.querySelectorAll('.panel li') ?? []]"


@contextmanager
def shop(site, port):
    """Serve a shop from an origin of its own, whose policy names ours for scripts and calls and nothing else."""
    ours = f"http://127.0.0.1:{port}"
    line = f'<script async src="{ours}/w.js" data-site="{site.public_id}"></script>'

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            path = self.path.partition("?")[0]
            head = f"<!doctype html><html lang=ru><title>Лавка {path}</title><link rel=stylesheet href=/shop.css>"
            text = CSS if path == "/shop.css" else f"{head}{line}{PAGES.get(path, '')}"
            self.send_response(200)
            self.send_header("Content-Type", f"text/{'css' if path == '/shop.css' else 'html'}; charset=utf-8")
            policy = f"default-src 'none'; script-src {ours}; connect-src {ours}; style-src 'self'"
            self.send_header("Content-Security-Policy", f"{policy}; require-trusted-types-for 'script'")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def cast():
    cast = make_company(name="Ладная кухня", now=datetime.now(UTC))
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        work.set_week(actor=cast.owner, employee_id=None, week=[Hours(0, 1439)] * 7, lunch=None)
        services.save_chat(actor=cast.owner, draft=services.ChatDraft(is_on=True, greeting="Здравствуйте!"))
    return cast


@pytest.fixture
def site(cast):
    now = datetime.now(UTC)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        site = make_site(cast.owner, now)
        draft = SiteChatDraft(is_on=True, greeting="Поможем выбрать стол.")
        save_site_chat(actor=cast.owner, public_id=site.public_id, draft=draft, now=now)
    return site


def shown(page, text):
    until(
        page, f"{LINES}.some((one) => !one.classList.contains('is-pending') && one.innerText.includes({text!r}))", 40
    )


def write(page, text):
    page.fill(".panel textarea", text)
    page.press(".panel textarea", "Enter")


def opened(page, address):
    page.goto(address)
    page.locator(".launch").wait_for(timeout=40_000)
    page.click(".launch")
    page.locator(".panel .write textarea").wait_for(timeout=40_000)


def texts(page):
    return page.locator(".panel li .text").all_inner_texts()


def axe(page):
    """Axe walks into open shadows; the policy of the shop is not to stop it."""
    page.add_script_tag(path=AXE)
    assert page.evaluate(RUN, None) == []


def keys_of(page):
    return page.evaluate("[Object.keys(localStorage), Object.keys(sessionStorage)].map((one) => one.sort())")


def test_a_visitor_of_a_foreign_shop_talks_with_an_operator_though_the_network_breaks(
    cast, site, visit, settings, tmp_path
):
    violations = []
    with ExitStack() as stack:
        stack.enter_context(worker(tmp_path / "worker.log"))
        running = ExitStack()
        running.enter_context(wire(tmp_path / "wire.log", settings))
        port = settings.WIRE_PORT
        base = stack.enter_context(shop(site, port))
        stack.callback(running.close)
        eventually(lambda: is_up(port), 60)
        save(site, cast, origins=[base])
        guest = visit(user_agent=AGENT, language="ru")
        guest.on("console", lambda one: violations.append(one.text) if "policy" in one.text.lower() else None)
        asked = []
        guest.on("request", lambda one: asked.append(one.url))
        guest.goto(f"{base}/")
        guest.locator(".launch").wait_for(timeout=40_000)
        shot(guest, "sitechat-launcher")
        # Before he has asked for it nothing of the panel is loaded, and nothing of a talk is kept.
        assert not [one for one in asked if "chatpanel" in one or "/call/chat" in one or "/live" in one]
        guest.click(".launch")
        guest.locator(".panel textarea").wait_for(timeout=40_000)
        assert "Поможем выбрать стол." in texts(guest)
        write(guest, "А скамья к нему есть? <img src=x onerror=alert(1)> https://example.com/a")
        shown(guest, "А скамья к нему есть? <img src=x")
        assert guest.locator(".panel li a").get_attribute("href") == "https://example.com/a"
        desk = visit(cast.owner, language="ru")
        desk.set_default_navigation_timeout(120_000)
        desk.goto("/talk/?tab=free")
        desk.click("a[data-talk]")
        holds(desk, "А скамья к нему есть?")
        # Who asks and what lies in his basket stand beside the talk (M1).
        until(desk, "document.querySelector('.v-talk-side').innerText.includes('Брусок')", 40)
        assert "36 900" in desk.inner_text(".v-talk-side").replace("\xa0", " ").replace("\u202f", " ")
        guest.type(".panel textarea", "Ещё")
        until(desk, "document.querySelector('[data-typing] span')?.hidden === false", 40)
        guest.fill(".panel textarea", "")
        desk.type("textarea", "Е")
        guest.locator(".panel .types:not([hidden])").wait_for(timeout=40_000)
        answer(desk, "Есть, из того же дуба.")
        shown(guest, "Есть, из того же дуба.")
        until(guest, f"{LINES}.some((one) => one.innerText.includes('прочитано'))", 40)
        shot(guest, "sitechat-desk-light")
        shot(desk, "sitechat-operator")

        # The network is cut: what is written on both sides meanwhile is there once, in the order it came.
        guest.context.set_offline(True)
        write(guest, "Сколько стоит?")
        write(guest, "И когда привезёте?")
        until(guest, f"{LINES}.filter((one) => one.classList.contains('is-pending')).length === 2")
        answer(desk, "Вы ещё здесь?")
        holds(desk, "Вы ещё здесь?")
        guest.wait_for_timeout(1_500)
        guest.context.set_offline(False)
        shown(guest, "Вы ещё здесь?")
        shown(guest, "И когда привезёте?")
        holds(desk, "И когда привезёте?")

        # The wire server goes away and comes back: he sends, and he receives (Rocket.Chat#36023).
        running.close()
        write(guest, "Пропало?")
        answer(desk, "Мы на связи.")
        holds(desk, "Мы на связи.")
        stack.enter_context(wire_at(port, tmp_path / "again.log"))
        eventually(lambda: is_up(port), 60)
        shown(guest, "Мы на связи.")
        shown(guest, "Пропало?")
        answer(desk, "И слышим вас.")
        shown(guest, "И слышим вас.")
        whole = [text for _by, text in said(cast)]
        assert len(whole) == len(set(whole)) == 8
        assert [one for one in texts(guest) if one in whole or "скамья" in one] == whole

        # Another page of the shop: the same talk; what comes while the panel is shut stands on the button.
        guest.keyboard.press("Escape")
        until(guest, "document.activeElement.dataset.voronka === 'chat'")  # focus is back on the button
        guest.goto(f"{base}/table")
        guest.locator(".launch").wait_for(timeout=40_000)
        guest.wait_for_timeout(1_500)
        answer(desk, "Положила скамью в корзину.")
        guest.locator(".launch b:not([hidden])").wait_for(timeout=40_000)
        assert guest.inner_text(".launch b") == "1"
        guest.click(".launch")
        shown(guest, "Положила скамью в корзину.")

        # Goods of the catalogue: the operator finds and presses, the visitor sees a card; he may go on in Telegram.
        with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
            bench = make_goods("Скамья «Брусок»", price="12400.00")
            source, product = io.BytesIO(base64.b64decode(PNG)), bench.product.public_id
            add_picture(actor=cast.owner, product=product, source=source, name="с.png", now=datetime.now(UTC))
        assert guest.locator(".panel .moves").count() == 0
        desk.click("summary:has-text('Товары')")
        desk.fill("[name=goods]", "скамья")
        desk.locator("#v-talk-goods button").wait_for(timeout=40_000)
        shot(desk, "sitechat-operator-goods")
        desk.click("#v-talk-goods button")
        guest.locator(".panel .goods canvas").wait_for(timeout=40_000)
        assert "12 400" in guest.inner_text(".panel .goods").replace("\xa0", " ").replace("\u202f", " ")
        until(desk, "document.querySelector('.v-say-goods img')?.naturalWidth === 1", 40)
        shot(guest, "sitechat-goods")
        shot(desk, "sitechat-operator-goods-sent")
        with company_context(cast.company_id), transaction.atomic():
            bot = ChannelAccount.objects.create(kind="telegram", name="Bot", settings={"mode": "sandbox"})
            ChannelState.objects.create(account=bot, state="ok", known_as="@kuhnya_bot")
        opened(guest, f"{base}/table")
        guest.click(".panel .moves")
        way = guest.locator(".panel a.moves")
        way.wait_for(timeout=40_000)
        assert way.get_attribute("href").startswith("https://t.me/kuhnya_bot?start=")
        shown(guest, "Положила скамью в корзину.")
        shot(guest, "sitechat-telegram")

        # Files: a picture is drawn though no image may be loaded; a page and a drawing are no pictures.
        guest.set_input_files(
            ".panel input[type=file]", {"name": "стол.png", "mimeType": "image/png", "buffer": base64.b64decode(PNG)}
        )
        guest.locator(".panel canvas").wait_for(timeout=40_000)
        for name, body in (
            ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"),
            ("b.html", b"<script>1</script>"),
        ):
            guest.set_input_files(".panel input[type=file]", {"name": name, "mimeType": "image/png", "buffer": body})
            guest.locator(".panel .why:not([hidden])").wait_for(timeout=40_000)
        until(desk, "document.querySelector('.v-say-file img')?.naturalWidth === 1", 40)
        assert [one for one in keys_of(guest)[0] if "talk" in one] == ["voronka.talk"]
        assert not [one for one in asked if "key=" in one or guest.evaluate("localStorage['voronka.talk']") in one]

        # Closed, it asks how it was; signed out, the next one sees nothing of it.
        desk.click("button[value=close]")
        guest.locator(".ends form").wait_for(timeout=40_000)
        guest.click(".ends .marks label:has-text('5')")
        shot(guest, "sitechat-rating")
        guest.click(".ends .main")
        guest.locator(".ends [role=status]").wait_for(timeout=40_000)
        guest.evaluate("voronka.reset()")
        until(guest, f"!{LINES}.some((one) => one.innerText.includes('скамью'))", 40)
        assert violations == []
        looks(cast, visit, base)
        asks_and_away(cast, visit, base)
        private(cast, site, visit, base)


def looks(cast, visit, base):
    """The launcher and the panel by phone and desk, on a light and a dark page; axe finds nothing."""
    for name, path, language, size in (
        ("phone-dark", "/dark", "ru", PHONE),
        ("desk-dark", "/dark", "en", None),
        ("phone-buy", "/buy", "ru", PHONE),
    ):
        page = visit(user_agent=AGENT, language=language, bypass_csp=True, **({"viewport": size} if size else {}))
        page.goto(base + path)
        page.locator(".launch").wait_for(timeout=40_000)
        page.wait_for_timeout(800)
        shot(page, f"sitechat-button-{name}")
        if path == "/buy":
            place, bar = page.locator(".launch").bounding_box(), page.locator(".bar").bounding_box()
            assert place["y"] + place["height"] <= bar["y"]  # above the price and its button
        axe(page)
        if language == "en":
            page.evaluate("document.documentElement.lang = 'en'")
        page.click(".launch")
        page.locator(".panel .write textarea").wait_for(timeout=40_000)
        write(page, "Здравствуйте")
        shown(page, "Здравствуйте")
        axe(page)
        shot(page, f"sitechat-panel-{name}")
        if size:
            box = page.locator(".panel").bounding_box()
            assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
        page.context.close()


def asks_and_away(cast, visit, base):
    """The questions before the first word; the form for when nobody is there becomes a request."""
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        services.save_chat(actor=cast.owner, draft=services.ChatDraft(is_on=True, asks_first=True))
        for name in ("Продажи", "Забота"):
            services.save_department(actor=cast.owner, name=name, is_offered=True, members=[])
    page = visit(user_agent=AGENT, language="ru", viewport=PHONE, bypass_csp=True)
    opened(page, f"{base}/")
    write(page, "Сделаете стол?")
    page.locator(".panel .why:not([hidden])").wait_for(timeout=40_000)
    shot(page, "sitechat-asks")
    axe(page)
    page.fill(".panel [name=name]", "<b>Дарья</b>")
    page.fill(".panel [name=contact]", "+7 912 200-43-17")
    page.check(".panel [name=consent]")
    page.select_option(".panel [name=department]", label="Забота")
    write(page, "Сделаете стол?")
    shown(page, "Сделаете стол?")
    with company_context(cast.company_id), transaction.atomic():
        talk = Talk.objects.get(name="<b>Дарья</b>")
        assert (talk.department.name, talk.agreed_at is not None, talk.visitor != "") == ("Забота", True, True)
    page.context.close()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        other_day = [None] * 7
        other_day[(datetime.now(UTC).weekday() + 3) % 7] = Hours(600, 660)
        work.set_week(actor=cast.owner, employee_id=None, week=other_day, lunch=None)
    page = visit(user_agent=AGENT, language="ru", bypass_csp=True)
    page.goto(f"{base}/")
    page.locator(".launch").wait_for(timeout=40_000)
    page.click(".launch")
    page.locator(".panel form.who").wait_for(timeout=40_000)
    shot(page, "sitechat-away")
    axe(page)
    page.fill(".panel [name=name]", "Пётр")
    page.fill(".panel [name=contact]", "petr@ladnaya-kuhnya.ru")
    page.fill(".panel [name=text]", "Перезвоните")
    page.check(".panel [name=consent]")
    page.click(".panel .main")
    page.locator(".panel .left").wait_for(timeout=40_000)
    with company_context(cast.company_id), transaction.atomic():
        assert Touch.objects.get(message="Перезвоните").page == f"{base}/"
        work.set_week(actor=cast.owner, employee_id=None, week=[Hours(0, 1439)] * 7, lunch=None)
    page.context.close()


def private(cast, site, visit, base):
    """Whose browser asks not to be followed has the chat when he opens it, and nothing of him outlives his tab."""
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        services.save_chat(actor=cast.owner, draft=services.ChatDraft(is_on=True))
    page = visit(user_agent=AGENT, language="ru")
    page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    sent = []
    page.on("request", lambda one: sent.append((one.url, one.post_data or "")))
    opened(page, f"{base}/")
    write(page, "Тихий вопрос")
    shown(page, "Тихий вопрос")
    assert keys_of(page)[0] == []
    assert "voronka.talk" in keys_of(page)[1]
    assert not [url for url, _body in sent if "/collect" in url]
    page.goto(f"{base}/table")  # within his tab it goes on
    page.locator(".launch").wait_for(timeout=40_000)
    page.click(".launch")
    shown(page, "Тихий вопрос")
    with company_context(cast.company_id), transaction.atomic():
        assert Talk.objects.get(last_text="Тихий вопрос").visitor == ""
