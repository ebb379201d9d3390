"""The shop's server: a few threads of the standard library, a strict policy on every answer."""

import re
import signal
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from voronka.config import env
from voronka.config.storefront import buying, pages, pictures
from voronka.config.storefront.frame import Page
from voronka.config.storefront.goods import read_range
from voronka.config.storefront.office import ApiOffice, Away, Offer, Office, Refused, Wanted
from voronka.config.storefront.setting import Setting, read_setting, shop_port
from voronka.config.storefront.signs import MOST_LINES, MOST_PIECES, opened, read_basket, sealed, write_basket

HERE = Path(__file__).parent
MOST_BYTES, PATIENCE_SECONDS, DAYS_30 = 20_000, 20, 30 * 24 * 3600
MOST_THREADS = 64  # each holds a browser's connection till it is silent for PATIENCE_SECONDS
_FULL = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_HOST = re.compile(r"(?:[a-zA-Z0-9.-]{1,200}|\[[0-9a-fA-F:]{2,40}\])(?::\d{1,5})?")
_KEY = re.compile(r"[0-9a-f]{32}")
_FILES = {
    "/shop.css": ("shop.css", "text/css"), "/shop.js": ("shop.js", "text/javascript"),
    "/icon.svg": ("icon.svg", "image/svg+xml"), "/robots.txt": ("robots.txt", "text/plain"),
}  # fmt: skip
_TYPED = ("name", "phone", "email", "city", "address", "delivery", "payment", "promo", "comment")
Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop as it is served. `wire` is where the script comes from, by default the asked host at `wire_port`."""

    setting: Setting
    office: Office
    wire_port: int
    wire: str = ""
    has_line: bool = True


@dataclass(slots=True)
class Answer:
    """What is sent back."""

    body: str = ""
    status: int = 200
    kind: str = "text/html"
    cookies: list[str] = field(default_factory=list)
    to: str = ""
    keeps: int = 0

    def set_cookie(self, name: str, value: str, *, age: int = DAYS_30) -> None:
        """Keep something in the browser; an empty value takes it away."""
        self.cookies.append(
            f"{name}={value}; Path=/; Max-Age={age if value else 0}; HttpOnly; SameSite=Lax"
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: the page it is for, what the browser keeps, what the form says."""

    shop: Shop
    page: Callable[..., Page]
    cookies: Mapping[str, str]
    form: Form

    @property
    def basket(self) -> dict[str, int]:
        """What lies in the basket."""
        return read_basket(self.cookies.get("shop_basket", ""))


def answer_get(asked: Asked, path: str) -> Answer:
    """Answer a page."""
    page = asked.page(path)
    words = path.strip("/").split("/")
    category = next((one for one in page.range.categories if [one.slug] == words), None)
    body: str | None
    if path == "/":
        body = pages.home(page)
    elif category is not None:
        body = pages.part(page, category)
    elif words[0] == "tovar" and len(words) in (2, 3):
        body = _product(page, words)
    elif path in _PLAIN:
        body = _PLAIN[path](page)
    elif path == "/zakaz":
        return Answer(buying.checkout(page, {})) if page.lines() else Answer(to="/korzina")
    elif path == "/kabinet":
        body = buying.account(page, asked.shop.office.orders_of(page.person.id) if page.person else [])
    elif path == "/spasibo":
        return _thanks(asked, page)
    else:
        body = None
    if body is None:
        return Answer(pages.words(page, "Нет такой страницы", "Может быть, она была раньше."), 404)
    return Answer(body)


_PLAIN: dict[str, Callable[[Page], str]] = {"/korzina": buying.basket, "/dostavka": pages.delivery}


def _product(page: Page, words: list[str]) -> str | None:
    goods = page.range.find(words[1])
    if goods is None:
        return None
    code = words[2] if len(words) > 2 else pages.usual(goods).code
    choice = next((one for one in goods.choices() if one.code == code), None)
    return pages.product(page, goods, choice) if choice else None


def _thanks(asked: Asked, page: Page) -> Answer:
    said = unquote(opened(asked.shop.setting.secret, "bought", asked.cookies.get("shop_bought", "")))
    number, _sign, total = said.rpartition("/")
    answer = Answer(buying.thanks(page, number, Decimal(total) if total else None))
    answer.set_cookie("shop_bought", "")
    return answer


def answer_post(asked: Asked, path: str) -> Answer:
    """Do what a form asks for, and say where to go on."""
    act = {
        "/korzina/polozhit": _put, "/korzina/skolko": _count, "/zakaz": _order, "/vhod": _enter, "/vyhod": _leave,
    }.get(path)  # fmt: skip
    if act is None:
        return Answer(pages.words(asked.page(path), "Нет такой страницы", "Форма устарела."), 404)
    return act(asked)


def _put(asked: Asked) -> Answer:
    basket, code = asked.basket, asked.form.get("code", "")
    if code in read_range().by_code() and (code in basket or len(basket) < MOST_LINES):
        basket[code] = min(basket.get(code, 0) + 1, MOST_PIECES)
    return _with_basket(basket)


def _count(asked: Asked) -> Answer:
    basket, code, count = asked.basket, asked.form.get("code", ""), asked.form.get("count", "")
    if code in basket and count.isdecimal() and len(count) < 4:
        basket[code] = min(int(count), MOST_PIECES)
    return _with_basket({one: many for one, many in basket.items() if many > 0})


def _with_basket(basket: dict[str, int]) -> Answer:
    answer = Answer(to="/korzina")
    answer.set_cookie("shop_basket", write_basket(basket))
    return answer


def _order(asked: Asked) -> Answer:
    page, typed = asked.page("/zakaz"), {name: asked.form.get(name, "").strip()[:200] for name in _TYPED}
    key = asked.form.get("key", "")
    lines = page.lines()
    if not lines:
        return Answer(to="/korzina")
    problem = _problem(page, typed, key, agreed=asked.form.get("agreed") == "1")
    placed = None
    if not problem:
        wanted = Wanted(
            key=key, lines=tuple((one.choice.code, one.count) for one in lines),
            client=page.person.id if page.person else "", **typed,
        )  # fmt: skip
        try:
            placed = asked.shop.office.place(wanted)
        except Refused as refused:
            problem = str(refused)
    if problem:
        return Answer(buying.checkout(page, typed, problem), 422)
    said = "/" if placed is None else f"{placed.number}/{placed.sum:.2f}"
    answer = Answer(to="/spasibo")
    answer.set_cookie("shop_bought", sealed(asked.shop.setting.secret, "bought", quote(said)), age=600)
    answer.set_cookie("shop_basket", "")
    return answer


def _problem(page: Page, typed: Form, key: str, *, agreed: bool) -> str:
    """Return what is wrong with a checkout, in words."""
    way = next((one for one in page.setting.deliveries if one.id == typed["delivery"]), None)
    payments = {one.id for one in page.setting.payments}
    if not _KEY.fullmatch(key):
        return "Форма устарела: проверьте её и отправьте ещё раз."
    if not typed["name"] or not typed["phone"]:
        return "Напишите имя и телефон."
    if way is None or typed["payment"] not in payments:
        return "Выберите, как получить и как заплатить."
    if way.needs_address and not (typed["city"] and typed["address"]):
        return "Напишите, куда везти: город и адрес."
    return "" if agreed else "Без согласия на обработку данных заказ не принять."


def _enter(asked: Asked) -> Answer:
    known = {one.id for one in asked.shop.setting.people}
    answer = Answer(to="/kabinet")
    if asked.form.get("client", "") in known:
        answer.set_cookie("shop_me", sealed(asked.shop.setting.secret, "me", asked.form["client"]))
    return answer


def _leave(_asked: Asked) -> Answer:
    answer = Answer(to="/kabinet")
    answer.set_cookie("shop_me", "")
    answer.set_cookie("shop_left", "1", age=30)
    return answer


@cache
def _file(name: str) -> str:
    return (HERE / name).read_text("utf-8")


class Handler(BaseHTTPRequestHandler):
    """One connection of a browser."""

    protocol_version = "HTTP/1.1"
    timeout = PATIENCE_SECONDS
    server_version, sys_version = "shop", ""
    shop: Shop

    def do_GET(self) -> None:
        """Answer a page, a picture or a file."""
        path = urlsplit(self.path).path
        if path == "/healthz":
            self._send(Answer("ok", kind="text/plain"))
        elif path in _FILES:
            name, kind = _FILES[path]
            self._send(Answer(_file(name), kind=kind, keeps=300))
        elif path.startswith("/pictures/") and (drawn := pictures.draw(path[10:].removesuffix(".svg"))):
            self._send(Answer(drawn, kind="image/svg+xml", keeps=DAYS_30))
        else:
            self._act(lambda asked: answer_get(asked, path))

    do_HEAD = do_GET  # noqa: N815 - the library's name

    def do_POST(self) -> None:
        """Take a form of our own pages."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or len(length) > 9 or int(length) > MOST_BYTES:
            self.close_connection = True
            self._send(Answer("too long", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "text/plain"))
            return
        body = self.rfile.read(int(length)).decode("utf-8", "replace")
        origin = self.headers.get("Origin", "")
        if origin and urlsplit(origin).netloc != self.headers.get("Host", ""):
            self._send(Answer("from another site", HTTPStatus.FORBIDDEN, "text/plain"))
            return
        try:
            form = {name: value.replace("\0", "") for name, value in parse_qsl(body, max_num_fields=40)}
        except ValueError:
            form = {}
        self._act(lambda asked: answer_post(asked, urlsplit(self.path).path), form)

    def _act(self, act: Callable[[Asked], Answer], form: Form | None = None) -> None:
        if not _HOST.fullmatch(self.headers.get("Host", "")):
            self._send(Answer("which shop?", HTTPStatus.BAD_REQUEST, "text/plain"))
            return
        try:
            cookies = {name: one.value for name, one in SimpleCookie(self.headers.get("Cookie", "")).items()}
        except CookieError:
            cookies = {}

        def page(path: str, shelf: Mapping[str, Offer] | None = None) -> Page:
            me = opened(self.shop.setting.secret, "me", cookies.get("shop_me", ""))
            return Page(
                path=path, wire=self._wire(), setting=self.shop.setting, range=read_range(),
                shelf=self.shop.office.shelf() if shelf is None else shelf,
                basket=read_basket(cookies.get("shop_basket", "")),
                person=next((one for one in self.shop.setting.people if one.id == me), None),
                has_line=self.shop.has_line, has_left=bool(cookies.get("shop_left")),
            )  # fmt: skip

        try:
            answer = act(Asked(self.shop, page, cookies, form or {}))
        except (Away, Refused):
            told = pages.words(page(self.path, {}), "Открываемся", "Магазин ждёт свою Воронку. Зайдите через минуту.")
            answer = Answer(told, HTTPStatus.SERVICE_UNAVAILABLE)
        if cookies.get("shop_left") and answer.status == HTTPStatus.OK:
            answer.set_cookie("shop_left", "")
        self._send(answer)

    def _wire(self) -> str:
        host = self.headers.get("Host", "")
        name = host[: host.rindex("]") + 1] if "]" in host else host.partition(":")[0]
        return self.shop.wire or f"http://{name}:{self.shop.wire_port}"

    def _send(self, answer: Answer) -> None:
        body = answer.body.encode()
        self.send_response(HTTPStatus.SEE_OTHER if answer.to else answer.status)
        for name, value in (
            ("Content-Type", f"{answer.kind}; charset=utf-8"), ("Content-Length", str(len(body))),
            ("Cache-Control", f"public, max-age={answer.keeps}" if answer.keeps else "no-store"),
            ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ):  # fmt: skip
            self.send_header(name, value)
        if answer.kind != "text/plain":
            self.send_header("Content-Security-Policy", self._policy(answer.kind))
        if answer.to:
            self.send_header("Location", answer.to)
        for cookie in answer.cookies:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _policy(self, kind: str) -> str:
        """Return the policy: of pages what they need and nothing else, of pictures nothing."""
        if kind != "text/html":
            return "default-src 'none'; style-src 'none'; frame-ancestors 'none'"
        wire = self._wire()
        return (
            f"default-src 'none'; script-src 'self' {wire}; style-src 'self'; img-src 'self'; connect-src {wire}; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
        )

    def log_message(self, *_words: Any) -> None:
        """Say nothing: a demo's log is the product's."""


class Server(ThreadingHTTPServer):
    """A few threads that die with the program; a browser that goes away is no error.

    A connection for which there is none is told to come again: it waits for nobody's thread, and holds nothing.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], *, most: int = MOST_THREADS
    ) -> None:
        super().__init__(address, handler)
        self.places = threading.BoundedSemaphore(most)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a connection in a thread of its own, if there is a place."""
        if not self.places.acquire(blocking=False):
            with suppress(OSError):
                request.sendall(_FULL)
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # the system gives no more threads
            self.places.release()
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer a connection, and give its place back."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.places.release()

    def handle_error(self, *_words: Any) -> None:
        """Say nothing of connections that were cut."""


def serve(shop: Shop, host: str, port: int) -> Server:
    """Return the shop's server, bound and not yet running."""
    return Server((host, port), type("ShopHandler", (Handler,), {"shop": shop}))


def run(home: Path) -> None:
    """Serve until told to stop. Raises SettingError."""
    setting = read_setting(home)
    port = env.read("PORT", env.port, default=8000)
    allowed = env.read("VORONKA_ALLOWED_HOSTS", env.words, default=["localhost"])
    host = env.read("VORONKA_HOST", env.text, default="127.0.0.1")
    reached = "127.0.0.1" if host in ("0.0.0.0", "::", "localhost") else host  # noqa: S104 - compared, not bound
    shop = Shop(
        setting,
        ApiOffice(f"http://{reached}:{port}", setting.key, host=allowed[0].lstrip("*.") or "localhost"),
        env.read("VORONKA_WIRE_PORT", env.port, default=port + 1),
        env.read("VORONKA_WIRE_URL", env.text, default="").rstrip("/"),
    )
    server = serve(shop, host, shop_port())
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stopped.wait()
    server.shutdown()
    server.server_close()
