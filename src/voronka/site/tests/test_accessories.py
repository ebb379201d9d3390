"""A letter after the purchase names what goes with it, as it is sold today; with nothing to name it uses words."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from voronka.accounts.testing import Cast, make_company
from voronka.catalogue.models import Related, Variant
from voronka.catalogue.testing import make_goods
from voronka.flows.services import ready
from voronka.kit.tenancy import company_context
from voronka.messaging.models import Template
from voronka.messaging.services import blocks, preview
from voronka.messaging.services.letters import LetterText, render_letter
from voronka.messaging.services.values import values_for
from voronka.orders.testing import make_order
from voronka.orders.testing import make_shop as make_orders_shop
from voronka.people.models import Client
from voronka.people.testing import make_client
from voronka.site.models import SeenGoods, Visit
from voronka.site.services.accessories import accessories_of
from voronka.site.testing import make_site, make_visitor

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # what is bought together is looked for in the last half a year
PLAIN = (
    "{% if accessories.lines != empty %}{% for line in accessories.lines %}- {{ line.name }}, {{ line.price }}"
    "{% if line.url != '' %}: {{ line.url }}{% endif %}\n{% endfor %}{% else %}Ask us.{% endif %}"
)


@pytest.fixture
def cast() -> Iterator[Cast]:
    made = make_company()
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        yield made


def letter(cast: Cast, template: Template, client: Client) -> LetterText:
    return render_letter(template, "anna@example.com", values_for(client.pk, {}, cast.owner))


def test_what_goes_with_the_purchase_is_named_with_price_and_page_or_the_letter_says_it_in_words(cast: Cast) -> None:
    shop = make_orders_shop(cast.owner, now=NOW - timedelta(days=9))
    oil, bench = (
        make_goods("Масло для дерева", code="OIL", price="490.00"),
        make_goods("Скамья <дуб>", price="3000.00"),
    )
    make_goods("Скатерть", price=None)
    gone = make_goods("Старое масло", is_on_sale=False)
    for place, one in enumerate((gone, oil)):
        Related.objects.create(product=shop.table.product, other=one.product, kind="accessory", position=place)
    Related.objects.create(product=shop.table.product, other=bench.product, kind="related")
    stranger = make_client(cast.owner, name="Пётр", phone="+79161110000")
    other = replace(shop, client=make_client(cast.owner, name="Олег", phone="+79161110001"))
    make_order(cast.owner, other, (shop.table, 1), (shop.chair, 4), now=NOW - timedelta(days=8))
    site = make_site(cast.owner, NOW)
    seen = Visit.objects.get(visitor=make_visitor(site, NOW))
    SeenGoods.objects.create(visit=seen, variant=oil, first_at=NOW, url="/care/масло")

    assert accessories_of(shop.client.pk, None) == [], "he has bought nothing"
    make_order(cast.owner, shop, (shop.table, 1), now=NOW - timedelta(days=2))
    found = [
        (oil.public_id, "https://shop.example/care/%D0%BC%D0%B0%D1%81%D0%BB%D0%BE"), (bench.public_id, ""),
        (shop.chair.public_id, ""),
    ]  # fmt: skip
    assert accessories_of(shop.client.pk, None) == found, "set beside it by people first, then bought together"
    assert accessories_of(shop.client.pk, cast.owner) == found
    assert accessories_of(shop.client.pk, replace(cast.owner, rights={})) == [], "a letter tells no more than lists"

    text = letter(cast, Template(name="plain", subject="x", body=PLAIN), shop.client).body
    assert text.splitlines()[0].startswith("- Масло для дерева, ")
    assert "490" in text.splitlines()[0]
    assert text.splitlines()[0].endswith(found[0][1])
    assert text.splitlines()[1].startswith("- Скамья <дуб>, ")
    assert letter(cast, Template(name="plain", subject="x", body=PLAIN), stranger).body == "Ask us."

    ready.take(actor=cast.owner, code="shop_funnel", now=NOW)
    template = Template.objects.get(kind="blocks")
    told = letter(cast, template, shop.client)
    for part in (told.body, told.html):
        assert "Масло для дерева" in part
        assert "490" in part
        assert "https://shop.example/care/%D0%BC" in part
        assert "{%" not in part
    assert "Скамья &lt;дуб&gt;" in told.html
    silent = letter(cast, template, stranger)
    for part in (silent.body, silent.html):
        assert "просто ответьте на это письмо" in part
        assert "Масло" not in part
        assert "цены сегодняшние" not in part
    looked = blocks.preview_blocks(
        actor=cast.owner, subject="x", blocks=template.blocks, client_id=shop.client.pk
    )  # fmt: skip
    assert "Масло для дерева" in looked.html
    assert "490" in preview.preview_letter(
        actor=cast.owner, subject="x", body=PLAIN, client_id=shop.client.pk
    ).body  # fmt: skip


def test_what_his_browser_told_of_the_purchase_counts_where_it_is_newer_than_his_orders(cast: Cast) -> None:
    shop = make_orders_shop(cast.owner, now=NOW - timedelta(days=9))
    make_order(cast.owner, shop, (shop.table, 1), (shop.chair, 1), now=NOW - timedelta(days=5))
    make_order(cast.owner, shop, (shop.table, 1), now=NOW - timedelta(days=4))
    visitor = make_visitor(make_site(cast.owner, NOW), NOW, client_id=shop.client.pk)
    basket = {"lines": [{"code": shop.chair.code}, {"code": "unknown"}]}
    Visit.objects.filter(visitor=visitor).update(basket=basket, bought_at=NOW - timedelta(days=7))
    assert _named(shop.client) == {shop.chair.pk}, "an order of ours is newer: of the table"
    Visit.objects.filter(visitor=visitor).update(bought_at=NOW)
    assert _named(shop.client) == {shop.table.pk}, "he has bought a chair since"


def _named(client: Client) -> set[int]:
    ids = [one for one, _page in accessories_of(client.pk, None)]
    return set(Variant.objects.filter(public_id__in=ids).values_list("pk", flat=True))
