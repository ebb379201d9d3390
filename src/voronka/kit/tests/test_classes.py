"""Classes of pages and of style sheets name each other: neither holds what the other knows nothing of."""

import re
from collections import defaultdict
from pathlib import Path

SHEETS = Path(__file__).parents[1] / "styles"
SOURCES = SHEETS.parents[1]
TESTS = SOURCES.parents[1] / "tests"
FOREIGN = {"htmx-request"}  # given by htmx to what waits for an answer
TONES = ("late", "heed", "gain", "spend")  # of figures and states: v-{{ tone }}


def test_a_class_that_a_page_names_is_laid_out_or_asked_for():
    """A name without a rule is misspelt, or what is left of a look that is gone; scripts and tests may ask for one."""
    laid_out, asked = _laid_out(), _asked_for()
    _words, begun, _values = _said_by_the_code()
    unknown = defaultdict(set)
    for template in SOURCES.glob("*/templates/**/*.html"):
        for name in _named_in(template) - laid_out - asked:
            if not name.startswith(tuple(begun)):
                unknown[name].add(template.name)
    assert len(laid_out) > 1300
    assert unknown == {}


def test_a_class_that_is_laid_out_stands_on_a_page():
    """Rules for what stands nowhere go to every browser, and whoever changes a look has to reckon with them."""
    words, begun, values = _said_by_the_code()
    assert "v-tree-" in begun  # a name that a page completes, as v-tree-{{ depth }}
    tones = {f"v-{tone}" for tone in TONES}
    dead = {
        name
        for name in _laid_out() - words - FOREIGN - tones
        if not name.startswith(tuple(begun)) and name.removeprefix("is-") not in values
    }
    assert dead == set()


def _laid_out() -> set[str]:
    """Return the classes that our sheets have rules for."""
    css = "\n".join(sheet.read_text(encoding="utf-8") for sheet in SHEETS.glob("*.css"))
    bare = re.sub(r'/\*.*?\*/|url\([^)]*\)|"[^"]*"', "", css, flags=re.DOTALL)
    return {name for rule in re.findall(r"([^{};]+)\{", bare) for name in re.findall(r"\.([A-Za-z][\w-]*)", rule)}


def _named_in(template: Path) -> set[str]:
    """Return the classes that a template names whole; those that a value completes are met by the other test."""
    text = re.sub(r"\{#.*?#\}", " ", template.read_text(encoding="utf-8"))
    text = re.sub(r"\{%.*?%\}", "\x01", text, flags=re.DOTALL)
    text = re.sub(r"\{\{.*?\}\}", "\x00", text, flags=re.DOTALL)
    whole = re.compile(r"(?<![^\s\x01])(?<!-\x01)[A-Za-z](?:[\w-]*\w)?(?![^\s\x01])")
    return {name for classes in re.findall(r'(?<![\w:-])class="([^"]*)"', text) for name in whole.findall(classes)}


def _asked_for() -> set[str]:
    """Return the classes that scripts and tests look for: in selectors, in classList or in the text of a page."""
    paths = [*_files("js"), *SOURCES.rglob("tests/**/*.py"), *TESTS.rglob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths if path != Path(__file__))
    return set(re.findall(r"""(?:(?<![\w-])\.|["'])((?:v|is)-[\w-]+)""", text))


def _said_by_the_code() -> tuple[set[str], set[str], set[str]]:
    """Return what templates, scripts and Python name: whole words, beginnings of words, words in quotes."""
    words: set[str] = set()
    begun: set[str] = set()
    values: set[str] = set()
    scripts = "".join(path.read_text(encoding="utf-8") for path in _files("js"))
    elements = set(re.findall(r'customElements\.define\("([\w-]+)"', scripts))
    for kind in ("html", "js", "py"):
        for path in _files(kind):
            text = path.read_text(encoding="utf-8")
            values |= set(re.findall(r"""["'`]([\w-]+)["'`]""", text))
            begun |= set(re.findall(r"(?<![\w-])((?:v-[\w-]+-|is-[a-z][\w-]*))(?:\$?\{)", text))
            if kind == "html":
                text = re.sub(r"\{#.*?#\}|</?[\w.:-]+", " ", text)
            found = set(re.findall(r"(?<![\w-])[A-Za-z_][\w-]*", text))
            words |= found - elements if kind == "js" else found
    return words, begun, values


def _files(kind: str) -> list[Path]:
    apart = {"tests", "migrations", "vendor", "built"}
    return [path for path in sorted(SOURCES.rglob(f"*.{kind}")) if not apart & set(path.parts)]
