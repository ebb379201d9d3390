"""What our line costs the page that has it: bytes, and Lighthouse of the demo's shop with and without it.

The bytes are of the files that are built, compressed as browsers get them (brotli) and as those get them that know no
better (gzip); the limits hold for gzip, the larger. Lighthouse looks at the product page of the shop as it is served,
with our line and without by turns, as a phone on a slow line would; the site has its chat on and a teaser that comes a
second after the page. `lighthouse_drop`, `blocking_ms` and `layout_shift` are medians. The control is a script from
elsewhere that works for 200 ms and moves the page: both must be seen. Where there is no Lighthouse (`make lighthouse`)
or no Chromium, only the bytes are told, and why.
"""

import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import brotli  # type: ignore[import-untyped]  # it has no types
from django.db import transaction

from voronka.config.benches.frame import Result
from voronka.config.benches.serving import served
from voronka.config.benches.staff import staff_of
from voronka.config.env import SettingError
from voronka.config.storefront.goods import read_range
from voronka.config.storefront.office import Offer, Placed, Wanted
from voronka.config.storefront.server import Server, Shop, serve
from voronka.config.storefront.setting import Setting
from voronka.config.testing import chromium_path
from voronka.kit.actors import Actor
from voronka.kit.tenancy import company_context
from voronka.site.models import Site, Widget
from voronka.site.services import SiteDraft, save_site
from voronka.site.services.chatting import SiteChatDraft, save_site_chat
from voronka.site.services.widgets import WidgetDraft, save_widget

RUNS = 11
KIB = 1024
LIMITS = {"core": 12 * KIB, "tracker": 3 * KIB}
MOST_MODULE = 20 * KIB  # of each that is loaded only when it is shown; the chat's panel is the largest
MOST_DROP, MOST_BLOCKING_MS = 2.0, 20.0
PAGE = "/tovar/stol-brusok"
SOURCE = Path(__file__).resolve().parents[2]
BUILT = SOURCE / "site" / "built"
LIGHTHOUSE = SOURCE.parents[1] / "tools" / "lighthouse" / "node_modules" / "lighthouse" / "cli" / "index.js"
_CONTROL = """
const until = performance.now() + 200;
while (performance.now() < until);
setTimeout(() => {
  const more = document.createElement("p");
  more.style.height = "300px";
  document.body.prepend(more);
}, 900);
"""


@dataclass(frozen=True, slots=True)
class Look:
    """What one run of Lighthouse says: the score from 0 to 100, blocking in milliseconds, how far the page moved."""

    score: float
    blocking_ms: float
    shift: float
    has_script: bool
    has_widget: bool


@dataclass(slots=True)
class Shelf:
    """A product that always answers at once, so that the page is measured and not the product behind it."""

    offers: dict[str, Offer] = field(
        default_factory=lambda: {
            code: Offer(code, code, goods.name, Decimal(goods.sizes[choice.size][1]), "", goods.pieces)
            for code, (goods, choice) in read_range().by_code().items()
        }
    )

    def shelf(self) -> Mapping[str, Offer]:
        """Return all that the shop sells."""
        return self.offers

    def place(self, wanted: Wanted) -> Placed | None:
        """Take no order."""
        return None

    def orders_of(self, client: str) -> list[Placed]:
        """Nobody has ordered."""
        return []


def run(*, scale: float, seconds: float) -> Result:
    """Measure; `scale` is the share of the eleven runs of Lighthouse, none of them under a twentieth."""
    result = Result("widget", scale)
    weigh(result, BUILT)
    runs = round(RUNS * scale)
    why_not = "the scale leaves none of its eleven runs" if runs < 1 else _absent()
    if why_not:
        sys.stderr.write(f"voronka: no figures of Lighthouse: {why_not}\n")
        return result
    _look(result, runs)
    return result


def weigh(result: Result, built: Path) -> None:
    """Weigh what is built; each module of its own beside the core, which has the tracker in it."""
    if not (built / "w.js").exists():
        raise SettingError("The script of sites is not built: `make assets`")
    for file in sorted((*built.glob("*.js"), *built.glob("modules/*.js"))):
        name = {"w": "core"}.get(file.stem, file.stem.replace("-", "_"))
        text = file.read_bytes()
        result.figures[f"{name}_bytes"] = len(brotli.compress(text))
        result.figures[f"{name}_gzip_bytes"] = weight = len(gzip.compress(text, 9))
        most = LIMITS.get(name, MOST_MODULE)
        result.demand(weight <= most, f"{name} has {weight} bytes compressed, more than {most}")
    # A weight that no text could have: the scales must see what is too heavy.
    heavy = len(gzip.compress(os.urandom(MOST_MODULE + 1), 9))
    result.figures["control_heavy_bytes"] = heavy
    result.demand(heavy > MOST_MODULE, "the control, a module that cannot be squeezed, is not too heavy")


def _absent() -> str:
    if not LIGHTHOUSE.exists():
        return "it is not installed, `make lighthouse` does it"
    if not _node():
        return "there is no Node"
    return "" if chromium_path() else "there is no Chromium of the system: install one, or set VORONKA_CHROMIUM"


def _node() -> str:
    beside = Path(sys.executable).parent / "node"
    return shutil.which("node") or (str(beside) if beside.exists() else "")


def _look(result: Result, runs: int) -> None:
    looks: dict[str, list[Look]] = {"with": [], "without": [], "control": []}
    with served("voronka.config.wire_app:app", 1) as wire, _script(_CONTROL) as control:
        shops = {
            "with": (f"http://127.0.0.1:{wire}", True),
            "without": (f"http://127.0.0.1:{wire}", False),
            "control": (f"http://127.0.0.1:{control}", True),
        }
        with _standing(shops) as addresses:
            _lighthouse(addresses["without"])  # the first one finds everything cold
            for number in range(runs):
                # Now the one first, now the other: what the machine does besides meets both.
                for name in ("with", "without") if number % 2 else ("without", "with"):
                    looks[name].append(_lighthouse(addresses[name]))
                if number < max(runs // 4, 1):
                    looks["control"].append(_lighthouse(addresses["control"]))
    judge(result, looks)


def judge(result: Result, looks: Mapping[str, list[Look]]) -> None:
    """Reckon the medians of many looks, by name: with, without, control."""

    def median(name: str, of: Callable[[Look], float]) -> float:
        return statistics.median(of(one) for one in looks[name])

    def more(name: str) -> float:
        return median(name, lambda one: one.blocking_ms) - median("without", lambda one: one.blocking_ms)

    result.figures |= {
        "runs": len(looks["with"]),
        "lighthouse_with": median("with", lambda one: one.score),
        "lighthouse_without": median("without", lambda one: one.score),
        "blocking_ms": max(more("with"), 0.0),
        "layout_shift": median("with", lambda one: one.shift),
        "control_blocking_ms": more("control"),
        "control_layout_shift": median("control", lambda one: one.shift),
    }
    drop = result.figures["lighthouse_without"] - result.figures["lighthouse_with"]
    result.figures["lighthouse_drop"] = drop
    seen = all(one.has_script for one in looks["with"]) and not any(one.has_script for one in looks["without"])
    result.demand(seen, "the script was not loaded where it should be, or was where it should not")
    result.demand(all(one.has_widget for one in looks["with"]), "the teaser did not come to every page with our line")
    if result.scale >= 1:  # fewer looks say more of the machine than of the script
        result.demand(drop <= MOST_DROP, f"Lighthouse falls by more than {MOST_DROP:g} points")
        result.demand(
            result.figures["blocking_ms"] <= MOST_BLOCKING_MS, f"it blocks for over {MOST_BLOCKING_MS:g} ms"
        )
    result.demand(result.figures["layout_shift"] == 0, "the page moves")
    held = result.figures["control_blocking_ms"] > MOST_BLOCKING_MS and result.figures["control_layout_shift"] > 0
    result.demand(held, "the control, a script that blocks 200 ms and moves the page, is not seen")


def _lighthouse(address: str) -> Look:
    """Let Lighthouse look at a page once. Raises SettingError where it does not come to an end."""
    command = [
        _node(), str(LIGHTHOUSE), address, "--output=json", "--quiet", "--only-categories=performance",
        "--no-enable-error-reporting",
        "--chrome-flags=--headless --no-sandbox --disable-gpu --no-first-run",
    ]  # fmt: skip
    variables = {**os.environ, "CHROME_PATH": chromium_path() or ""}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=180)
    try:
        said = json.loads(done.stdout)
        return read(said)
    except (ValueError, KeyError, TypeError) as error:
        raise SettingError(f"Lighthouse failed: {(done.stderr or done.stdout)[-500:]}") from error


def read(said: Mapping[str, Any]) -> Look:  # JSON of somebody else's
    """Read the report of Lighthouse."""
    audits = said["audits"]
    asked = audits["network-requests"]["details"]["items"]
    came = [urlsplit(one["url"]).path for one in asked if one.get("statusCode") == 200]
    return Look(
        100 * said["categories"]["performance"]["score"],
        audits["total-blocking-time"]["numericValue"],
        audits["cumulative-layout-shift"]["numericValue"],
        any(one.endswith("/w.js") for one in came),
        any(one.endswith("/w/teaser.js") for one in came),
    )


@contextmanager
def _standing(shops: Mapping[str, tuple[str, bool]]) -> Iterator[dict[str, str]]:
    """Serve the shop once for each way; yields the addresses of the product page."""
    site = Setting(_site([]).public_id, "of the bench", "", (), (), ())
    running = {
        name: serve(Shop(site, Shelf(), 0, wire, has_line), "127.0.0.1", 0)
        for name, (wire, has_line) in shops.items()
    }
    origins = {name: f"http://127.0.0.1:{one.server_address[1]}" for name, one in running.items()}
    _site(list(origins.values()))
    for one in running.values():
        threading.Thread(target=one.serve_forever, daemon=True).start()
    try:
        yield {name: origin + PAGE for name, origin in origins.items()}
    finally:
        for one in running.values():
            one.shutdown()
            one.server_close()


def _site(origins: list[str]) -> Site:
    """Return the site of the bench, whose pages come from these origins now."""
    staff = staff_of("sites", 1)
    with company_context(staff.company_id, employee_id=staff.owner.employee_id), transaction.atomic():
        found = Site.objects.filter(name="Widget").first()
        draft = SiteDraft(name="Widget", origins="https://bench.example")
        site = found or save_site(actor=staff.owner, draft=draft, now=datetime.now(UTC))
        _furnish(staff.owner, site, datetime.now(UTC))
        if origins:
            site.origins = origins
            site.save(update_fields=["origins"])
    return site


def _furnish(actor: Actor, site: Site, now: datetime) -> None:
    """Let the site have what it is usually bought for: a chat, and a teaser that every visit sees."""
    if Widget.objects.filter(site=site).exists():
        return
    save_site_chat(actor=actor, public_id=site.public_id, draft=SiteChatDraft(is_on=True), now=now)
    content = {"title": "Oak table: 5 % off today", "text": "Delivered and assembled.", "button": "Take it"}
    rules = {"when": "seconds", "number": 1, "often": "always", "never_after_closing": False}
    draft = WidgetDraft(kind="teaser", name="Teaser", content=content, rules=rules, is_on=True)
    save_widget(actor=actor, site=site.public_id, draft=draft, now=now)


@contextmanager
def _script(text: str) -> Iterator[int]:
    """Serve a script in the place of ours; yields the port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript; charset=utf-8")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_words: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
