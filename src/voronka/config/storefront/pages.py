"""The pages on which one looks: home, a part of the shop, a product in its three kinds of markup, delivery."""

import json
from decimal import Decimal
from html import escape

from voronka.config.storefront import pictures
from voronka.config.storefront.frame import MARKUPS, NAME, Page, money, plural
from voronka.config.storefront.goods import Category, Choice, Goods

_MONTHS = 6


def home(page: Page) -> str:
    """Return the first page."""
    table = page.range.goods[0]
    tiles = "".join(
        f'<a class="tile" href="/{one.slug}">{_image(_first(page, one.slug), 0)}<b>{one.name}</b></a>'
        for one in page.range.categories
    )
    main = (
        '<section class="first"><div><h1>Мебель, которую собирают за час</h1>'
        "<p>Дуб, масло и понятная цена. Привезём, поднимем и соберём за 5–7 дней.</p>"
        f'<a class="button" href="{_where(table)}">Стол «Брусок»</a></div>{_image(table, 0, "eager")}</section>'
        f'<h2>Что посмотреть</h2><div class="tiles">{tiles}</div>'
        f'<h2>Берут чаще</h2><div class="cards">{"".join(_card(page, one) for one in page.range.goods[:4])}</div>'
    )
    return page.html(NAME, main)


def part(page: Page, category: Category) -> str:
    """Return the page of a part of the shop."""
    cards = "".join(_card(page, one) for one in page.range.goods if one.category == category.slug)
    main = f'<h1>{category.name}</h1><p class="lead">{category.text}</p><div class="cards">{cards}</div>'
    return page.html(category.name, main, place=category.slug)


def product(page: Page, goods: Goods, choice: Choice) -> str | None:
    """Return the page of a variant; None where the product knows no such variant."""
    offer = page.shelf.get(choice.code)
    if offer is None:
        return None
    category = next(one for one in page.range.categories if one.slug == goods.category)
    head, mark = _markup(goods, choice, page)
    main = (
        f'<div class="product"{mark}><div class="about">'
        f'<p class="crumbs"><a href="/{category.slug}">{category.name}</a> / {goods.about}</p>'
        f'<h1>{escape(goods.name)}</h1><p class="lead">{goods.lead}</p>'
        f'<p class="price">{money(offer.price)}</p>'
        f'<p class="note">или по {money((offer.price / _MONTHS).quantize(Decimal(10)))} на {_MONTHS} месяцев</p>'
        f"{_sizes(goods, choice)}{_tones(goods, choice)}"
        '<form method="post" action="/korzina/polozhit">'
        f'<input type="hidden" name="code" value="{choice.code}"><button class="button">В корзину</button></form>'
        f"<ul class=facts><li>{_there_is(offer.pieces)}</li><li>Подъём на этаж входит в цену</li>"
        "<li>Вернуть можно 30 дней</li></ul></div>"
        f'<div class="look"><img class="big" src="{_picture(goods, choice, 0)}" width="1200" height="780" '
        f'alt="{escape(goods.name)}">{_views(goods, choice)}</div></div>'
    )
    others = [found for slug in goods.goes_with if (found := page.range.find(slug))]
    if others:
        main += f'<h2>Подходит к этому</h2><div class="cards">{"".join(_card(page, one) for one in others)}</div>'
    foot = f"Артикул {choice.code}. Разметка этой страницы: {MARKUPS[goods.markup]}."
    return page.html(goods.name, main, head=head, place=goods.category, foot=foot)


def delivery(page: Page) -> str:
    """Return what is said of delivery."""
    ways = "".join(
        f"<tr><td>{escape(one.name)}</td><td>{money(Decimal(one.cost)) if Decimal(one.cost) else 'бесплатно'}</td></tr>"
        for one in page.setting.deliveries
    )
    main = (
        '<h1>Доставка</h1><p class="lead">Привозим по всей стране, собираем сами в Екатеринбурге и области.</p>'
        f'<table class="ways"><thead><tr><th scope="col">Как</th><th scope="col">Сколько стоит</th></tr></thead>'
        f"<tbody>{ways}</tbody></table>"
        "<h2>Когда</h2><p>Что есть на складе, отгрузим завтра. Под заказ — 14 дней: срок скажем, когда позвоним.</p>"
        "<h2>Возврат</h2><p>30 дней, если мебель не собирали. Приедем и заберём сами.</p>"
    )
    return page.html("Доставка", main, place="dostavka")


def words(page: Page, title: str, text: str) -> str:
    """Return a page that only says something."""
    main = f'<h1>{title}</h1><p class="lead">{text}</p><p><a class="button" href="/">На главную</a></p>'
    return page.html(title, main)


def _markup(goods: Goods, choice: Choice, page: Page) -> tuple[str, str]:
    """Return what the head and what the product's block say to machines, in the kind of markup that the goods have."""
    offer = page.shelf[choice.code]
    name, price = escape(offer.name), f"{offer.price:.2f}"
    if goods.markup == "data":
        barcode = f' data-barcode="{offer.barcode}"' if offer.barcode else ""
        said = f' data-voronka-product="{name}" data-code="{offer.code}" data-price="{price}" data-currency="RUB"'
        return "", said + barcode
    if goods.markup == "graph":
        pairs = {
            "og:type": "product", "og:title": name, "og:image": _picture(goods, choice, 0),
            "product:retailer_item_id": offer.code, "product:ean": offer.barcode,
            "product:price:amount": price, "product:price:currency": "RUB",
        }  # fmt: skip
        return "".join(f'<meta property="{one}" content="{value}">' for one, value in pairs.items() if value), ""
    there = "InStock" if offer.pieces else "BackOrder"
    said_of = {
        "@context": "https://schema.org", "@type": "Product", "name": offer.name, "sku": offer.code,
        "image": _picture(goods, choice, 0), "description": goods.lead, "brand": {"@type": "Brand", "name": NAME},
        "offers": {
            "@type": "Offer", "price": price, "priceCurrency": "RUB",
            "availability": f"https://schema.org/{there}",
        },
    }  # fmt: skip
    if offer.barcode:
        said_of["gtin13"] = offer.barcode
    # What a name holds must not end the element; in JSON these signs may be written by their numbers.
    text = json.dumps(said_of, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e")
    return f'<script type="application/ld+json">{text}</script>', ""


def _sizes(goods: Goods, choice: Choice) -> str:
    if len(goods.sizes) < 2:
        return ""
    links = "".join(
        f'<a href="{_where(goods, Choice(goods.code_of(place, choice.tone), place, choice.tone))}"'
        f"{' aria-current=true' if place == choice.size else ''}>{_figure(size)}</a>"
        for place, (size, _price) in enumerate(goods.sizes)
    )
    return f'<p class="label">{goods.size_name}</p><div class="sizes">{links}</div>'


def _tones(goods: Goods, choice: Choice) -> str:
    links = "".join(
        f'<a class="tone {pictures.TONES[tone][0]}" href="'
        f'{_where(goods, Choice(goods.code_of(choice.size, place), choice.size, place))}"'
        f'{" aria-current=true" if place == choice.tone else ""} aria-label="{tone}" title="{tone}"></a>'
        for place, tone in enumerate(goods.tones)
    )
    said = f"{goods.tone_name}: <b>{goods.tones[choice.tone]}</b>"
    return f'<p class="label">{said}</p><div class="tones">{links}</div>'


def _views(goods: Goods, choice: Choice) -> str:
    links = "".join(
        f'<a href="{_picture(goods, choice, view)}"{" aria-current=true" if view == 0 else ""} '
        f'aria-label="Снимок {view + 1}"><img src="{_picture(goods, choice, view)}" width="1200" height="780" '
        'alt="" loading="lazy"></a>'
        for view in range(len(pictures.VIEWS))
    )
    return f'<div class="views">{links}</div>'


def _card(page: Page, goods: Goods) -> str:
    prices = [page.shelf[one.code].price for one in goods.choices() if one.code in page.shelf]
    if not prices:
        return ""
    least = f"{'от ' if min(prices) != max(prices) else ''}{money(min(prices))}"
    return (
        f'<a class="card" href="{_where(goods)}">{_image(goods, 0)}<b>{escape(goods.name)}</b>'
        f"<span>{least}</span></a>"
    )


def _first(page: Page, category: str) -> Goods:
    return next(one for one in page.range.goods if one.category == category)


def usual(goods: Goods) -> Choice:
    """Return the variant that is shown first."""
    return Choice(goods.code_of(goods.usual, 0), goods.usual, 0)


def _where(goods: Goods, choice: Choice | None = None) -> str:
    return f"/tovar/{goods.slug}" + (f"/{choice.code}" if choice else "")


def _picture(goods: Goods, choice: Choice, view: int) -> str:
    return pictures.address(goods.picture, goods.tones[choice.tone], view)


def _image(goods: Goods, view: int, loading: str = "lazy") -> str:
    where = _picture(goods, usual(goods), view)
    return f'<img src="{where}" width="1200" height="780" alt="" loading="{loading}">'


def _there_is(pieces: int) -> str:
    return f"Есть {plural(pieces, 'штука', 'штуки', 'штук')}, отгрузим завтра" if pieces else "Под заказ, 14 дней"


def _figure(text: str) -> str:
    return f"{text[0]}\u202f{text[1:]}" if text.isdigit() and len(text) == 4 else text
