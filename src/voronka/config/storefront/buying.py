"""The pages on which one buys: basket, checkout, thanks, and the customer's own page."""

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape

from voronka.config.storefront import pictures
from voronka.config.storefront.frame import Line, Page, money, plural
from voronka.config.storefront.office import Placed
from voronka.config.storefront.setting import Way

_PHASES = {
    "new": "принят", "work": "собирается", "ready": "готов", "shipping": "едет", "done": "получен",
    "cancelled": "отменён",
}  # fmt: skip


def basket(page: Page) -> str:
    """Return the basket; an emptied one says that too."""
    lines = page.lines()
    if not lines:
        main = (
            '<h1>Корзина</h1><div data-voronka-basket data-sum="0" data-currency="RUB"><p class="lead">Пока пусто. '
            'Столы разбирают первыми.</p></div><p><a class="button" href="/stoly">К столам</a></p>'
        )
        return page.html("Корзина", main)
    rows = "".join(_row(one) for one in lines)
    main = (
        f'<h1>Корзина</h1><div class="two"><div{_mark(lines)}>{rows}</div>'
        f'<aside><p class="label">{_goods_words(lines)}</p><p class="price">{money(_sum(lines))}</p>'
        '<a class="button" href="/zakaz">Оформить</a><p class="note">Одна страница, минута. Промокод — там же.</p>'
        "</aside></div>"
    )
    return page.html("Корзина", main)


def checkout(page: Page, typed: Mapping[str, str], problem: str = "") -> str:
    """Return the one page of the checkout, with what was typed and what is wrong with it."""
    lines = page.lines()
    said = {"name": "", "phone": "", "email": "", **typed}
    if page.person and not typed:
        said |= {"name": page.person.name, "phone": page.person.phone, "email": page.person.email}
    wrong = f'<p class="wrong" role="alert">{escape(problem)}</p>' if problem else ""
    rows = "".join(
        f'<li data-voronka-line="{escape(one.offer.name)}" {_line_mark(one)}>{escape(one.offer.name)}'
        f" × {one.count}<b>{money(one.sum)}</b></li>"
        for one in lines
    )
    main = (
        f'<h1>Оформление</h1>{wrong}<form method="post" action="/zakaz" name="checkout" class="two" '
        f'data-voronka-checkout><input type="hidden" name="key" value="{uuid.uuid4().hex}"><div>'
        f"<fieldset><legend>Кому</legend>{_field('name', 'Имя', said, 'name', needed=True)}"
        f"{_field('phone', 'Телефон', said, 'tel', 'tel', needed=True)}"
        f"{_field('email', 'Почта', said, 'email', 'email')}</fieldset>"
        f"<fieldset><legend>Как получить</legend>{_ways('delivery', page.setting.deliveries, said)}"
        f"{_field('city', 'Город', said, 'address-level2')}"
        f"{_field('address', 'Улица, дом, квартира', said, 'street-address')}"
        f"</fieldset><fieldset><legend>Как заплатить</legend>{_ways('payment', page.setting.payments, said)}</fieldset>"
        f"<fieldset><legend>Ещё</legend>{_field('promo', 'Промокод', said, 'off')}"
        f"{_field('comment', 'Комментарий', said, 'off')}</fieldset></div>"
        f'<aside><ul class="sum"{_mark(lines)}>{rows}</ul><p class="note">Без доставки</p>'
        f'<p class="price">{money(_sum(lines))}</p>'
        '<label class="agree"><input type="checkbox" name="agreed" value="1" required> Согласен на обработку данных'
        '</label><button class="button">Заказать</button></aside></form>'
    )
    return page.html("Оформление", main)


def thanks(page: Page, number: str, total: Decimal | None) -> str:
    """Return the page after an order; what was bought is told to machines once, not when the page is loaded again."""
    if total is None:
        told = "Мы записали вас и скоро позвоним." if number else "Заказ у нас, мы скоро позвоним."
        return page.html("Спасибо", f'<h1>Спасибо!</h1><p class="lead">{told}</p>')
    main = (
        f'<div data-voronka-purchase="{escape(number)}" data-sum="{total:.2f}" data-currency="RUB">'
        f'<h1>Спасибо! Заказ {escape(number)}</h1><p class="lead">На {money(total)}. Позвоним, чтобы договориться о '
        'дне.</p></div><p><a class="button" href="/kabinet">Мои заказы</a></p>'
    )
    return page.html("Спасибо", main)


def account(page: Page, orders: Sequence[Placed]) -> str:
    """Return the page of a customer, or the ways in."""
    if page.person is None:
        people = "".join(
            f'<form method="post" action="/vhod"><input type="hidden" name="client" value="{escape(one.id)}">'
            f'<button class="plain">{escape(one.name)}<span>{escape(one.email or one.phone)}</span></button></form>'
            for one in page.setting.people
        )
        main = (
            '<h1>Вход</h1><p class="lead">Это показательный магазин, паролей в нём нет: войдите как один из клиентов '
            "компании. Кто вошёл, узнает и Воронка: сервер магазина за него поручится.</p>"
            f'<div class="people">{people}</div>'
        )
        return page.html("Вход", main)
    rows = "".join(
        f"<tr><td>{escape(one.number)}</td><td>{'.'.join(reversed(one.made_at[:10].split('-')))}</td>"
        f"<td>{_PHASES.get(one.phase, '')}</td><td>{money(one.sum)}</td></tr>"
        for one in orders
    )
    table = (
        '<table class="ways"><thead><tr><th scope="col">Заказ</th><th scope="col">День</th><th scope="col">Где он</th>'
        f'<th scope="col">Сумма</th></tr></thead><tbody>{rows}</tbody></table>'
    )
    reached = " ".join((page.person.phone, page.person.email))
    main = (
        f'<h1>{escape(page.person.name)}</h1><p class="lead">{escape(reached)}</p>'
        f"<h2>Заказы</h2>{table if rows else '<p>Заказов ещё не было.</p>'}"
        '<form method="post" action="/vyhod"><button class="plain">Выйти</button></form>'
    )
    return page.html("Кабинет", main)


def _row(line: Line) -> str:
    picture = pictures.address(line.goods.picture, line.goods.tones[line.choice.tone])
    code = f'<input type="hidden" name="code" value="{line.choice.code}">'
    options = ", ".join(f"{name.lower()}: {value}" for name, value in line.goods.options_of(line.choice).items())
    name = escape(line.goods.name)

    def button(count: int, sign: str, words: str) -> str:
        return (
            f'<form method="post" action="/korzina/skolko">{code}<input type="hidden" name="count" value="{count}">'
            f'<button class="step" aria-label="{words}: {name}">{sign}</button></form>'
        )

    return (
        f'<div class="line" data-voronka-line="{escape(line.offer.name)}" {_line_mark(line)}>'
        f'<img src="{picture}" width="1200" height="780" alt="" loading="lazy">'
        f'<div><a href="/tovar/{line.goods.slug}/{line.choice.code}">{name}</a><span>{escape(options)}</span></div>'
        f'<div class="steps">{button(line.count - 1, "−", "Меньше")}<b>{line.count}</b>'
        f'{button(line.count + 1, "+", "Больше")}</div><b class="money">{money(line.sum)}</b>'
        f"{button(0, '×', 'Убрать')}</div>"
    )


def _mark(lines: Sequence[Line]) -> str:
    return f' data-voronka-basket data-sum="{_sum(lines):.2f}" data-currency="RUB"'


def _line_mark(line: Line) -> str:
    return f'data-code="{line.offer.code}" data-price="{line.offer.price:.2f}" data-count="{line.count}"'


def _sum(lines: Sequence[Line]) -> Decimal:
    return sum((one.sum for one in lines), Decimal(0))


def _goods_words(lines: Sequence[Line]) -> str:
    return plural(sum(one.count for one in lines), "вещь", "вещи", "вещей")


def _field(
    name: str, words: str, said: Mapping[str, str], fills: str, kind: str = "text", *, needed: bool = False
) -> str:
    value, must = escape(said.get(name, "")), " required" if needed else ""
    return (
        f'<label>{words}<input name="{name}" type="{kind}" value="{value}" autocomplete="{fills}" maxlength="200"'
        f"{must}></label>"
    )


def _ways(name: str, ways: Sequence[Way], said: Mapping[str, str]) -> str:
    chosen = said.get(name) or (ways[0].id if ways else "")
    rows = []
    for one in ways:
        cost = f"<span>{money(Decimal(one.cost))}</span>" if Decimal(one.cost) else ""
        mark = " checked" if one.id == chosen else ""
        rows.append(
            f'<label class="way"><input type="radio" name="{name}" value="{one.id}"{mark}> {escape(one.name)}{cost}'
            "</label>"
        )
    return "".join(rows)
