"""A mark of markup in every name and text of a company runs on no page, even where no policy of the page forbids it."""

import json
from datetime import UTC, datetime
from io import BytesIO

import pytest
from browsing import QUIET, settled, until
from django.db import transaction
from django.urls import reverse
from isolation_table import all_rows, build_world
from marking import mark_everything

from voronka.people import services as people
from voronka.people.services import imports

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MARK = "\"'><img src=x onerror=ran()>"
LONG = f"{MARK}<script>ran()</script><svg onload=ran()></svg><a href='javascript:ran()' autofocus onfocus=ran()>a</a>"
LISTEN = "window.runs = []; window.ran = () => window.runs.push(location.href);"
RAN = "() => [window.runs.length, document.querySelectorAll('img[src=x], [onload], [onfocus], [onerror]').length]"
# A fragment is put into a page as htmx puts it, whatever it was asked for.
SWAP = """async (address) => {
    const place = document.createElement("div");
    document.body.append(place);
    // A refusal of a stale card is taken by the page itself, and the request then never tells that it has ended.
    const asked = htmx.ajax("GET", address, {target: place, swap: "innerHTML"}).catch(() => {});
    await Promise.race([asked, new Promise((done) => setTimeout(done, 3000))]);
    await new Promise((done) => setTimeout(done, 30));
    const words = place.textContent;
    place.remove();
    return words;
}"""


@pytest.fixture
def world():
    """Build the world of all addresses, with the mark in every text of company A."""
    with transaction.atomic():
        return make_marked_world()


def make_marked_world():
    made = build_world()
    with made.inside():
        load_marked_file(made)
        assert mark_everything(MARK, short="<svg onload=ran()>") > 40
        kept = BytesIO(b"x")
        client = people.create_client(
            actor=made.owner, draft=people.ClientDraft(name=LONG[:200]), now=datetime.now(UTC)
        )
        people.add_note(actor=made.owner, client_id=client.pk, text=LONG, now=datetime.now(UTC))
        name = f"{MARK}.txt"
        people.attach_file(
            actor=made.owner, client_id=client.pk, source=kept, name=name, content_type="text/plain",
            now=datetime.now(UTC),
        )  # fmt: skip
        made.kept["long"] = client.public_id
    return made


def load_marked_file(world) -> None:
    """Load a file whose name, header and cells are marks: they are kept as the person gave them."""
    cell = '"' + LONG.replace('"', '""') + '"'
    text = f'"ФИО";"Телефон";{cell}\n{cell};8 913 000-11-22;{cell}\n{cell};abc;{cell}\n'
    now = datetime.now(UTC)
    run = imports.start_import(actor=world.owner, source=BytesIO(text.encode()), name=f"{MARK}.csv", now=now)
    who = {"actor": world.owner, "public_id": run.public_id}
    world.kept["marked_new"] = run.public_id
    run = imports.start_import(actor=world.owner, source=BytesIO(text.encode()), name=f"{MARK}.csv", now=now)
    who = {"actor": world.owner, "public_id": run.public_id}
    mapping = [{"target": "name"}, {"target": "phone"}, {"target": "comment"}]
    imports.choose_columns(**who, mapping=mapping, options=run.options, in_background=False)
    imports.check(run.pk)
    world.kept["marked_ready"] = run.public_id


def addresses(world) -> list[str]:
    """Return every address that is asked for by GET, each once."""
    found = []
    for row in all_rows():
        if row.method == "GET" and not {404, 429} >= set(row.answer):
            given = {name: value for name, value in row.data(world).items() if isinstance(value, str)}
            query = "?" + "&".join(f"{name}={value}" for name, value in given.items()) if given else ""
            found.append(reverse(row.name, kwargs=row.args(world)) + query.replace("+", "%2B"))
    more = [f"/clients/{world.kept['long']}/", f"/clients/{world.kept['long']}/edit/"]
    more += [f"/clients/import/{world.kept[one]}/" for one in ("marked_new", "marked_ready")]
    more += ["/search/?q=onerror", "/clients/?q=onerror", f"/clients/import/{world.kept['marked_ready']}/remarks"]
    leaving = ("/account/logout/", "/healthz", "/healthz/work", "/ahead")  # the last is empty where nobody is left
    return [one for one in dict.fromkeys(found + more) if not one.partition("?")[0].endswith(leaving)]


@pytest.fixture
def page(visit, world):
    """Return the owner's page without its policy, so that a mark that gets through does run."""
    page = visit(world.owner, bypass_csp=True)
    page.context.add_init_script(LISTEN)
    yield page
    # A piece in a page that is not its own does not find the places that it changes.
    errors = visit.__self__.errors
    missing = ("htmx:targetError", "htmx:oobErrorNoTarget", "Invalid re-target", "#v-board-sum")
    errors[:] = [one for one in errors if not any(words in one for words in missing)]


def test_no_mark_runs(page, world):
    walk_pages(page, world)
    walk_fragments(page, world)
    use_what_scripts_build(page, world)
    check_that_a_mark_would_run(page)


def walk_pages(page, world) -> None:
    shown = 0
    refused = []
    page.on("dialog", lambda dialog: (refused.append(dialog.message), dialog.dismiss()))
    for address in addresses(world):
        answer = page.goto(address) if not is_file(address) else None
        if answer is not None:
            assert answer.status < 500, address
            assert page.evaluate(RAN) == [0, 0], address
            shown += "onerror=ran()" in page.inner_text("body")
    assert shown > 25, "the marks do show, as letters"
    assert refused == []


def is_file(address: str) -> bool:
    path = address.partition("?")[0]
    parts = ("/files/", "/attached/", "/export", "/pictures/", "/versions/", "/goods-pictures/")
    ends = (".csv", ".xlsx", ".pdf", ".zip", ".docx", ".yml", "/rejected", "/bad")
    is_paper = path.startswith("/o/") and "/papers/" in path
    is_upload = path.endswith("/file") and not path.startswith("/stock/")
    return is_paper or is_upload or path.endswith(ends) or any(one in path for one in parts)


def walk_fragments(page, world) -> None:
    page.goto(f"/clients/{world.kept['long']}/")
    settled(page)
    shown = 0
    for address in addresses(world):
        # An ended loading asks the whole page to come anew; what a scanner asks, and a text for the field of a chat,
        # are no markup. All were looked at above as pages.
        path = address.partition("?")[0]
        is_text = path.startswith("/talk/") and "/texts/" in path
        if not is_file(address) and not is_text and not path.endswith(("/progress", "/state/")):
            shown += "onerror=ran()" in page.evaluate(SWAP, address)
            assert page.evaluate(RAN) == [0, 0], address
    assert shown > 25


def use_what_scripts_build(page, world) -> None:
    page.goto(f"/deals/{world.kept['deal']}/")
    settled(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("onerror")
    until(page, "document.querySelectorAll('[role=option]').length > 0")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    until(page, "!!document.querySelector('v-strip')")
    page.keyboard.press("/")
    page.keyboard.type(MARK)
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert page.evaluate(RAN) == [0, 0]
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type(LONG)
    page.keyboard.press("Enter")
    until(page, f"document.querySelector('#v-feed').textContent.includes({json.dumps(LONG)}) && {QUIET}")
    page.reload()
    settled(page)
    page.keyboard.press("1")
    until(page, "!!document.querySelector('v-toast')")
    assert page.evaluate(RAN) == [0, 0]


def check_that_a_mark_would_run(page) -> None:
    page.goto("/clients/")
    settled(page)
    page.evaluate("(mark) => document.querySelector('main').insertAdjacentHTML('beforeend', mark)", MARK)
    until(page, "window.runs.length === 1")
