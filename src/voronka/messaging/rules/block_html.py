"""Blocks written out: as MJML, whose texts stand behind marks, and as the plain text of the same letter.

A library makes tables for mail programs of the MJML; it never sees a word or an address that people wrote, marks stand
for them, so nothing in them can be taken for markup. `Writer.finish` puts them back, escaped, Liquid as it was.
"""

import hashlib
import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from voronka.messaging.rules.blocks import LIQUID, MARKED_LINK, OWN_LINKS, Block

# What stands for the address of leaving till a letter goes, and around what only advertising says.
LEAVE = "voronka:leave"
REQUISITES = "company.requisites"
LEAVE_BEGINS, LEAVE_ENDS = "<!--leave-->", "<!--/leave-->"
INK, PAPER, QUIET, LINE, ACCENT = "#1c1b19", "#ffffff", "#6b6862", "#dedbd3", "#0b5cab"
FONT = "-apple-system, 'Segoe UI', Arial, sans-serif"
WIDTH = 600
# Mail programs that know a dark page get one; !important, since the styles stand at the elements.
DARK = (
    "@media (prefers-color-scheme: dark) {"
    ".v-body,.v-body>div{background:#131312 !important}"
    ".v-sheet,.v-sheet table{background:#1e1d1b !important}"
    ".v-sheet div,.v-sheet td,.v-sheet p,.v-sheet h1,.v-sheet span{color:#ecebe7 !important}"
    ".v-sheet a{color:#8ec1ff !important}"
    ".v-sheet .v-quiet,.v-sheet .v-quiet div,.v-sheet .v-quiet a{color:#a5a29b !important}"
    ".v-sheet .v-press td,.v-sheet .v-press a{background:#ecebe7 !important;color:#1c1b19 !important}"
    ".v-sheet .v-rule p,.v-sheet .v-rule td{border-color:#3a3834 !important}"
    "}"
)
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", re.DOTALL)
_ITALIC = re.compile(r"(?<![*\w])\*(?=[^\s*])(.+?)(?<=[^\s*])\*(?![*\w])", re.DOTALL)
_FIELD = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Words:
    """What a letter says by itself, in the language of the company."""

    leave: str
    why: str
    total: str


@dataclass(slots=True)
class Writer:
    """Writes one document. `pictures` are the addresses of its files by their id."""

    blocks: Sequence[Block]
    words: Words
    pictures: dict[str, str]
    language: str
    title: str = ""
    _kept: list[str] = field(default_factory=list)
    _key: str = ""

    def mjml(self) -> str:
        """Return the letter as MJML with marks."""
        said = json.dumps([self.blocks, self.title], sort_keys=True)
        self._key, self._kept = hashlib.sha256(said.encode()).hexdigest()[:12], []
        rows = "".join(self._block(one) for one in self.blocks)
        return (
            f'<mjml lang="{self.language}"><mj-head><mj-title>{self._mark(text_html(self.title))}</mj-title>'
            f'<mj-attributes><mj-all font-family="{FONT}" /><mj-text font-size="16px" line-height="24px" '
            f'color="{INK}" padding="8px 24px" /><mj-section padding="0" background-color="{PAPER}" '
            'css-class="v-sheet" /></mj-attributes>'
            '<mj-raw><meta name="color-scheme" content="light dark" />'
            '<meta name="supported-color-schemes" content="light dark" /></mj-raw>'
            f"<mj-style>{self._mark(DARK)}</mj-style></mj-head>"
            '<mj-body background-color="#f3f2ee" css-class="v-body">'
            f"{_gap()}{rows}{_gap()}<mj-raw>{self._mark('<!--end-->')}</mj-raw></mj-body></mjml>"
        )

    def finish(self, made: str) -> str:
        """Return the page that the library made with the words in the places of their marks."""
        return re.sub(rf"zq{self._key}x(\d+)zq", lambda match: self._kept[int(match[1])], made)

    def text(self) -> str:
        """Return the letter as plain text, Liquid as it was."""
        said = [self._plain(one) for one in self.blocks]
        return re.sub(r"\n{3,}", "\n\n", "\n\n".join(one for one in said if one)).strip()

    def _mark(self, raw: str) -> str:
        self._kept.append(raw)
        return f"zq{self._key}x{len(self._kept) - 1}zq"

    # -- HTML --

    def _block(self, one: Block) -> str:
        inside = getattr(self, f"_{one['kind']}")(one)
        return inside if inside.startswith(("<mj-raw>", "<mj-section")) else _section(inside)

    def _heading(self, one: Block) -> str:
        said = f'<h1 style="margin:0;font-size:26px;line-height:32px;font-weight:700">{text_html(one["text"])}</h1>'
        return f'<mj-text align="{one["align"]}" padding="16px 24px 8px">{self._mark(said)}</mj-text>'

    def _text(self, one: Block) -> str:
        return f'<mj-text align="{one["align"]}">{self._mark(rich_html(one["text"]))}</mj-text>'

    def _picture(self, one: Block, width: int = WIDTH) -> str:
        return self._image(one["file"], one["alt"], one["link"], width)

    def _image(self, file: str, alt: str, link: str, width: int) -> str:
        if file not in self.pictures:
            return ""
        href = f' href="{self._mark(link_html(link))}"' if link.strip() else ""
        src, said = self._mark(html.escape(self.pictures[file])), self._mark(text_html(alt))
        return f'<mj-image src="{src}" alt="{said}"{href} width="{width - 48}px" padding="8px 24px" />'

    def _button(self, one: Block) -> str:
        return self._press(one["text"], one["link"], one["align"])

    def _press(self, text: str, link: str, align: str) -> str:
        return (
            f'<mj-button href="{self._mark(link_html(link))}" align="{align}" background-color="{INK}" '
            'color="#ffffff" font-size="16px" font-weight="600" border-radius="6px" inner-padding="13px 26px" '
            f'padding="12px 24px" css-class="v-press">{self._mark(text_html(text))}</mj-button>'
        )

    def _columns(self, one: Block) -> str:
        sides = []
        for side in ("left", "right"):
            picture = self._image(one[f"{side}_file"], one[f"{side}_alt"], "", WIDTH // 2)
            words = one[f"{side}_text"]
            said = f"<mj-text>{self._mark(rich_html(words))}</mj-text>" if words.strip() else ""
            press = ""
            if one[f"{side}_button"].strip() and one[f"{side}_link"].strip():
                press = self._press(one[f"{side}_button"], one[f"{side}_link"], "left")
            sides.append(f'<mj-column width="50%" vertical-align="top">{picture}{said}{press}</mj-column>')
        return f"<mj-section>{''.join(sides)}</mj-section>"

    def _divider(self, _one: Block) -> str:
        return f'<mj-divider border-width="1px" border-color="{LINE}" padding="12px 24px" css-class="v-rule" />'

    def _product(self, one: Block) -> str:
        if not one["goods"]:
            return ""
        goods = f"goods['{one['goods']}']"
        card = (
            f'{{% if {goods}.picture %}}<img src="{{{{ {goods}.picture }}}}" alt="" width="552" '
            'style="display:block;width:100%;max-width:552px;border-radius:6px;margin:0 0 12px" />{% endif %}'
            f'<p style="margin:0;font-size:18px;line-height:26px;font-weight:700">{{{{ {goods}.name }}}}</p>'
            f'{{% if {goods}.price %}}<p style="margin:4px 0 0;font-size:18px">{{{{ {goods}.price }}}}</p>{{% endif %}}'
            + (f'<div style="margin-top:8px">{rich_html(one["text"])}</div>' if one["text"].strip() else "")
        )
        press = (
            self._press(one["button"], one["link"], "left") if one["button"].strip() and one["link"].strip() else ""
        )
        begins, ends = self._mark(f"{{% if {goods} %}}"), self._mark("{% endif %}")
        inside = _section(f"<mj-text>{self._mark(card)}</mj-text>{press}")
        return f"<mj-raw>{begins}</mj-raw>{inside}<mj-raw>{ends}</mj-raw>"

    def _order(self, one: Block) -> str:
        cell = f"padding:8px 0;border-bottom:1px solid {LINE};font-size:15px;line-height:20px"
        table = (
            (f'<p style="margin:0 0 6px;font-weight:700">{text_html(one["text"])}</p>' if one["text"].strip() else "")
            + '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" '
            'style="border-collapse:collapse">'
            "{% for line in order.lines %}<tr>"
            f'<td style="{cell}">{{{{ line.name }}}}</td>'
            f'<td style="{cell};white-space:nowrap;padding-left:12px" align="right">{{{{ line.quantity }}}}</td>'
            f'<td style="{cell};white-space:nowrap;padding-left:12px" align="right">{{{{ line.total }}}}</td>'
            "</tr>{% endfor %}"
            f'<tr><td colspan="2" style="padding:10px 0;font-weight:700">{html.escape(self.words.total)}</td>'
            '<td style="padding:10px 0;font-weight:700;white-space:nowrap" align="right">{{ order.total }}</td></tr>'
            "</table>"
        )
        begins, ends = self._mark("{% if order.number != '' %}"), self._mark("{% endif %}")
        inside = _section(f'<mj-text css-class="v-rule">{self._mark(table)}</mj-text>')
        return f"<mj-raw>{begins}</mj-raw>{inside}<mj-raw>{ends}</mj-raw>"

    def _accessories(self, one: Block) -> str:
        # A picture or a page that is not known takes no room; with no goods the whole block is not there.
        words = text_html(one["button"].strip())
        press = f'<a href="{{{{ line.url }}}}" style="color:{ACCENT}">{words}</a>' if words else ""
        name = "{{ line.name }}"
        linked = f'<a href="{{{{ line.url }}}}" style="color:{INK}">{name}</a>'
        table = (
            (f'<p style="margin:0 0 6px;font-weight:700">{text_html(one["text"])}</p>' if one["text"].strip() else "")
            + '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" '
            'style="border-collapse:collapse">'
            "{% for line in accessories.lines %}<tr>"
            "{% if line.picture != '' %}"
            f'<td width="108" valign="top" style="padding:10px 12px 10px 0;border-bottom:1px solid {LINE}">'
            '<img src="{{ line.picture }}" alt="" width="96" style="display:block;width:96px;border-radius:6px" /></td>'
            f'<td valign="top" style="padding:10px 0;border-bottom:1px solid {LINE};font-size:16px;line-height:22px">'
            "{% else %}"
            f'<td colspan="2" style="padding:10px 0;border-bottom:1px solid {LINE};font-size:16px;line-height:22px">'
            "{% endif %}"
            f"<b>{{% if line.url != '' %}}{linked}{{% else %}}{name}{{% endif %}}</b><br />{{{{ line.price }}}}"
            + (f"{{% if line.url != '' %}}<br />{press}{{% endif %}}" if press else "")
            + "</td></tr>{% endfor %}</table>"
        )
        begins, ends = self._mark("{% if accessories.lines != empty %}"), self._mark("{% endif %}")
        inside = _section(f'<mj-text css-class="v-rule">{self._mark(table)}</mj-text>')
        return f"<mj-raw>{begins}</mj-raw>{inside}<mj-raw>{ends}</mj-raw>"

    def _footer(self, one: Block) -> str:
        rows = [f"{{{{ {REQUISITES} | newline_to_br }}}}"]
        rows += [rich_html(one["text"])] if one["text"].strip() else []
        leave = (
            f"{LEAVE_BEGINS}{html.escape(self.words.why)} "
            f'<a href="{LEAVE}" style="color:{QUIET};text-decoration:underline">{html.escape(self.words.leave)}</a>'
            f"{LEAVE_ENDS}"
        )
        said = "".join(f'<div style="margin:0 0 6px">{row}</div>' for row in [*rows, leave])
        return (
            f'<mj-text font-size="13px" line-height="19px" color="{QUIET}" padding="16px 24px" css-class="v-quiet">'
            f"{self._mark(said)}</mj-text>"
        )

    # -- plain text --

    def _plain(self, one: Block) -> str:
        match one["kind"]:
            case "heading" | "text":
                return rich_text(one["text"])
            case "picture":
                link = link_text(one["link"]) if one["link"].strip() else ""
                return "\n".join(filter(None, [f"[{one['alt']}]" if one["alt"].strip() else "", link]))
            case "button":
                return f"{one['text'].strip()}: {link_text(one['link'])}"
            case "columns":
                return "\n\n".join(filter(None, (self._plain_column(one, side) for side in ("left", "right"))))
            case "divider":
                return "- - -"
            case "product":
                return self._plain_product(one)
            case "order":
                head = f"{one['text'].strip()}\n" if one["text"].strip() else ""
                each = "{{ line.name }}: {{ line.quantity }}, {{ line.total }}"
                lines = f"{{% for line in order.lines %}}{each}\n{{% endfor %}}"
                total = f"{self.words.total}: {{{{ order.total }}}}"
                return f"{{% if order.number != '' %}}{head}{lines}{total}{{% endif %}}"
            case "accessories":
                head = f"{one['text'].strip()}\n" if one["text"].strip() else ""
                each = "- {{ line.name }}, {{ line.price }}{% if line.url != '' %}: {{ line.url }}{% endif %}\n"
                lines = f"{{% for line in accessories.lines %}}{each}{{% endfor %}}"
                return f"{{% if accessories.lines != empty %}}{head}{lines}{{% endif %}}"
            case _:
                said = [f"{{{{ {REQUISITES} }}}}", rich_text(one["text"]), f"{self.words.leave}: {LEAVE}"]
                return "--\n" + "\n".join(row for row in said if row)

    def _plain_column(self, one: Block, side: str) -> str:
        words, link = one[f"{side}_button"].strip(), one[f"{side}_link"]
        press = f"{words}: {link_text(link)}" if words and link.strip() else ""
        return "\n".join(filter(None, [rich_text(one[f"{side}_text"]), press]))

    def _plain_product(self, one: Block) -> str:
        if not one["goods"]:
            return ""
        goods = f"goods['{one['goods']}']"
        price = f"{{% if {goods}.price %}}, {{{{ {goods}.price }}}}{{% endif %}}"
        said = f"{{{{ {goods}.name }}}}{price}"
        if one["text"].strip():
            said += f"\n{rich_text(one['text'])}"
        if one["button"].strip() and one["link"].strip():
            said += f"\n{one['button'].strip()}: {link_text(one['link'])}"
        return f"{{% if {goods} %}}{said}{{% endif %}}"


def _gap() -> str:
    space = '<mj-column><mj-spacer height="16px" /></mj-column>'
    return f'<mj-section background-color="#f3f2ee" css-class="v-gap">{space}</mj-section>'


def _section(inside: str) -> str:
    return f"<mj-section><mj-column>{inside}</mj-column></mj-section>" if inside else ""


# --- Texts --------------------------------------------------------------------------------------------------------


def text_html(text: str) -> str:
    """Return a text escaped, its Liquid as it is: what comes of that is escaped when it is filled."""
    return _escaped(text)


def rich_html(text: str) -> str:
    """Return a text of the small markup as HTML: **bold**, *italic*, [words](link), lines and paragraphs."""
    kept: list[str] = []

    def keep(raw: str) -> str:
        kept.append(raw)
        return f"\x02{len(kept) - 1}\x03"

    def link(match: re.Match[str]) -> str:
        said = text_html(match[1])
        return keep(f'<a href="{link_html(match[2])}" style="color:{ACCENT}">{said}</a>')

    bare = text.replace("\x02", "").replace("\x03", "").strip()
    bare = LIQUID.sub(lambda match: keep(match[0]), MARKED_LINK.sub(link, bare))
    said = _ITALIC.sub(r"<i>\1</i>", _BOLD.sub(r"<b>\1</b>", html.escape(bare)))
    paragraphs = [one.replace("\n", "<br />") for one in re.split(r"\n\s*\n", said)]
    made = "".join(f'<p style="margin:{"0" if n == 0 else "12px 0 0"}">{one}</p>' for n, one in enumerate(paragraphs))
    return re.sub("\x02(\\d+)\x03", lambda match: kept[int(match[1])], made)


def rich_text(text: str) -> str:
    """Return a text of the small markup as plain text, links behind their words."""
    kept: list[str] = []

    def keep(raw: str) -> str:
        kept.append(raw)
        return f"\x02{len(kept) - 1}\x03"

    bare = text.replace("\x02", "").replace("\x03", "").strip()
    bare = MARKED_LINK.sub(lambda match: f"{match[1]} ({keep(link_text(match[2]))})", bare)
    bare = LIQUID.sub(lambda match: keep(match[0]), bare)
    said = _ITALIC.sub(r"\1", _BOLD.sub(r"\1", bare))
    return re.sub("\x02(\\d+)\x03", lambda match: kept[int(match[1])], said)


def link_text(link: str) -> str:
    """Return a link with its fields made fit for an address."""
    return _FIELD.sub(_in_address, link.strip())


def link_html(link: str) -> str:
    """Return a link as an attribute."""
    return _escaped(link_text(link))


def _in_address(match: re.Match[str]) -> str:
    said = match[1].strip()
    is_ours = said in OWN_LINKS or re.search(r"\|\s*url_encode$", said)
    return f"{{{{ {said} }}}}" if is_ours else f"{{{{ {said} | url_encode }}}}"


def _escaped(text: str) -> str:
    """Escape what of a text is no Liquid."""
    made, at = [], 0
    for match in LIQUID.finditer(text):
        made += [html.escape(text[at : match.start()]), match[0]]
        at = match.end()
    return "".join([*made, html.escape(text[at:])])
