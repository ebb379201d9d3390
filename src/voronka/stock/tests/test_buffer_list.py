"""The list of buffers: what it finds, many changed at once, what is refused."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from voronka.accounts.testing import add_person, make_company, sign_in, user_of
from voronka.catalogue.testing import make_goods, make_supplier
from voronka.kit.errors import Denied, Invalid
from voronka.kit.tenancy import company_context
from voronka.stock import services
from voronka.stock.models import Buffer
from voronka.stock.queries.buffers import BufferAsk, list_buffers
from voronka.stock.services import BufferChange, BufferDraft
from voronka.stock.testing import make_place, stock_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def kept(cast, now):
    """Three goods with buffers in a store, one of them in a shop as well, which the store fills."""
    store, shop = make_place(cast.owner, "Store"), make_place(cast.owner, "Shop", "shop", priority=200)
    supplier = make_supplier("Opt")
    goods = [make_goods(f"Thing {name}", price="5.00") for name in ("oak", "ash", "fir")]
    stock_up(cast.owner, goods[0].pk, store, 100, now=now)
    drafts = [BufferDraft(one.pk, store.pk, Decimal(10), supplier_id=supplier.pk) for one in goods]
    services.save_buffers(
        [*drafts, BufferDraft(goods[0].pk, shop.pk, Decimal(4), source_id=store.pk)], actor=cast.owner, now=now
    )
    return store, shop, supplier, goods


@pytest.fixture
def page(client, cast):
    user = user_of(cast.owner)
    user.language = "en"
    user.save(update_fields=["language"])
    sign_in(client, cast.owner)
    return client


def targets():
    return {
        (one.variant.name, one.place.name): one.target for one in Buffer.objects.select_related("variant", "place")
    }


def test_filters_find_by_place_colour_origin_and_words(page, cast, kept):
    store, shop, supplier, _goods = kept

    def shown(**asked):
        body = page.get(reverse("stock:buffers"), asked).content.decode()
        return body.count('name="id"')

    assert shown() == 4
    assert shown(place=shop.public_id) == 1
    assert shown(zone="red") == 3
    assert shown(zone="above") == 1
    assert shown(origin=f"s{supplier.pk}") == 3
    assert shown(origin=f"p{store.pk}") == 1
    assert shown(q="ash") == 1
    assert shown(q="nothing-such") == 0
    assert shown(zone="no\0such", origin="s٣", after="x") == 4, "nonsense asks for nothing"


def test_many_are_raised_by_a_share_and_set_at_once(page, cast, kept):
    ids = list(Buffer.objects.filter(place=kept[0]).values_list("public_id", flat=True))
    change = reverse("stock:buffers-change")
    answer = page.post(change, {"id": ids[:2], "act": "change", "percent": "25", "lead_days": "5", "multiple": "2"})
    assert answer.status_code == 302
    changed = Buffer.objects.filter(public_id__in=ids[:2])
    assert {(one.target, one.lead_days, one.multiple, one.min_lot) for one in changed} == {(13, 5, 2, 0)}, "whole, up"
    assert Buffer.objects.get(public_id=ids[2]).target == 10
    page.post(change, {"all": "1", "place": kept[1].public_id, "act": "change", "percent": "-90"})
    assert targets()["Thing oak", "Shop"] == 1, "never less than a piece"
    assert sorted(targets().values()) == [1, 10, 13, 13]
    assert page.post(change, {"all": "1", "q": "fir", "act": "drop"}).status_code == 302
    assert ("Thing fir", "Store") not in targets()
    assert Buffer.objects.count() == 3


@pytest.mark.parametrize(
    ("sent", "said"),
    [({"percent": "x"}, "whole number"), ({"percent": "-95"}, "From −90"), ({}, "what is to be changed"),
     ({"multiple": "0.5"}, "only had whole"), ({"lead_days": "9999"}, "days from 0"), ({"id": []}, "by ticks first")],
)  # fmt: skip
def test_what_makes_no_sense_is_said_and_changes_nothing(page, cast, kept, sent, said):
    before = targets()
    ids = list(Buffer.objects.values_list("public_id", flat=True))
    answer = page.post(reverse("stock:buffers-change"), {"id": ids, "act": "change"} | sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert targets() == before


def test_who_may_not_order_changes_nothing(client, cast, kept, now):
    reader = add_person(cast.owner, "reader")
    sign_in(client, reader)
    assert client.get(reverse("stock:buffers")).status_code == 200
    assert 'name="id"' not in client.get(reverse("stock:buffers")).content.decode()
    assert client.post(reverse("stock:buffers-change"), {"all": "1", "act": "drop"}).status_code == 403
    ids = list(Buffer.objects.values_list("id", flat=True))
    with pytest.raises(Denied):
        services.change_buffers(ids, BufferChange(percent=5), actor=reader, now=now)
    with pytest.raises(Denied):
        services.drop_buffers(ids, actor=reader)
    with pytest.raises(Invalid):
        services.change_buffers([*ids] * 4_000, BufferChange(percent=5), actor=cast.owner, now=now)
    assert Buffer.objects.count() == 4


def test_pages_follow_one_another_and_ask_the_same_of_many(cast, kept, now):
    seen, after = [], 0
    for _page in range(9):
        rows, after = list_buffers(cast.owner, BufferAsk(after=after), size=3)
        seen += [one.id for one in rows]
        if not after:
            break
    assert seen == sorted(Buffer.objects.values_list("id", flat=True), reverse=True)
    with CaptureQueriesContext(connection) as counted:
        list_buffers(cast.owner, BufferAsk())
    assert len(counted) == 2
