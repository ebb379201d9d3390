"""A shop of somebody else's, under a strict policy, with our one line in it: what its visitor does arrives, once."""

import json
import threading
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from browsing import PHONE, eventually, until, wire
from django.db import transaction
from test_chat_browser import axe, shot

from voronka.accounts.testing import make_company
from voronka.kit.tenancy import company_context
from voronka.site.models import Site, VisitEvent
from voronka.site.services.known import say_changed
from voronka.site.testing import make_site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The tests' own Chromium calls itself headless, which is a machine's name.
AGENT = "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
SCHEMA = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "BreadcrumbList"},
        {
            "@type": "Product",
            "name": "Стол дубовый",
            "sku": "T-1",
            "gtin13": "4600000000015",
            "offers": {"@type": "Offer", "price": "12 400,50", "priceCurrency": "RUB"},
        },
    ],
}
PAGES = {
    "/": "<a href='/schema'>Стол</a>",
    "/schema": f"<script type='application/ld+json'>{json.dumps(SCHEMA)}</script><h1>Стол</h1>",
    "/broken": "<script type='application/ld+json'>{not json</script><div data-voronka-product='Полка' data-code='P-2' "
    "data-price='990'></div>",
    "/graph": "<meta property='og:type' content='product'><meta property='og:title' content='Лампа'>"
    "<meta property='product:price:amount' content='1500'><meta property='product:price:currency' content='RUB'>",
    "/basket": "<div data-voronka-basket data-sum='12400.50' data-currency='RUB'>"
    "<p data-voronka-line='Стол дубовый' data-code='T-1' data-price='12400.50' data-count='1'>Стол</p></div>",
    "/form": "<form name='call' action='/done' method='get'><input name='phone' type='tel'><input name='password' "
    "type='password'><input name='card_number'><input name='comment'><button>Ок</button></form>",
    "/done": "<div data-voronka-purchase='N-77' data-sum='12400.50'></div>",
    "/long": "<h1>Читать</h1>" + "<br>" * 300,
    "/turns": "<script src='/turns.js'></script>",
}
TURNS = """
window.dataLayer = [];
window.turn = (path) => {
  history.pushState({}, "", path);
  document.title = path;
  const items = [{item_name: "Стул", item_id: "C-3", price: 5}];
  dataLayer.push({event: "view_item", ecommerce: {currency: "RUB", items}});
};
"""


@contextmanager
def shop(site, port):
    """Serve a shop from an origin of its own; it knows of us only the line and the two sources of its policy."""
    ours = f"http://127.0.0.1:{port}"
    line = f'<script async src="{ours}/w.js" data-site="{site.public_id}"></script>'

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            path = self.path.partition("?")[0]
            is_script = path.endswith(".js")
            text = TURNS if is_script else f"<!doctype html><title>{path}</title>{line}{PAGES.get(path, '')}"
            self.send_response(200)
            self.send_header("Content-Type", f"text/{'javascript' if is_script else 'html'}; charset=utf-8")
            policy = f"default-src 'none'; script-src 'self' {ours}; connect-src {ours}; form-action 'self'"
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


def is_up(port):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz").status == 200
    except OSError:
        return False


def save(site, cast, **changes):
    with company_context(cast.company_id), transaction.atomic():
        Site.objects.filter(pk=site.pk).update(**changes)
        say_changed(site.public_id)


def happened(cast):
    with company_context(cast.company_id), transaction.atomic():
        found = VisitEvent.objects.order_by("at", "id").values_list("kind", "about", "visit__visitor__key")
        return [(kind, about, key.hex) for kind, about, key in found]


def kinds(cast):
    return [kind for kind, _about, _key in happened(cast)]


def told(cast, kind):
    return [about for one, about, _key in happened(cast) if one == kind]


def test_what_a_visitor_does_in_a_foreign_shop_arrives_once(visit, settings, tmp_path):
    cast = make_company(name="Ладная кухня", now=datetime.now(UTC))
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        site = make_site(cast.owner, datetime.now(UTC), takes_contacts=True)
    with wire(tmp_path / "wire.log", settings), shop(site, settings.WIRE_PORT) as base:
        eventually(lambda: is_up(settings.WIRE_PORT), 60)
        save(site, cast, origins=[base])
        guest = visit(user_agent=AGENT)
        guest.goto(f"{base}/?utm_source=ya&utm_medium=cpc")
        until(guest, "!!localStorage['voronka.s']")
        # From page to page at once, and away: what is noted last is sent while the page is being left.
        for path in ("/schema", "/broken", "/graph", "/basket"):
            guest.goto(base + path)
            guest.wait_for_timeout(900)
        guest.goto("about:blank")
        eventually(lambda: kinds(cast).count("leave") == 5)
        assert kinds(cast).count("page") == 5
        goods = told(cast, "product")
        assert [(one["name"], one.get("code"), one["price"]) for one in goods] == [
            ("Стол дубовый", "T-1", 12400.5), ("Полка", "P-2", 990), ("Лампа", None, 1500),
        ]  # fmt: skip
        assert goods[0]["barcode"] == "4600000000015"
        [basket] = told(cast, "basket")
        assert (basket["sum"], basket["lines"][0]["count"]) == (12400.5, 1)
        assert told(cast, "page")[0]["utm"] == {"source": "ya", "medium": "cpc"}

        # A form: its names, what the owner allows, nothing secret; then the purchase.
        guest.goto(f"{base}/form")
        guest.fill("[name=phone]", "+79130001122")
        guest.fill("[name=password]", "hunter2")
        guest.fill("[name=card_number]", "4111111111111111")
        guest.fill("[name=comment]", "секрет")
        guest.click("button")
        until(guest, "location.pathname === '/done'")
        eventually(lambda: told(cast, "purchase"))
        [form] = told(cast, "form")
        assert form == {"url": "/form", "name": "call", "fields": ["phone", "comment"], "phone": "+79130001122"}
        assert told(cast, "purchase")[0]["number"] == "N-77"
        guest.goto(f"{base}/")  # the form's address held all that was typed
        eventually(lambda: [one["url"] for one in told(cast, "leave")].count("/done") == 1)
        guest.wait_for_timeout(1_500)
        assert not [one for one in ("hunter2", "4111111111111111", "?") if one in str(happened(cast))]

        # Pages that are turned without being loaded, goods told to a tag manager.
        guest.goto(f"{base}/turns")
        until(guest, "!!window.voronka && !!window.voronka.flush")
        guest.evaluate("turn('/turns/2')")
        eventually(lambda: [one["url"] for one in told(cast, "page")][-2:] == ["/turns", "/turns/2"])
        eventually(lambda: told(cast, "product")[-1].get("code") == "C-3")

        # A blocker, or no network: the page is whole, and what happened meanwhile comes later, once.
        guest.context.route("**/collect", lambda route: route.abort())
        before = kinds(cast).count("page")
        guest.goto(f"{base}/graph")
        guest.wait_for_timeout(4_000)
        assert kinds(cast).count("page") == before
        guest.context.unroute("**/collect")
        guest.goto(f"{base}/")
        eventually(lambda: kinds(cast).count("page") == before + 2)
        ids = [key for _kind, _about, key in happened(cast)]
        assert len(set(ids)) == 1

        # Somebody else signs in on the same browser: he inherits nothing.
        guest.evaluate("voronka.push(['identify', {email: 'Anna@example.com'}])")
        guest.evaluate("voronka.identify({email: 'anna@example.com'})")
        guest.evaluate("voronka.flush()")
        eventually(lambda: len(told(cast, "identify")) == 2)
        guest.evaluate("voronka.identify({email: 'boris@example.com'})")
        guest.evaluate("voronka.flush()")
        eventually(lambda: len(told(cast, "identify")) == 3)
        named = [(about["email"], key) for kind, about, key in happened(cast) if kind == "identify"]
        assert named[0][1] == named[1][1] == ids[0] != named[2][1]
        guest.context.close()

        # One who reads to the end, does nothing for a minute, and whose pointer leaves: each is told once a page.
        reader = visit(user_agent=AGENT)
        reader.clock.install()
        reader.goto(f"{base}/long")
        until(reader, "!!window.voronka && 'on' in window.voronka.settings()")
        reader.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        reader.mouse.move(200, 200)
        for _time in range(2):
            reader.clock.fast_forward(61_000)
            reader.evaluate("document.dispatchEvent(new MouseEvent('mouseout', {clientY: -1}))")
            reader.mouse.move(100, 100)
        reader.evaluate("voronka.identify({id: 5})")
        reader.evaluate("voronka.flush()")
        eventually(lambda: [one["client"] for one in told(cast, "identify") if "client" in one] == ["5"])
        # As many events as a request may hold, then more bytes than one may: nothing waits for the next page.
        reader.evaluate("for (let n = 0; n < 600; n++) voronka.track('few'); voronka.flush()")
        eventually(lambda: [one["name"] for one in told(cast, "custom")].count("few") == 500)
        reader.evaluate(
            "for (let n = 0; n < 300; n++) voronka.track('much', {text: 'ы'.repeat(190)}); voronka.flush()"
        )
        eventually(lambda: [one["name"] for one in told(cast, "custom")].count("much") == 300)
        eventually(lambda: reader.evaluate("Object.keys(localStorage).filter((one) => /q[.]/.test(one))") == [])
        reader.goto("about:blank")
        eventually(lambda: [one["depth"] for one in told(cast, "leave") if one["url"] == "/long"] == [100])
        assert [kinds(cast).count(one) for one in ("idle", "exit")] == [1, 1]
        reader.context.close()

        # One whose browser asks not to be followed; one whom a blocker takes the script from.
        quiet = visit(user_agent=AGENT)
        quiet.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
        blocked = visit(user_agent=AGENT)
        blocked.context.route("**/w.js", lambda route: route.abort())
        count = len(kinds(cast))
        for page in (quiet, blocked):
            page.goto(f"{base}/schema")
            page.wait_for_timeout(1_500)
            page.goto("about:blank")
            page.context.close()

        # Consent: nothing leaves and nothing is kept before it is given.
        save(site, cast, asks_consent=True)
        eventually(lambda: told_to(base, settings, site)["ask"])
        shy = visit(user_agent=AGENT)
        shy.context.route("**/w/*.json", lambda route: route.abort())
        shy.goto(f"{base}/")
        until(shy, "!!window.voronka && !!window.voronka.flush")
        shy.evaluate("voronka.identify({email: 'anna@example.com'})")
        assert shy.evaluate("Object.keys(localStorage)") == []  # nobody has said yet that nothing is to be asked
        shy.context.unroute("**/w/*.json")
        shy.goto(f"{base}/schema")
        until(shy, "!!window.voronka && 'ask' in window.voronka.settings()")
        shy.wait_for_timeout(4_000)
        assert shy.evaluate("Object.keys(localStorage)") == []
        assert len(kinds(cast)) == count
        shy.evaluate("voronka.consent(true)")
        eventually(lambda: len(kinds(cast)) == count + 2)
        shy.evaluate("voronka.consent(false)")
        assert shy.evaluate("Object.entries(localStorage)") == [["voronka.c", "0"]]
        shy.goto("about:blank")
        shy.wait_for_timeout(500)
        assert len(kinds(cast)) == count + 2

        for language, size, name in (("ru", None, "desk"), ("en", PHONE, "phone")):
            desk = visit(cast.owner, language=language, bypass_csp=True, **({"viewport": size} if size else {}))
            desk.set_default_navigation_timeout(120_000)
            for path, what in (("sites/", "list"), (f"sites/{site.public_id}/", "site"), ("sites/new/", "new")):
                desk.goto(f"/{path}")
                shot(desk, f"site-{what}-{name}-{language}")
                axe(desk)


def told_to(base, settings, site):
    """Return what a page of the site is told that has not asked before: a browser keeps its answer for a minute."""
    address = f"http://127.0.0.1:{settings.WIRE_PORT}/w/{site.public_id}.json"
    asked = urllib.request.Request(address, headers={"Origin": base})
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)
