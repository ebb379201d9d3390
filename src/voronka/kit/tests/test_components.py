"""Every component page in both languages: draws, obeys the strict CSP, names only icons that exist, is translated."""

import re
from pathlib import Path

import pytest

from voronka.kit import samples

KIT = Path(__file__).resolve().parent.parent
STATES = ["normal", "time", "outcomes", "toast", "night", "empty", "palette"]
PAGES = [
    "/components/",
    *(f"/components/workplace?state={state}" for state in STATES),
    *(f"/components/{name}" for name in ("client", "editor", "import", "run", "sign")),
    *(f"/components/{code}" for code in (400, 403, 404, 409, 413, 429, 500, 503)),
]
FRAGMENTS = ["/components/ask/time", "/components/ask/outcomes", "/components/ask/reasons", "/components/ask/field"]


@pytest.fixture
def draw(client, settings, db):
    """Return what draws an address in a language, as text."""
    settings.DEBUG = True

    def page(address: str, language: str = "ru") -> str:
        response = client.get(
            address, {"lang": language} if "?" not in address else None, HTTP_ACCEPT_LANGUAGE=language
        )
        assert response.status_code == 200, address
        return response.content.decode()

    return page


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("address", PAGES + FRAGMENTS)
def test_page_obeys_the_rules(draw, address, language):
    html = draw(address, language)
    assert not re.findall(r'<[^>]+\sstyle="', html)
    assert not re.findall(r"<[^>]+\son[a-z]+=", html)
    assert not re.findall(r"<script(?![^>]*\bsrc=)", html)
    assert "<style" not in html
    assert "<c-" not in html
    assert not re.findall(r"\{%|%\}", html)


@pytest.mark.parametrize("address", PAGES + FRAGMENTS)
def test_ids_are_unique(draw, address):
    found = re.findall(r'\sid="([^"]+)"', draw(address))
    twice = {one for one in found if found.count(one) > 1}
    # The list shows several whole questions at once, each with the same inner names.
    assert not twice or address == "/components/"


@pytest.mark.parametrize("address", PAGES + FRAGMENTS)
def test_icons_are_in_the_sprite(draw, address):
    lines = (KIT / "icons.txt").read_text(encoding="utf-8").splitlines()
    known = {line.split("#")[0].strip() for line in lines}
    assert set(re.findall(r'icons[^"]*\.svg#i-([\w-]+)"', draw(address))) <= known


def test_the_workplace_names_everything_pictured(draw):
    html = draw("/components/workplace?state=time")
    for part in (
        "v-client",
        "v-call",
        "v-full",
        "v-deal",
        "v-track",
        "v-why",
        "v-feed",
        "v-note",
        "v-clock",
        "v-scale",
    ):
        assert f'class="{part}' in html or f" {part}" in html, part
    assert html.count('class="v-strip-hour') == len(samples.WHEN["hours"]) - 1 + 1
    assert html.count("data-press=") == 6


def test_pages_are_hidden_where_nothing_is_developed(client, settings, db):
    settings.DEBUG = False
    for address in (*PAGES[:4], *FRAGMENTS):
        assert client.get(address).status_code == 404, address


def _messages() -> set[str]:
    """Texts for people in the templates of the kit, as gettext sees them."""
    found = set()
    for path in (KIT / "templates").rglob("*.html"):
        if "components" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        found |= {match[1] for match in re.findall(r'{% translate (["\'])(.*?)\1', text)}
        for body in re.findall(r"{% blocktranslate.*?%}(.*?){% endblocktranslate %}", text):
            found.add(re.sub(r"{{ (\w+) }}", r"%(\1)s", body.replace("%", "%%")))
    return found


def test_every_text_of_the_templates_is_translated():
    catalogue = (KIT / "locale" / "ru" / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    known = {text.replace('\\"', '"') for text in re.findall(r'^msgid "(.+)"$', catalogue, re.MULTILINE)}
    assert _messages() - known == set()
    assert not re.findall(r'^msgid ".+"\nmsgstr ""\n(?!")', catalogue, re.MULTILINE)
