"""Bench `pages`: what people look at all day, by HTTP, in a company of a million clients and 10,000 open deals.

Each page is asked for by one signed-in person after another answer has come, of the web program as it is served.
`statements` are those of the page itself: signing in (session, person, place), BEGIN, COMMIT and the setting of the
company are not counted, as in the bench of a press. `cpu_ms` is the processor's time of the page in the program and
`best_ms` its fastest answer: what a busy machine tells of a quiet one. The control asks for each row of a list by
itself, and must be counted over the limit.
"""

import http.client
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from django.conf import settings
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import override_settings

from voronka.config.benches import bare
from voronka.config.benches.first_load import SIGNS, first_load
from voronka.config.benches.frame import Result, Staff, in_turns, middle, p95
from voronka.config.benches.office import busy_client, office_of
from voronka.config.benches.serving import browser_of, cookie_of, served
from voronka.config.env import SettingError
from voronka.kit.tenancy import company_context
from voronka.people.models import Client, ContactPoint

P95_MS, STATEMENTS, FIRST_LOAD_KIB, PROCESSES = 150.0, 20, 250, 2
CONTROL = "/bench/row-by-row"
_ASIDE = ("SAVEPOINT", "RELEASE", "SELECT set_config")


@dataclass(frozen=True, slots=True)
class Page:
    """A page to be measured: its address, and whether a manager or the owner looks at it; `piece` as htmx asks.

    No time is promised for what is not `timed`: it is measured to be known.
    """

    address: str
    by_manager: bool = False
    piece: bool = False
    timed: bool = True


def pages_of(staff: Staff) -> dict[str, Page]:
    """Return the pages by the name of their figures."""
    with company_context(staff.company_id), transaction.atomic():
        client = Client.objects.get(pk=busy_client(staff))
        phone = ContactPoint.objects.filter(client_id=client.pk).values_list("value", flat=True)[0]
    clients = "/clients/?"
    return {
        "workplace": Page("/work/?anyway=1", by_manager=True),
        "ahead": Page("/work/ahead", by_manager=True, piece=True),
        "board": Page("/deals/board/"),
        "board_of_manager": Page("/deals/board/", by_manager=True),
        "deal_list": Page("/deals/"),
        "funnel": Page("/deals/funnel/"),
        "clients": Page(clients),
        "clients_of_manager": Page(clients, by_manager=True),
        "clients_by_sum": Page(f"{clients}sort=-sum"),
        "clients_by_sum_of_manager": Page(f"{clients}sort=-sum", by_manager=True),
        "clients_by_city": Page(f"{clients}sort=city"),
        "clients_by_kind": Page(f"{clients}sort=kind"),
        "clients_by_vip": Page(f"{clients}sort=-vip"),
        "clients_by_zone": Page(f"{clients}sort=zone"),
        "clients_by_responsible": Page(f"{clients}sort=responsible"),
        "clients_by_source": Page(f"{clients}sort=source"),
        "clients_by_own_number": Page(f"{clients}sort=-custom.area", timed=False),
        "clients_own_choice": Page(f"{clients}f.custom.segment=опт"),
        "clients_own_rare": Page(f"{clients}f.custom.contract=yes"),
        "clients_own_number": Page(f"{clients}f.custom.area=500..501"),
        "clients_own_day": Page(f"{clients}f.custom.since=01.02.2021"),
        "clients_own_text": Page(f"{clients}f.custom.object=Объект 777"),
        "clients_own_choice_by_sum": Page(f"{clients}f.custom.segment=опт&sort=-sum"),
        "clients_count": Page("/clients/count/?f.custom.segment=опт", piece=True),
        "search_name": Page(f"{clients}q=ловьё Жанн"),
        "search_phone": Page(f"{clients}q={phone[-4:]}"),
        "client": Page(f"/clients/{client.public_id}/"),
        "report_funnel": Page("/reports/?period=quarter"),
        "report_funnel_team": Page("/reports/team/?period=quarter", piece=True),
        "report_managers": Page("/reports/managers/?period=quarter"),
        "planner": Page("/planner/", by_manager=True),
        "tasks": Page("/tasks/", by_manager=True),
        "inbox": Page("/inbox/"),
        "palette": Page("/search/?q=Соловьёв", by_manager=True, piece=True),
        "palette_phone": Page(f"/search/?q={phone[-4:]}", by_manager=True, piece=True),
        "reminders_due": Page("/reminders/due", by_manager=True, piece=True),
    }


def run(*, scale: float, seconds: float) -> Result:
    """Measure every page by itself, all in turns; figures in milliseconds, statements and KiB."""
    result = Result("pages", scale)
    staff = office_of(scale)
    pages = pages_of(staff)
    count_all(result, staff, pages)
    with measured(result, staff, pages, seconds) as (port, cookies):
        first = first_load(port, pages["workplace"].address, cookies[True])
    result.figures |= {f"first_load_{kind}_kib": size / 1024 for kind, size in first.items()}
    result.figures["first_load_kib"] = sum(first.values()) / 1024
    most = f"the first load of the workplace is over {FIRST_LOAD_KIB} KiB"
    result.demand(result.figures["first_load_kib"] <= FIRST_LOAD_KIB, most)
    return result


@contextmanager
def measured(
    result: Result, staff: Staff, pages: Mapping[str, Page], seconds: float
) -> Iterator[tuple[int, Mapping[bool, str]]]:
    """Serve the web program, yield its port and the cookies of a manager and of the owner, then time every page."""
    each, least = seconds / 10, 10 if seconds >= 10 else 3
    spent: dict[str, list[float]] = {name: [] for name in pages}
    cookies = {True: cookie_of(staff.workers[0]), False: cookie_of(staff.owner)}
    with served("voronka.config.web:app", PROCESSES) as port:
        yield port, cookies
        measures: dict[str, Callable[[], list[float]]] = {
            name: partial(_repeated, port, cookies[page.by_manager], page, each, least, spent[name])
            for name, page in pages.items()
        }
        for page in pages.values():  # each process loads what it needs
            _repeated(port, cookies[page.by_manager], page, 0, PROCESSES * 2, [])
        in_turns(measures)
    for name, page in pages.items():
        result.figures[f"{name}_p50_ms"] = middle(spent[name]) * 1000
        result.figures[f"{name}_p95_ms"] = p95(spent[name])
        result.figures[f"{name}_best_ms"] = min(spent[name]) * 1000
        slow = f"{name}: p95 is over {P95_MS:g} ms"
        is_slow = page.timed and result.figures[f"{name}_p95_ms"] > P95_MS
        result.demand(result.scale < 1 or not is_slow, slow)


def count_all(result: Result, staff: Staff, pages: Mapping[str, Page], *, times: int = 3) -> None:
    """Count the statements of every page and of the control, which must be too many; note the program's time."""
    browsers = {True: browser_of(staff.workers[0]), False: browser_of(staff.owner)}
    for name, page in pages.items():
        count, cpu = count_statements(browsers[page.by_manager], page, times=times)
        result.figures[f"{name}_statements"] = count
        result.figures[f"{name}_cpu_ms"] = cpu * 1000
        result.demand(count <= STATEMENTS, f"{name} sends more than {STATEMENTS} statements: {count}")
    with override_settings(ROOT_URLCONF="voronka.config.benches.pages_control"):
        control, _cpu = count_statements(browsers[False], Page(CONTROL), times=1)
    result.figures["control_statements"] = control
    result.demand(control > STATEMENTS, "the control, which asks for each row by itself, sends few statements")


def count_statements(browser: Browser, page: Page, *, times: int) -> tuple[int, float]:
    """Return how many statements a page sends after signing in, and the seconds of processor its quickest answer takes.

    The first answer of a process is not counted: what is read once stays.
    """
    with override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, "voronka.config.benches.bare.MarkMiddleware"]):
        ask = partial(browser.get, page.address, headers={"HX-Request": "true"} if page.piece else {})
        ask()
        worked: list[float] = []
        for _number in range(times):
            bare.seen.clear()
            began = time.process_time()
            with connection.execute_wrapper(bare.record):
                answer = ask()
            worked.append(time.process_time() - began)
    if answer.status_code not in (200, 204):
        raise SettingError(f"{page.address} of the bench was answered {answer.status_code}")
    sent = [one for one in bare.seen[bare.seen.index(None) :] if one is not None]
    return len([one for one in sent if not one[0].startswith(_ASIDE)]), min(worked)


def _repeated(port: int, cookie: str, page: Page, seconds: float, least: int, spent: list[float]) -> list[float]:
    """Ask for a page so long and `least` times; return the seconds of each answer, `spent` gathers all rounds."""
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}", **({"HX-Request": "true"} if page.piece else {})}
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    address = quote(page.address, safe=SIGNS)
    times: list[float] = []
    ends = time.perf_counter() + seconds
    while len(times) < least or time.perf_counter() < ends:
        began = time.perf_counter()
        line.request("GET", address, headers=headers)
        answer = line.getresponse()
        answer.read()
        times.append(time.perf_counter() - began)
        if answer.status not in (200, 204):
            raise SettingError(f"{page.address} of the bench was answered {answer.status}")
    line.close()
    spent.extend(times)
    return times
