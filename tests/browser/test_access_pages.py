"""Nobody is shut out: axe-core (WCAG 2.2 A and AA) finds nothing on any page, light and dark, wide and narrow."""

import pytest
from browsing import DESKTOP, PHONE
from django.db import transaction
from django.urls import reverse
from isolation_table import all_rows, build_world

from voronka.config.testing import part_of
from voronka.config.testing_browser import AXE as AXE  # other tests of this folder find it here
from voronka.config.testing_browser import AXE_ADDRESS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

RUN = """async (rules) => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    const only = rules ? {type: "rule", values: rules} : {type: "tag", values: tags};
    const found = await axe.run(document, {runOnly: only, resultTypes: ["violations"]});
    return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(" | ")}`);
}"""
# Forms with a field to be seen and a button that sends them, none of which is to be seen. Lists whose rows are ticked
# show what may be done when one is.
DUMB = """() => {
    const seen = (node) => node.checkVisibility({visibilityProperty: true}) && node.getClientRects().length > 0;
    const of = (form, which) => [...form.elements].filter((node) => node.matches(which));
    return [...document.forms].filter((form) => {
        const sends = of(form, "button:not([type=button]), input[type=submit]");
        const fields = of(form, "input:not([type=hidden], [type=checkbox]), select, textarea");
        return sends.length > 0 && fields.some(seen) && !sends.some(seen);
    }).map((form) => `nothing to press: ${form.className} ${form.getAttribute("action")}`);
}"""
# At a desk the sheet scrolls, never the page: what is hidden from the eye had made it longer, with nothing to see.
TALL = """() => document.querySelector(".v-work") && document.documentElement.scrollHeight > innerHeight
    ? ["the page is longer than the window"] : []"""
# A theme changes colours only, so the other rules are asked once for each width; every run sees both themes and both
# widths, `make test-deep` each with each.
LOOKS = [(DESKTOP, "light", None), (DESKTOP, "dark", ["color-contrast"]), (PHONE, "dark", None),
         (PHONE, "light", ["color-contrast"])]  # fmt: skip
# Answers that are no page by themselves: parts of pages, files, ways out.
NO_PAGES = {
    "healthz", "healthz-work", "account_logout", "people:client-count", "people:client-export", "people:client-feed",
    "people:client-file", "people:import-progress", "people:import-rejected", "people:import-file", "deals:feed",
    "deals:phrase", "deals:home", "deals:ahead", "deals:walk-ahead", "deals:deal-export", "accounts:export-take",
    "deals:file", "deals:inbox-export", "work:task-export", "people:double-export", "people:bin-export",
    "mfa_download_recovery_codes", "people:lead-form", "audience:funnel-file",
    "audience:managers-file", "work:task-file", "billing:document-file", "billing:document-kept", "billing:picture",
    "catalogue:goods-export", "catalogue:picture", "catalogue:supply-bad", "catalogue:feed-file",
    "catalogue:feed-picture", "billing:documents-export", "billing:payments-export", "billing:pay-file",
    "billing:template-file", "loyalty:promo-file", "care:answers-file", "orders:order-export", "orders:wave-sheet",
    "orders:shipment-sheet", "stock:goods-export", "stock:paper-sheet", "stock:paper-export",
    "stock:replenish-export", "stock:lost-sales-export", "orders:client-paper",
    "messaging:talk-canned", "messaging:talk-count", "messaging:talk-parts", "messaging:talk-file",
    "messaging:talk-attached", "messaging:campaign-check", "messaging:campaign-progress",
}  # fmt: skip


def wrong_on(page, addresses) -> dict[str, list[str]]:
    """Return what is wrong on each address, by width and theme."""
    found = {}
    for address in addresses:
        page.set_viewport_size(DESKTOP)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        answer = page.goto(address)
        assert answer is not None
        assert answer.status < 500, address
        if page.evaluate("document.doctype") is None:
            continue  # a piece of a page, which htmx puts into its place
        page.add_script_tag(url=AXE_ADDRESS)
        for size, theme, rules in part_of(LOOKS, 2):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=theme)
            page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            wrong = page.evaluate(RUN, rules) + page.evaluate(DUMB)
            if wrong := wrong + (page.evaluate(TALL) if size == DESKTOP else []):
                found[f"{address} {size['width']} {theme}"] = wrong
    return found


@pytest.fixture
def world():
    with transaction.atomic():
        return build_world()


def addresses(world, *, is_open: bool) -> list[str]:
    found = []
    for row in all_rows():
        if row.method == "GET" and row.name not in NO_PAGES and not row.name.startswith("kit:"):
            given = {name: str(value) for name, value in row.data(world).items()}
            query = "?" + "&".join(f"{name}={value}" for name, value in given.items()) if given else ""
            address = reverse(row.name, kwargs=row.args(world)) + query.replace("+", "%2B")
            if row.is_open == is_open:
                found.append(address)
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("part", range(2))
def test_axe_finds_nothing(visit, world, part):
    # The page's own policy would keep the checker out. The service worker, which only passes what it is asked on, is
    # walked with elsewhere: here it would pass on forty files at each of hundreds of pages.
    page = visit(world.owner, language="ru", bypass_csp=True, service_workers="block")
    walked = addresses(world, is_open=False)
    assert len(walked) > 50
    found = wrong_on(page, walked[part::2])
    nobody = visit(language="ru", bypass_csp=True, service_workers="block")
    outside = addresses(world, is_open=True)
    assert len(outside) > 6
    outside += ["/nowhere/", reverse("accounts:join", kwargs={"token": world.kept["token"]})]
    assert found | wrong_on(nobody, outside[part::2]) == {}
