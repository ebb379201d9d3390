"""The style sheets: all of them are one file in the browser, so a name belongs to one of them."""

import re
from collections import defaultdict
from pathlib import Path

SHEETS = Path(__file__).parents[1] / "styles"
ROOT = SHEETS.parents[3]
# Sheets that refine what another one lays out, on purpose: the editor inside of the pages of setting up, motions.
TOGETHER = [{"editor.css", "setup.css"}, {"float.css", "state.css"}]


def test_a_class_is_laid_out_by_one_sheet():
    """Two pages that call different things by one name spoil each other: the later sheet wins on both."""
    where = defaultdict(set)
    for sheet in SHEETS.glob("*.css"):
        for name in re.findall(r"^  \.([\w-]+) \{", sheet.read_text(encoding="utf-8"), re.MULTILINE):
            where[name].add(sheet.name)
    assert len(where) > 500
    assert {name: sheets for name, sheets in where.items() if len(sheets) > 1 and sheets not in TOGETHER} == {}


def test_what_a_cell_is_called_on_a_phone_is_read_by_the_sheets():
    """On a phone the head of a table is hidden: a cell says by `data-name` what it is, and by nothing else."""
    cells = re.compile(r"<td\b[^>]*?\sdata-([\w-]+)=")
    sheets = "".join(sheet.read_text(encoding="utf-8") for sheet in SHEETS.glob("*.css"))
    named, unread = 0, set()
    for template in Path(__file__).parents[2].rglob("templates/**/*.html"):
        for name in cells.findall(template.read_text(encoding="utf-8")):
            named += name == "name"
            if f"data-{name}" not in sheets:
                unread.add((template.name, name))
    assert named > 250
    assert unread == set()


def test_the_kit_gives_bare_elements_their_looks_and_our_pages_name_no_class_of_it():
    """Its rules for classes are left out of the sheet: a class of it in a template would lay out nothing."""
    built = (SHEETS.parent / "static/vendor/voronka.css").read_text(encoding="utf-8")
    kit = built[built.index("@layer kit{") : built.index("@layer base {")]
    selectors = re.sub(r":not\([^{}]*?\)|@[^{]*|\{[^{}]*\}", " ", kit)
    assert re.search(r"\bh1\b", selectors)
    assert re.findall(r"\.[a-z][\w-]*", selectors) == []
    whole = ROOT / "node_modules/@tabler/core/dist/css/tabler.min.css"
    known = set(re.findall(r"\.([a-z][\w-]*)", whole.read_text(encoding="utf-8")))
    assert {"btn", "card", "row"} <= known
    named = defaultdict(set)
    for template in (ROOT / "src/voronka").glob("*/templates/**/*.html"):
        text = re.sub(r"\{[{%].*?[%}]\}", " ", template.read_text(encoding="utf-8"), flags=re.DOTALL)
        for classes in re.findall(r'\bclass="([^"]*)"', text):
            for name in known.intersection(classes.split()):
                named[name].add(template.name)
    assert named == {}


def test_a_tick_of_rows_some_of_which_are_chosen_looks_like_neither_all_nor_none():
    """`<v-tick-all>` says it by the state of the box, which stands unseen below its picture."""
    script = (SHEETS.parent / "static/kit/js/tick-all.js").read_text(encoding="utf-8")
    assert "this.box.indeterminate =" in script
    assert ".v-choose input:indeterminate + i" in (SHEETS / "orders.css").read_text(encoding="utf-8")
