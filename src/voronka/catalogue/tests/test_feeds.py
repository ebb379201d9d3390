"""Feeds out: what they tell, how files follow changes, how they are handed out; read back by somebody else's reader."""

import csv
import gzip
import io
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
import zlib
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from voronka.accounts.testing import make_company, sign_in
from voronka.catalogue import services
from voronka.catalogue.models import Feed, FeedBlock, FeedOffer, FeedState, FeedTouch, Product, Variant
from voronka.catalogue.rules.feeds import FORMATS, Offer, Shop, gzipped, pack, unpacked
from voronka.catalogue.rules.feeds.packing import combined
from voronka.catalogue.services import feeds
from voronka.catalogue.services.feeds import FeedDraft, building
from voronka.catalogue.testing import make_category, make_goods, make_kind, make_many
from voronka.catalogue.tests.test_rules import PNG
from voronka.kit.errors import Denied, Invalid, Refusal
from voronka.kit.events.listeners import all_listeners, drain, number_events
from voronka.kit.tenancy import company_context

ODD = "Стол ]]> <b>&amp;</b> \x0b\x1f\ufffe «дуб» 🛋 \"x\" 'y'"
SHOP = Shop("Магазин", "ООО «Ромашка»", "https://shop.test", "RUB")

# Another program reads the file: a package of somebody else's, in a process of its own.
READER = """
import io, json, sys
import xml.etree.ElementTree as ET
import yandex_market_language
tree = ET.parse(sys.stdin.buffer)
for offer in tree.iter("offer"):
    for name in ("vat", "count"):  # younger than this reader
        for one in offer.findall(name):
            offer.remove(one)
source = io.BytesIO()
tree.write(source, encoding="utf-8")
found = yandex_market_language.parse(io.BytesIO(source.getvalue()))
shop = found.shop
print(json.dumps({
    "name": shop.name, "company": shop.company, "url": shop.url,
    "currencies": [one.currency for one in shop.currencies],
    "categories": [[one.category_id, one.name, one.parent_id] for one in shop.categories],
    "offers": [{
        "id": one.offer_id, "name": one.name, "price": str(one.price.value), "currency": one.currency,
        "category": one.category_id, "available": one.available, "pictures": one.pictures, "vendor": one.vendor,
        "vendor_code": one.vendor_code, "description": one.description, "barcodes": one.barcodes, "url": one.url,
        "params": [[param.name, param.value] for param in one.parameters], "weight": one.weight,
    } for one in shop.offers],
}))
"""


def read_elsewhere(body):
    done = subprocess.run([sys.executable, "-c", READER], input=body, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def offer(**more):
    return Offer(
        **{"id": "T-1", "code": "T-1", "name": "Стол", "price": Decimal("1490.00"), "currency": "RUB"} | more
    )


def whole(form, offers, shop=SHOP):
    at = timezone.now()
    kind = FORMATS[form]
    return (kind.head(shop, at) + kind.separator.join(kind.offer(one) for one in offers) + kind.tail).encode()


# -- rules ----------------------------------------------------------------------------------------------------------


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), max_size=8))
def test_pieces_make_one_gzip_file_whatever_is_in_them(texts):
    pieces = [pack(one) for one in texts]
    raw = "".join(texts).encode()
    assert gzip.decompress(gzipped(pieces)) == raw
    # Readers that know only one member of gzip read all of it as well.
    assert zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(gzipped(pieces)) == raw
    assert b"".join(unpacked(pieces)) == raw


@given(st.binary(), st.binary())
def test_the_sum_of_two_runs_is_that_of_both(first, second):
    assert combined(zlib.crc32(first), zlib.crc32(second), len(second)) == zlib.crc32(first + second)


@given(st.text(min_size=1, max_size=60), st.text(max_size=60))
def test_any_name_makes_a_file_that_can_be_read(name, value):
    odd = offer(
        name=name + "x", description=value, brand=value, params=((f"{value}п", value),), url="https://a/?a=1&b=2"
    )
    for _form, read in (("yml", ET.fromstring), ("json", json.loads)):
        read(whole(_form, [odd, odd]))
    rows = list(csv.reader(io.StringIO(whole("csv", [odd]).decode(), newline=""), delimiter=";"))
    assert len(rows) == 2
    assert len(rows[0]) == len(rows[1])


def test_a_cell_never_becomes_a_formula():
    assert ";'=HYPERLINK(1);" in whole("csv", [offer(name="=HYPERLINK(1)")]).decode()


# -- files follow changes -------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def draft(**more):
    usual = {"name": "Сайт", "shop_name": "Магазин", "site": "https://shop.test", "page": "https://shop.test/{id}"}
    return FeedDraft(**usual | more)


def made(cast, **more):
    return feeds.save_feed(actor=cast.owner, draft=draft(**more), now=timezone.now())


def follow(cast, now=None):
    """Let the listener and the job do what the worker would."""
    number_events()
    for name in ("catalogue.feeds", "stock.feeds"):
        drain(next(one for one in all_listeners() if one.name == name), cast.company_id)
    feeds.build_due(now=now or timezone.now())


def body_of(feed):
    found = feeds.hand_out(feed.pk, feed.format, now=timezone.now())
    body = b"".join(found.plain())
    assert gzip.decompress(found.packed()) == body
    assert len(body) == found.size == FeedState.objects.get(feed=feed).size
    return body


def test_another_reader_finds_in_yml_what_the_catalogue_holds(inside):
    top = make_category("Мебель & свет")
    below = make_category("Столы", top)
    goods = make_goods(ODD, code="СТ-1", category=below, barcode="4006381333931", price="1490.50")
    Product.objects.filter(pk=goods.product_id).update(
        brand="Дуб <и> Ко", description="Строка\nвторая ]]>", attributes={"Материал": "дуб & ясень"}
    )
    Variant.objects.filter(pk=goods.pk).update(maker_code="M/1", weight_g=1500)
    with transaction.atomic():
        picture = services.add_picture(
            actor=inside.owner,
            product=goods.product.public_id,
            source=io.BytesIO(PNG),
            name="a.png",
            now=timezone.now(),
        )
    make_goods("Лампа", code="L-2", price="99.00")
    make_goods("Снят", is_on_sale=False)
    make_goods("Без цены", price=None)
    feed = made(inside, page="https://shop.test/g/{code}", base="https://crm.test/")
    follow(inside)
    assert body_of(feed).count(b"<vat>VAT_22</vat>") == 2
    told = read_elsewhere(body_of(feed))
    assert (told["name"], told["url"], told["currencies"]) == ("Магазин", "https://shop.test", ["RUB"])
    names = {one[1]: one for one in told["categories"]}
    assert names["Столы"][2] == names["Мебель & свет"][0]
    assert [one["name"] for one in told["offers"]] == ["Стол ]]> <b>&amp;</b>  «дуб» 🛋 \"x\" 'y'", "Лампа"]
    first, second = told["offers"]
    assert first["price"] == "1490.5"
    assert (first["vendor"], first["vendor_code"], first["weight"]) == ("Дуб <и> Ко", "M/1", 1.5)
    assert first["description"] == "Строка\nвторая ]]>"
    assert first["barcodes"] == ["4006381333931"]
    assert first["params"] == [["Материал", "дуб & ясень"]]
    assert first["category"] == names["Столы"][0]
    assert first["url"] == "https://shop.test/g/%D0%A1%D0%A2-1"
    assert first["pictures"] == [f"https://crm.test/goods-pictures/{picture.public_id}"]
    assert (second["id"], second["category"], first["id"]) == ("L-2", "1", goods.public_id)


SIMPLE = ("url", "price", "currencyId", "categoryId", "name", "vendor", "vendorCode", "description", "vat", "count",
          "weight", "dimensions")  # fmt: skip
MANY = ("picture", "barcode", "param")
NEEDED = ("price", "currencyId", "categoryId", "name")


def faults_of(body):
    """Return where a file is not as the description of YML has it: there is no schema in force to be had."""
    root = ET.fromstring(body)
    shop = root.find("shop")
    found = [] if re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", root.get("date", "")) else ["date"]
    if [one.tag for one in shop] != ["name", "company", "url", "currencies", "categories", "offers"]:
        found.append("shop")
    groups = {one.get("id"): one.get("parentId") for one in shop.iter("category")}
    found += [f"category {one}" for one in groups if not one.isdigit() or len(one) > 18]
    found += [f"parent {one}" for one in groups.values() if one is not None and one not in groups]
    currencies = {one.get("id") for one in shop.iter("currency")}
    ids = [one.get("id") for one in shop.iter("offer")]
    found += ["doubled id"] if len(set(ids)) < len(ids) else []
    for offer in shop.iter("offer"):
        tags = [one.tag for one in offer]
        good = [
            re.fullmatch(r"[0-9A-Za-z]{1,20}|[0-9A-Za-z-]{1,20}", offer.get("id", "")),
            offer.get("available") in ("true", "false"),
            re.fullmatch(r"\d{1,9}", offer.get("group_id", "1")),
            set(tags) <= {*SIMPLE, *MANY},
            all(tags.count(one) <= 1 for one in SIMPLE),
            all(tags.count(one) == 1 for one in NEEDED),
            tags.count("picture") <= 10,
            offer.findtext("categoryId") in groups,
            offer.findtext("currencyId") in currencies,
            re.fullmatch(r"\d+(\.\d{1,2})?", offer.findtext("price", "")),
            len(offer.findtext("description", "")) <= 6000,
            re.fullmatch(r"VAT_\d+|NO_VAT", offer.findtext("vat", "NO_VAT")),
            all(one.get("name") for one in offer.findall("param")),
            re.fullmatch(r"[\d.]+/[\d.]+/[\d.]+", offer.findtext("dimensions", "1/1/1")),
        ]
        found += [f"offer {offer.get('id')}: {number}" for number, one in enumerate(good) if not one]
    return found


def test_yml_is_as_its_description_has_it_and_a_control_is_not(inside):
    make_goods(
        ODD, code="СТ-1", category=make_category("Столы", make_category("Мебель & свет")), barcode="4006381333931"
    )
    make_goods("Лампа", code="L-2", price="99.00")
    Variant.objects.update(weight_g=1500, length_mm=100, width_mm=200, height_mm=305, maker_code="M/1")
    Product.objects.update(description="я" * 7_000, attributes={"Материал": "дуб"}, brand="Дуб")
    feed = made(inside, with_count=True)
    follow(inside)
    body = body_of(feed).decode()
    assert faults_of(body.encode()) == []
    for was, becomes in (
        ("<currencyId>RUB", "<currencyId>USD"), ('available="false"', 'available="no"'), ("<price>99<", "<price>99,5<"),
        ("</name><vendor>", "</name><name>x</name><vendor>"), ("<currencies>", "<prices/><currencies>"),
    ):  # fmt: skip
        assert was in body, was
        assert faults_of(body.replace(was, becomes, 1).encode()), becomes


def test_json_and_csv_tell_the_same(inside):
    make_goods("Стол", code="A-1", price="10.00")
    make_goods("Стул", code="A-2", price="20.50")
    for form in ("json", "csv"):
        feed = made(inside, name=form, format=form)
        follow(inside)
        body = body_of(feed).decode()
        if form == "json":
            rows = [(one["code"], one["price"]) for one in json.loads(body)["offers"]]
            assert rows == [("A-1", "10.00"), ("A-2", "20.50")]
        else:
            rows = [(one["code"], one["price"]) for one in csv.DictReader(io.StringIO(body[1:]), delimiter=";")]
            assert rows == [("A-1", "10"), ("A-2", "20.5")]


def test_a_change_writes_its_own_offers_and_no_others(inside, django_assert_max_num_queries):
    goods = make_many(150)
    feed = made(inside)
    follow(inside)
    before = body_of(feed)
    texts = dict(FeedBlock.objects.filter(feed=feed).values_list("number", "id"))
    assert len(texts) == 3
    services.set_price(
        actor=inside.owner, variant=goods[70].public_id, kind="retail", amount=Decimal(777), now=timezone.now()
    )
    with django_assert_max_num_queries(70):
        follow(inside)
    after = body_of(feed)
    assert after != before
    assert b"<price>777</price>" in after
    kept = dict(FeedBlock.objects.filter(feed=feed).values_list("number", "id"))
    assert {number for number in texts if kept[number] != texts[number]} == {1}
    assert not FeedTouch.objects.exists()


def test_what_goes_off_sale_leaves_the_file_and_comes_back(inside):
    goods = make_many(3)
    feed = made(inside)
    follow(inside)
    one = goods[1].product.public_id
    services.switch_products(actor=inside.owner, public_ids=[one], is_on_sale=False)
    follow(inside)
    assert [row["name"] for row in read_elsewhere(body_of(feed))["offers"]] == ["Товар 1", "Товар 3"]
    services.switch_products(actor=inside.owner, public_ids=[one], is_on_sale=True)
    follow(inside)
    assert len(read_elsewhere(body_of(feed))["offers"]) == 3


def test_a_file_made_piece_by_piece_is_the_file_made_whole(inside):
    goods = list(make_many(140))
    feed = made(inside, format="json")
    follow(inside)
    for number in (0, 5, 64, 139):
        services.switch_products(actor=inside.owner, public_ids=[goods[number].product.public_id], is_on_sale=False)
    follow(inside)
    make_goods("Новый")
    Feed.objects.filter(pk=feed.pk).update(shop_name="Иначе")
    feeds.mark_stale()
    follow(inside)
    told = json.loads(body_of(feed))
    assert told["shop"]["name"] == "Иначе"
    assert len(told["offers"]) == 137
    assert FeedOffer.objects.filter(feed=feed).count() == 137 == FeedState.objects.get(feed=feed).offers


def in_pieces(monkeypatch, chunk):
    monkeypatch.setattr(building, "CHUNK", chunk)
    monkeypatch.setattr(building, "PIECES", 1)


def test_a_large_file_comes_about_in_pieces_and_is_handed_out_when_it_is_whole(inside, monkeypatch):
    goods = list(make_many(150))
    feed = made(inside, format="json")
    follow(inside)
    before = body_of(feed)
    in_pieces(monkeypatch, 40)
    Feed.objects.filter(pk=feed.pk).update(page="https://other.test/{id}")
    feeds.mark_stale()
    turns = 0
    while feeds.build_due(now=timezone.now()):
        turns += 1
        assert body_of(feed) == before, "half of a file is handed out to nobody"
        if turns == 2:  # behind the piece that is done, and before those that are not
            for number in (3, 149):
                services.set_price(
                    actor=inside.owner, variant=goods[number].public_id, kind="retail", amount=Decimal(777),
                    now=timezone.now(), confirmed=True,
                )  # fmt: skip
                Variant.objects.filter(pk=goods[number + 1 - number // 75].pk).update(is_on_sale=False)
            feeds.touch(variants=[goods[one].pk for one in (3, 4, 148, 149)])
    assert turns == 3
    told = {one["code"]: one for one in json.loads(body_of(feed))["offers"]}
    assert all(one["url"].startswith("https://other.test/") for one in told.values())
    assert set(told) == {one.code for one in goods} - {goods[4].code, goods[149].code}
    feeds.build_due(now=timezone.now() + timedelta(seconds=1))  # the price that began after the file was begun
    told = {one["code"]: one for one in json.loads(body_of(feed))["offers"]}
    assert told[goods[3].code]["price"] == "777.00"
    assert not FeedBlock.objects.filter(is_next=True).exists()


def test_a_file_begun_again_in_the_middle_is_whole_all_the_same(inside, monkeypatch):
    goods = list(make_many(150))
    feed = made(inside, format="json")
    follow(inside)
    in_pieces(monkeypatch, 60)
    Feed.objects.filter(pk=feed.pk).update(shop_name="Раз", page="https://one.test/{id}")
    feeds.mark_stale()
    assert feeds.build_due(now=timezone.now())
    Variant.objects.filter(pk__in=[one.pk for one in goods[64:128]]).update(is_on_sale=False)
    Feed.objects.filter(pk=feed.pk).update(format="yml", page="https://two.test/{id}")
    feeds.mark_stale()
    turns = 0
    while feeds.build_due(now=timezone.now()):
        turns += 1
        assert FeedState.objects.get(feed=feed).format == "json"
    assert turns == 2
    feed.refresh_from_db()
    told = read_elsewhere(body_of(feed))
    assert [one["url"].partition("/g")[0][:16] for one in told["offers"]] == ["https://two.test"] * 86
    assert FeedBlock.objects.filter(feed=feed).count() == 2


def test_each_piece_is_a_transaction_of_its_own_of_a_bounded_length(
    inside, monkeypatch, django_assert_max_num_queries
):
    make_many(150)
    feed = made(inside)
    in_pieces(monkeypatch, 40)
    turns, more = 0, True
    while more:
        with django_assert_max_num_queries(60):
            more = feeds.build_due(now=timezone.now())
        turns += 1
        if more:
            assert feeds.hand_out(feed.pk, feed.format, now=timezone.now()) is None
            assert feeds.companies_due(timezone.now()) == [inside.company_id]
    assert turns == 4
    assert len(read_elsewhere(body_of(feed))["offers"]) == 150


def test_nothing_changed_leaves_the_file_its_sign(inside):
    make_many(2)
    feed = made(inside)
    follow(inside)
    state = FeedState.objects.get(feed=feed)
    feeds.mark_stale()
    follow(inside, timezone.now() + timedelta(minutes=5))
    again = FeedState.objects.get(feed=feed)
    assert (again.digest, again.changed_at) == (state.digest, state.changed_at)
    assert again.whole_at > state.whole_at


def test_a_planned_price_comes_into_the_file_without_an_event(inside):
    goods = make_goods("Стол", price="100.00")
    feed = made(inside)
    # By day: at night every file is looked at anew anyway.
    now = (timezone.now() + timedelta(days=1)).astimezone(inside.owner.zone).replace(hour=12)
    services.set_price(
        actor=inside.owner, variant=goods.public_id, kind="retail", amount=Decimal(80), now=now,
        since=now + timedelta(hours=1), until=now + timedelta(hours=2),
    )  # fmt: skip
    follow(inside, now)
    assert b"<price>100</price>" in body_of(feed)
    assert feeds.companies_due(now + timedelta(minutes=30)) == []
    assert feeds.companies_due(now + timedelta(minutes=61)) == [inside.company_id]
    feeds.build_due(now=now + timedelta(minutes=61))
    assert b"<price>80</price>" in body_of(feed)
    feeds.build_due(now=now + timedelta(minutes=121))
    assert b"<price>100</price>" in body_of(feed)


def test_only_named_categories_with_their_branches(inside):
    top = make_category("Мебель")
    make_goods("Стол", category=make_category("Столы", top))
    make_goods("Лампа", category=make_category("Свет"))
    make_goods("Ничей")
    feed = made(inside, categories=(top.public_id,))
    follow(inside)
    assert [row["name"] for row in read_elsewhere(body_of(feed))["offers"]] == ["Стол"]
    with pytest.raises(Refusal):
        services.delete_category(actor=inside.owner, public_id=top.children.get().public_id) or (
            services.delete_category(actor=inside.owner, public_id=top.public_id)
        )


def test_another_kind_of_price_and_a_kind_that_a_feed_needs_stays(inside):
    make_kind("wholesale", "Оптовая", is_default=False)
    goods = make_goods("Стол", price="100.00")
    services.set_price(
        actor=inside.owner, variant=goods.public_id, kind="wholesale", amount=Decimal(60), now=timezone.now()
    )
    feed = made(inside, kind="wholesale")
    follow(inside)
    assert b"<price>60</price>" in body_of(feed)
    services.end_price(actor=inside.owner, variant=goods.public_id, kind="wholesale", now=timezone.now())
    with pytest.raises(Refusal):
        services.delete_kind(actor=inside.owner, code="wholesale")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"shop_name": " "}, "shop_name"),
        ({"site": "shop.test"}, "site"),
        ({"site": "javascript:alert(1)"}, "site"),
        ({"page": "https://shop.test/"}, "page"),
        ({"format": "exe"}, "format"),
        ({"kind": "none"}, "kind"),
        ({"categories": ("nonesuch",)}, "categories"),
    ],
)
def test_a_wrong_feed_is_refused_in_words(inside, wrong, field):
    with pytest.raises(Invalid) as refused:
        made(inside, **wrong)
    assert field in refused.value.fields
    assert not Feed.objects.exists()


def test_a_colleague_sets_up_nothing(cast):
    with company_context(cast.company_id, employee_id=cast.colleague.employee_id):
        with pytest.raises(Denied):
            feeds.save_feed(actor=cast.colleague, draft=draft(), now=timezone.now())


# -- handed out -----------------------------------------------------------------------------------------------------


@pytest.fixture
def outside(cast):
    """Return a feed's address, its file made."""
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        make_many(3)
        feed = made(cast)
        follow(cast)
        key, _dot, code = feeds.address_of(feed).rpartition(".")
    return reverse("catalogue:feed-file", args=[key, code])


def test_a_file_is_given_packed_and_plain_and_not_twice(outside):
    plain = Client().get(outside)
    body = b"".join(plain.streaming_content)
    assert plain.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert int(plain.headers["Content-Length"]) == len(body)
    packed = Client().get(outside, headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == body
    assert packed.headers["ETag"] != plain.headers["ETag"]
    for first, encoding in ((plain, "identity"), (packed, "gzip")):
        again = Client().get(
            outside, headers={"Accept-Encoding": encoding, "If-None-Match": f'"other", {first.headers["ETag"]}'}
        )
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
    assert Client().get(outside, headers={"If-None-Match": '"other"'}).status_code == 200
    head = Client().head(outside)
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", plain.headers["ETag"])
    assert head.headers["Content-Length"] == plain.headers["Content-Length"]
    assert Client().post(outside).status_code == 405


def test_an_address_opens_its_own_file_only(cast, outside):
    assert Client().get(outside.replace(".yml", ".csv")).status_code == 404
    assert Client().get(outside.replace("feeds/", "feeds/x")).status_code == 404
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        feed = Feed.objects.get()
        feeds.renew_address(actor=cast.owner, public_id=feed.public_id)
        fresh = reverse("catalogue:feed-file", args=feeds.address_of(feed).rsplit(".", 1))
    assert Client().get(outside).status_code == 404
    assert Client().get(fresh).status_code == 200
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        feeds.save_feed(actor=cast.owner, draft=draft(is_on=False), public_id=feed.public_id, now=timezone.now())
    assert Client().get(fresh).status_code == 404


def test_a_file_that_is_to_come_says_when_to_ask_again(cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        feed = made(cast)
        address = reverse("catalogue:feed-file", args=feeds.address_of(feed).rsplit(".", 1))
    answer = Client().get(address)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")


def test_a_picture_is_given_while_its_product_is_on_sale_and_a_feed_is_on(cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        goods = make_goods("Стол")
        with transaction.atomic():
            picture = services.add_picture(
                actor=cast.owner, product=goods.product.public_id, source=io.BytesIO(PNG), name="a.png",
                now=timezone.now(),
            )  # fmt: skip
    address = reverse("catalogue:feed-picture", args=[picture.public_id])
    assert Client().get(address).status_code == 404
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        made(cast)
    answer = Client().get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert b"".join(answer.streaming_content) == PNG
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        services.switch_products(actor=cast.owner, public_ids=[goods.product.public_id], is_on_sale=False)
    assert Client().get(address).status_code == 404


# -- settings -------------------------------------------------------------------------------------------------------


def test_a_feed_is_made_shown_and_taken_away_on_the_screen(cast, outside):
    browser = sign_in(Client(), cast.owner)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        known = Feed.objects.get(name="Сайт").public_id  # the menu has a word like it
    page = browser.get(reverse("catalogue:feeds")).content.decode()
    assert known in page
    typed = {
        "name": "Площадка",
        "format": "json",
        "kind": "retail",
        "shop_name": "Мы",
        "site": "https://a.test",
        "is_on": "on",
    }
    answer = browser.post(reverse("catalogue:feed-new"), typed)
    assert answer.status_code == 302
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        follow(cast)
        address = feeds.address_of(Feed.objects.get(name="Площадка"))
    shown = browser.get(answer.url).content.decode()
    assert address in shown
    assert "&quot;offers&quot;:[" in shown
    act = answer.url + "act/"
    assert browser.post(act, {"act": "address"}).status_code == 302
    assert address not in browser.get(answer.url).content.decode()
    assert browser.post(act, {"act": "build"}).status_code == 302
    assert browser.post(act, {"act": "delete"}).status_code == 302
    assert browser.get(answer.url).status_code == 404
    assert browser.post(reverse("catalogue:feed-new"), typed | {"site": "x"}).status_code == 422
    stranger = sign_in(Client(), make_company(name="Чужие").owner)
    assert known not in stranger.get(reverse("catalogue:feeds")).content.decode()
