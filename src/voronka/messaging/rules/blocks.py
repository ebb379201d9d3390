"""A letter as blocks: what each kind holds, and how a list of them is changed. Written out by `block_html`.

A document is a list of plain dicts, `id` and `kind` with the settings of the kind; it comes from a form or a
program, so `clean` takes what it knows and drops the rest.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

Block = dict[str, Any]

# Settings of each kind with the most signs that each holds.
TEXT, LINE, LINK, SIGN = 4_000, 200, 1_000, 12
SETTINGS: Mapping[str, Mapping[str, int]] = {
    "heading": {"text": LINE, "align": 6},
    "text": {"text": TEXT, "align": 6},
    "picture": {"file": SIGN, "alt": LINE, "link": LINK},
    "button": {"text": 80, "link": LINK, "align": 6},
    "columns": {
        "left_file": SIGN, "left_alt": LINE, "left_text": TEXT, "left_button": 80, "left_link": LINK,
        "right_file": SIGN, "right_alt": LINE, "right_text": TEXT, "right_button": 80, "right_link": LINK,
    },
    "divider": {},
    "product": {"goods": SIGN, "name": LINE, "text": TEXT, "button": 80, "link": LINK},
    "order": {"text": LINE},
    "accessories": {"text": LINE, "button": 80},
    "footer": {"text": TEXT},
}  # fmt: skip
MOST = 60
KINDS = tuple(SETTINGS)
ALIGNS = ("left", "center")
FILES = ("file", "left_file", "right_file")
LINKS = ("link", "left_link", "right_link")
_ID = re.compile(r"[a-z0-9]{1,12}")
_SIGN = re.compile(r"[A-Za-z0-9]{1,12}")
# What Liquid takes for its own; the rest of a text is words.
LIQUID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
# [words](link) of the small markup; the link without blanks, or with fields in it.
MARKED_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\(((?:\{\{[^{}]*\}\}|[^\s()<>{}]){1,1000})\)")
_HOST = re.compile(r"https?://(?:[\w-]+\.)*[\w-]+(?::\d{1,5})?(?:[/?#][^\s\"'<>\\`]*)?", re.IGNORECASE)
_WHOLE_HOST = re.compile(r"https?://[^/?#\s]+[/?#]", re.IGNORECASE)
_OTHER = re.compile(r"(?:mailto:[^\s\"'<>\\`{}]{3,}|tel:\+?[\d() -]{3,30})", re.IGNORECASE)
# Addresses of ours that stand for a whole link.
OWN_LINKS = ("order.url",)
_OWN = re.compile(r"\{\{\s*(" + "|".join(re.escape(one) for one in OWN_LINKS) + r")\s*\}\}")
_QUOTED_TAG = re.compile(r"(\"[^\"]*[<>][^\"]*\"|'[^']*[<>][^']*')")
# They would turn harmless letters back into tags.
_UNSAFE_FILTER = re.compile(r"\|\s*(url_decode|base64_decode|base64_url_safe_decode|safe)\b")


def new_block(kind: str, taken: Sequence[Block]) -> Block:
    """Return an empty block with an id of its own."""
    used = {one["id"] for one in taken}
    number = next(n for n in range(1, len(used) + 2) if f"b{n}" not in used)
    empty: Block = {"id": f"b{number}", "kind": kind}
    return empty | {name: "left" if name == "align" else "" for name in SETTINGS[kind]}


def clean(given: object) -> list[Block]:
    """Return the blocks of a document that are of a known kind, with the settings of their kind and no others."""
    made: list[Block] = []
    for one in given if isinstance(given, list) else []:
        if not isinstance(one, dict) or one.get("kind") not in SETTINGS or len(made) >= MOST:
            continue
        block = new_block(one["kind"], made)
        wanted = one.get("id")
        if isinstance(wanted, str) and _ID.fullmatch(wanted) and wanted not in {other["id"] for other in made}:
            block["id"] = wanted
        made.append(filled(block, one))
    return made


def filled(block: Block, values: Mapping[str, object]) -> Block:
    """Return a block with the settings of `values` that its kind has."""
    changed = dict(block)
    for name, most in SETTINGS[block["kind"]].items():
        value = values.get(name)
        if not isinstance(value, str):
            continue
        said = value.replace("\0", "").replace("\r\n", "\n")[:most]
        if name == "align":
            said = said if said in ALIGNS else "left"
        elif most == SIGN:
            said = said if _SIGN.fullmatch(said) else ""
        changed[name] = said
    return changed


# --- Changing a list ----------------------------------------------------------------------------------------------


def moved(blocks: Sequence[Block], block_id: str, by: int) -> list[Block]:
    """Return the blocks with one moved by so many places, as far as there are places."""
    rows = list(blocks)
    at = next((n for n, one in enumerate(rows) if one["id"] == block_id), None)
    if at is None:
        return rows
    one = rows.pop(at)
    rows.insert(min(max(at + by, 0), len(rows)), one)
    return rows


def ordered(blocks: Sequence[Block], ids: Sequence[str]) -> list[Block]:
    """Return the blocks in the order of their ids; those not named follow as they stood."""
    place = {one: n for n, one in enumerate(ids)}
    return sorted(blocks, key=lambda one: place.get(one["id"], len(place)))


def without(blocks: Sequence[Block], block_id: str) -> list[Block]:
    """Return the blocks without one."""
    return [one for one in blocks if one["id"] != block_id]


def added(blocks: Sequence[Block], kind: str, after: str = "") -> tuple[list[Block], str]:
    """Return the blocks with a new one behind `after`, else before the footer; and the id of the new one."""
    rows, new = list(blocks), new_block(kind, blocks)
    at = next((n + 1 for n, one in enumerate(rows) if one["id"] == after), None)
    if at is None:
        at = len(rows) - 1 if rows and rows[-1]["kind"] == "footer" else len(rows)
    rows.insert(at, new)
    return rows, new["id"]


# --- What is wrong with it ----------------------------------------------------------------------------------------


def texts_of(block: Block) -> list[tuple[str, str]]:
    """Return the texts of a block that may hold fields, by setting."""
    return [
        (name, block[name])
        for name, most in SETTINGS[block["kind"]].items()
        if most != SIGN and name not in {"align", "name"} and block[name]
    ]


def links_in(text: str) -> list[str]:
    """Return the links of the small markup in a text."""
    return [match[2] for match in MARKED_LINK.finditer(text)]


def is_link(link: str) -> bool:
    """Tell whether a link may stand in a letter: its host is written out, fields come behind it only, and as values."""
    if _OWN.fullmatch(link):
        return True
    if "{%" in link or "%}" in link:
        return False
    before, brace, _rest = link.partition("{{")
    if brace and not _WHOLE_HOST.match(before):
        return False
    plain = LIQUID.sub("0", link)
    if "{" in plain or "}" in plain:
        return False
    return bool(_HOST.fullmatch(plain) or (not brace and _OTHER.fullmatch(plain)))


def smuggles(text: str) -> bool:
    """Tell whether fields of a text would make tags: Liquid does not escape what stands in quotes inside of it."""
    return any(_QUOTED_TAG.search(piece) or _UNSAFE_FILTER.search(piece) for piece in LIQUID.findall(text))


def faults(blocks: Sequence[Block]) -> list[tuple[str, str, str]]:
    """Return what keeps a document from being a letter, apart from its Liquid: id of the block, setting, code.

    Codes: empty (nothing but a footer), no_text, no_file, no_goods, bad_link, smuggles, two_footers.
    """
    found: list[tuple[str, str, str]] = []
    for one in blocks:
        needed = {"heading": "text", "text": "text", "button": "text", "picture": "file", "product": "goods"}
        name = needed.get(one["kind"], "")
        if name and not one[name].strip():
            found.append((one["id"], name, {"file": "no_file", "goods": "no_goods"}.get(name, "no_text")))
        if one.get("link", "").strip():
            if not is_link(one["link"].strip()):
                found.append((one["id"], "link", "bad_link"))
        elif one["kind"] == "button":
            found.append((one["id"], "link", "bad_link"))
        found += [(one["id"], name, code) for name, code in _column_faults(one)]
        for name, text in texts_of(one):
            if name not in LINKS and any(not is_link(link) for link in links_in(text)):
                found.append((one["id"], name, "bad_link"))
            if smuggles(text):
                found.append((one["id"], name, "smuggles"))
    footers = [one["id"] for one in blocks if one["kind"] == "footer"]
    found += [(one, "kind", "two_footers") for one in footers[1:]]
    if len(footers) == len(blocks):
        found.append(("", "", "empty"))
    return found


def _column_faults(block: Block) -> list[tuple[str, str]]:
    """Return what is wrong with the buttons of columns: a link that is none, words or a link alone."""
    found = []
    for side in ("left", "right") if block["kind"] == "columns" else ():
        words, link = block[f"{side}_button"].strip(), block[f"{side}_link"].strip()
        if link and not words:
            found.append((f"{side}_button", "no_text"))
        if (words or link) and not is_link(link):
            found.append((f"{side}_link", "bad_link"))
    return found
