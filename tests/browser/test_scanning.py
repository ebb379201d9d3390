"""A phone in the store: a scanner that types, the camera, no connection, answers that were lost; nothing is doubled."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from browsing import PHONE, until
from django.db import transaction

from voronka.accounts.testing import make_company
from voronka.catalogue.testing import make_goods
from voronka.kit.tenancy import company_context
from voronka.stock import services
from voronka.stock.models import DocumentLine, Scan
from voronka.stock.testing import balance, make_place, stock_up

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHAIR, LAMP, UNKNOWN = "4607183011425", "4607183022070", "2000447100934"
SENT = "document.querySelector('v-scan').dataset.waits === '0'"
# A browser without eyes is given some: one code is seen over and over, as a camera held still sees it.
EYES = f"""
window.BarcodeDetector = class {{ async detect() {{ return [{{ rawValue: "{CHAIR}" }}]; }} }};
navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream();
HTMLMediaElement.prototype.play = async () => {{}};
"""


def make_paper(kind, *, order=0):
    cast = make_company(now=datetime.now(UTC))
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        place = make_place(cast.owner)
        chair, lamp = make_goods("Стул", barcode=CHAIR), make_goods("Лампа", barcode=LAMP)
        stock_up(cast.owner, chair.pk, place, 4, now=datetime.now(UTC))
        ends = {"source_id": place.pk} if kind == "count" else {"target_id": place.pk}
        lines = [services.Wanted(chair.pk, Decimal(order))] if order else []
        paper = services.make_document(services.Heading(kind, **ends), lines, actor=cast.owner, now=datetime.now(UTC))
    return cast, place, paper, chair, lamp


def opened(visit, cast, paper, **more):
    page = visit(cast.owner, viewport=PHONE, **more)
    page.goto(f"/stock/papers/{paper.public_id}/scan/")
    until(page, "!!document.querySelector('v-scan').dataset.waits")
    return page


def read(page, code):
    """Type as a scanner does: at once, ended by Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def lines(cast, paper):
    with company_context(cast.company_id), transaction.atomic():
        rows = DocumentLine.objects.filter(document_id=paper.pk).order_by("id")
        return {one.variant.name: (one.done, one.damaged) for one in rows.select_related("variant")}


def test_a_receipt_is_read_by_a_scanner_and_what_is_wrong_is_settled_in_place(visit):
    cast, place, paper, chair, _lamp = make_paper("receipt", order=3)
    page = opened(visit, cast, paper)
    for _piece in range(2):
        read(page, CHAIR)
    until(page, "document.querySelector('[data-done]').textContent === '2'")
    until(page, "document.querySelector('.v-scan--ok [data-of-words]').textContent === 'of 3'")
    read(page, LAMP)
    until(page, "document.querySelector('.v-scan--bad [data-name]')?.textContent === 'Лампа'")
    page.click("[data-way=aside]")
    read(page, CHAIR)
    page.click("[data-spoil]")
    until(page, SENT)
    assert lines(cast, paper) == {"Стул": (2, 1)}
    page.click("[data-type-number]")
    page.fill("#scan-typed", "пять")
    page.keyboard.press("Enter")
    until(page, "!document.querySelector('[data-ask-why]').hidden")
    page.fill("#scan-typed", "4")
    page.keyboard.press("Enter")
    until(page, SENT + " && document.querySelector('[data-done]').textContent === '4'")
    page.click("[data-finish] button")
    page.wait_for_url(f"**/stock/papers/{paper.public_id}/")
    with company_context(cast.company_id), transaction.atomic():
        assert balance(chair.pk, place) == (8, 0)
        assert Scan.objects.filter(is_aside=True).count() == 1


def test_a_count_goes_on_without_a_connection_and_nothing_is_doubled(visit):
    cast, _place, paper, _chair, _lamp = make_paper("count")
    page = opened(visit, cast, paper)
    read(page, CHAIR)
    until(page, SENT + " && document.querySelector('[data-done]').textContent === '1'")
    wire = page.context.new_cdp_session(page)
    gone = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", gone)
    for _piece in range(3):
        read(page, CHAIR)
    read(page, UNKNOWN)
    until(page, "!document.querySelector('[data-offline-box]').hidden")
    until(page, "document.querySelector('v-scan').dataset.waits === '4'")
    assert "4" in page.text_content("[data-waiting]")
    assert lines(cast, paper) == {"Стул": (1, 0)}
    wire.send("Network.emulateNetworkConditions", gone | {"offline": False})
    until(page, SENT + " && document.querySelector('[data-offline-box]').hidden")
    assert lines(cast, paper) == {"Стул": (4, 0)}
    assert page.text_content(".v-count-row.is-bad").startswith("Unknown barcode")


def test_readings_outlive_the_page(visit):
    cast, _place, paper, _chair, _lamp = make_paper("count")
    page = opened(visit, cast, paper)
    page.route("**/readings/", lambda route: route.abort())
    for _piece in range(2):
        read(page, CHAIR)
    until(page, "document.querySelector('v-scan').dataset.waits === '2'")
    page.unroute("**/readings/")
    page.reload()
    until(page, SENT)
    assert lines(cast, paper) == {"Стул": (2, 0)}


def test_an_answer_that_is_lost_and_a_request_that_comes_twice_count_once(visit):
    cast, _place, paper, _chair, _lamp = make_paper("count")
    page = opened(visit, cast, paper)
    sent = []

    def lose(route):
        sent.append(route.request.post_data)
        route.fetch()  # the server has it ...
        route.abort()  # ... and its answer does not come back

    page.route("**/readings/", lose)
    read(page, CHAIR)
    until(page, "document.querySelector('v-scan').dataset.waits === '1'")
    until(page, "!document.querySelector('[data-offline-box]').hidden")
    page.unroute("**/readings/")
    twice = """async (body) => Promise.all([1, 2].map(() => fetch(document.querySelector("v-scan").dataset.readings, {
        method: "POST", body, headers: {...JSON.parse(document.body.getAttribute("hx-headers")),
        "Content-Type": "application/json"}})
        .then((answer) => answer.status)))"""
    assert page.evaluate(twice, sent[0]) == [200, 200]
    until(page, SENT)
    assert lines(cast, paper) == {"Стул": (1, 0)}


def test_the_camera_reads_and_a_code_held_still_counts_once(visit):
    cast, _place, paper, _chair, _lamp = make_paper("receipt", order=3)
    page = visit(cast.owner, viewport=PHONE)
    page.add_init_script(EYES)
    page.goto(f"/stock/papers/{paper.public_id}/scan/")
    until(page, "!!document.querySelector('v-scan').dataset.waits")
    page.click("[data-scan]")
    until(page, "document.querySelector('[data-done]').textContent === '1'")
    page.wait_for_timeout(800)
    page.click("[data-scan]")
    until(page, SENT + " && document.querySelector('[data-video]').hidden")
    assert lines(cast, paper) == {"Стул": (1, 0)}


def test_a_paper_that_is_done_keeps_what_was_read_until_it_is_thrown_away(visit):
    cast, _place, paper, chair, _lamp = make_paper("receipt", order=1)
    page = opened(visit, cast, paper)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        now = datetime.now(UTC)
        services.scan(
            paper.pk, [services.Reading(uuid.uuid4(), Decimal(1), variant_id=chair.pk)], actor=cast.owner, now=now
        )
        services.finish(paper.pk, actor=cast.owner, now=now, version=1)
    read(page, CHAIR)
    until(page, "!document.querySelector('[data-discard]').hidden")
    assert page.get_attribute("v-scan", "data-waits") == "1"
    page.click("[data-discard]")
    until(page, SENT)
