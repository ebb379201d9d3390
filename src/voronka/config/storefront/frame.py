"""What all pages of the shop share: head, navigation, foot, money and words; our line of script."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape
from typing import ClassVar

from voronka.config.storefront.goods import Choice, Goods, Range
from voronka.config.storefront.office import Offer
from voronka.config.storefront.setting import Person, Setting
from voronka.config.storefront.signs import proof_of

NAME, CITY, PHONE = "Ладная кухня", "Екатеринбург", "8\u00a0800\u00a0000-04-18"
MARKUPS = {"schema": "Schema.org (JSON-LD)", "graph": "OpenGraph", "data": "атрибуты data-voronka"}


@dataclass(frozen=True, slots=True)
class Line:
    """Goods in the basket, at today's price."""

    goods: Goods
    choice: Choice
    offer: Offer
    count: int

    @property
    def sum(self) -> Decimal:
        """What they cost together."""
        return self.offer.price * self.count


@dataclass(frozen=True, slots=True)
class Page:
    """What a page is made for: who looks, what is sold, what is in his basket, where the script comes from."""

    path: str
    wire: str
    setting: Setting
    range: Range
    shelf: Mapping[str, Offer]
    basket: Mapping[str, int] = field(default_factory=dict)
    person: Person | None = None
    has_line: bool = True
    has_left: bool = False
    MARK: ClassVar[str] = '<svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 8h12l1.4 12H4.6zM9 8V6.5a3 3 0 0 1 6 0V8"/></svg>'  # fmt: skip # noqa: E501 - one drawing

    def lines(self) -> list[Line]:
        """Return what of the basket is still sold."""
        known = self.range.by_code()
        return [
            Line(*known[code], self.shelf[code], count)
            for code, count in self.basket.items()
            if code in known and code in self.shelf
        ]

    def html(self, title: str, main: str, *, head: str = "", place: str = "", foot: str = "") -> str:
        """Return a whole page; `place` is the slug of the part of the shop that it belongs to."""
        line = f'<script async src="{self.wire}/w.js" data-site="{escape(self.setting.site)}"></script>'
        shown = " — ".join(dict.fromkeys((title, NAME)))
        return (
            f'<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>{escape(shown)}</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="description" content="Мебель из дуба: показательный магазин Воронки">'
            f'<link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/shop.css">{head}'
            f'{line if self.has_line else ""}<script defer src="/shop.js"></script></head>'
            f'<body{self._who()}>{self._top(place)}<main id="main">{main}</main>{self._foot(foot)}</body></html>'
        )

    def _who(self) -> str:
        """Return who is signed in, for the page's own script, which tells it to ours."""
        if self.person is None:
            return " data-left" if self.has_left else ""
        one = self.person
        said = {"id": one.id, "name": one.name, "email": one.email, "phone": one.phone}
        said["proof"] = proof_of(self.setting.secret, one.id)
        return "".join(f' data-{name}="{escape(value)}"' for name, value in said.items())

    def _top(self, place: str) -> str:
        parts = [*((one.slug, f"/{one.slug}", one.name) for one in self.range.categories)]
        parts.append(("dostavka", "/dostavka", "Доставка"))
        links = "".join(
            f'<a href="{where}"{" aria-current=page" if slug == place else ""}>{name}</a>'
            for slug, where, name in parts
        )
        count = sum(line.count for line in self.lines())
        who = escape(self.person.name.split()[0]) if self.person else "Войти"
        return (
            '<a class="skip" href="#main">К содержанию</a>'
            f'<div class="strip"><span>{CITY}</span><span class="wide">Доставка и сборка 5–7 дней</span>'
            f'<a href="tel:88000000418">{PHONE}</a></div>'
            f'<header><a class="name" href="/">{NAME}</a><nav aria-label="Разделы">{links}</nav>'
            f'<a class="me" href="/kabinet">{who}</a>'
            f'<a class="basket" href="/korzina">{self.MARK}<span>Корзина{f", {count}" if count else ""}</span></a>'
            "</header>"
        )

    def _foot(self, more: str) -> str:
        return (
            f"<footer><p>Показательный магазин программы Воронка: ничего не продаётся и не привозится, а заказы, "
            f"посетители и клиенты настоящие — в показательной компании.</p>{f'<p>{more}</p>' if more else ''}</footer>"
        )


def money(amount: Decimal) -> str:
    """Return a sum as people read it: 36 900 ₽, kopecks where there are any."""
    whole = amount.quantize(Decimal("0.01"))
    text = f"{whole:,.2f}".removesuffix(".00").replace(",", "\u202f").replace(".", ",")
    return f"{text}\u00a0₽"


def plural(count: int, one: str, few: str, many: str) -> str:
    """Return a count with its word."""
    tail = 20 if count % 100 in range(11, 15) else count % 10
    word = one if tail == 1 else few if tail in (2, 3, 4) else many
    return f"{count} {word}"
