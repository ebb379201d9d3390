"""Nobody is shut out: axe-core (WCAG 2.2 A and AA) finds nothing on any component page, in either theme."""

import pytest

from voronka.config.testing import part_of
from voronka.config.testing_browser import AXE_ADDRESS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = [
    "/components/workplace?state=normal",
    "/components/workplace?state=time",
    "/components/workplace?state=outcomes",
    "/components/workplace?state=toast",
    "/components/workplace?state=night",
    "/components/workplace?state=empty",
    "/components/workplace?state=palette",
    "/components/client?x=",
    "/components/editor?x=",
    "/components/import?x=",
    "/components/run?x=",
    "/components/sign?x=",
    "/components/404?x=",
    "/components/?x=",
]
RUN = """async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    const found = await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
    return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(" | ")}`);
}"""


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)])
def test_axe_finds_nothing(chromium, live_server, settings, theme, width):
    settings.DEBUG = True
    # The page's own CSP would keep the checker out.
    context = chromium.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    page = context.new_page()
    found = {}
    for address in part_of(PAGES, 2, width + len(theme)):
        page.goto(f"{live_server.url}{address}&theme={theme}")
        page.wait_for_load_state("load")
        page.wait_for_timeout(250)
        page.add_script_tag(url=f"{live_server.url}{AXE_ADDRESS}")
        wrong = page.evaluate(RUN)
        if wrong:
            found[address] = wrong
    context.close()
    assert found == {}
