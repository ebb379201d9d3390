"""The style sheets: all of them are one file in the browser, so a name belongs to one of them."""

import re
from collections import defaultdict
from pathlib import Path

SHEETS = Path(__file__).parents[1] / "styles"
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
