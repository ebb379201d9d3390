"""Prices over time, the guard, rules of markup, kinds, suppliers, personal terms: by their verbs."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from voronka.catalogue import queries, services
from voronka.catalogue.models import ClientTerms, Cost, HeldPrice, Price, PriceKind, PriceRule, Supplier
from voronka.catalogue.services import Asked, KindDraft, RuleDraft, SupplierDraft, Wish
from voronka.catalogue.testing import make_category, make_goods, make_many, make_supplier
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound, Refusal
from voronka.kit.models import EventRow
from voronka.people.testing import make_client

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def put(cast, variant, amount, *, kind="retail", actor=None, now=NOW, **more):
    return services.set_price(
        actor=actor or cast.owner, variant=variant.public_id, kind=kind, amount=Decimal(amount), now=now, **more
    )


def at(variant, moment=NOW, kind=""):
    return queries.price_now([variant.pk], kind, moment).get(variant.pk)


# --- Over time ----------------------------------------------------------------------------------------------------


def test_a_price_is_set_and_the_old_one_becomes_history(inside):
    goods = make_goods(price="1000.00")
    done = put(inside, goods, "1100.00")
    assert (done.changed, done.same, done.held) == (1, 0, [])
    assert at(goods) == Decimal("1100.00")
    assert at(goods, NOW - DAY) == Decimal("1000.00")
    assert at(goods, kind="wholesale") is None
    event = EventRow.objects.get(name="catalogue.PriceChanged").payload
    assert (event["amount"], event["was"], event["price_kind"]) == ("1100.00", "1000.00", "retail")
    assert put(inside, goods, "1100.00").same == 1
    assert EventRow.objects.filter(name="catalogue.PriceChanged").count() == 1


def test_a_price_is_planned_for_a_time_and_what_was_comes_back(inside):
    goods = make_goods(price="1000.00")
    put(inside, goods, "900.00", since=NOW + 3 * DAY, until=NOW + 5 * DAY)
    put(inside, goods, "1050.00", since=NOW + 10 * DAY)
    days = [at(goods, NOW + number * DAY) for number in (0, 2, 3, 4, 5, 9, 10, 99)]
    assert [int(one) for one in days] == [1000, 1000, 900, 900, 1000, 1000, 1050, 1050]
    put(inside, goods, "1010.00")  # now: until what is planned
    days = [at(goods, NOW + number * DAY) for number in (0, 2, 3, 5, 10)]
    assert [int(one) for one in days] == [1010, 1010, 900, 1000, 1050]


def test_a_planned_price_is_called_off(inside):
    goods = make_goods(price="1000.00")
    put(inside, goods, "1050.00", since=NOW + 10 * DAY)
    planned = Price.objects.get(amount="1050.00")
    services.call_off(actor=inside.owner, price_id=planned.pk, variant=goods.public_id, now=NOW)
    assert at(goods, NOW + 20 * DAY) == 1000
    assert Price.objects.get().until is None
    running = Price.objects.get()
    with pytest.raises(Invalid, match="yet to come"):
        services.call_off(actor=inside.owner, price_id=running.pk, variant=goods.public_id, now=NOW)
    with pytest.raises(NotFound):
        services.call_off(actor=inside.owner, price_id=planned.pk, variant=goods.public_id, now=NOW)


def test_a_price_ends(inside):
    goods = make_goods(price="1000.00")
    put(inside, goods, "1050.00", since=NOW + 10 * DAY)
    assert services.end_price(actor=inside.owner, variant=goods.public_id, kind="retail", now=NOW)
    assert not services.end_price(actor=inside.owner, variant=goods.public_id, kind="retail", now=NOW + DAY)
    assert at(goods) is None
    assert at(goods, NOW - DAY) == 1000
    assert at(goods, NOW + 20 * DAY) is None


def test_the_past_is_not_rewritten(inside):
    goods = make_goods(price="1000.00")
    with pytest.raises(Invalid, match="past"):
        put(inside, goods, "900.00", since=NOW - DAY)
    with pytest.raises(Invalid, match="after the beginning"):
        put(inside, goods, "900.00", since=NOW + DAY, until=NOW + DAY)
    # a clock that went back an hour: what was set later is planned now, and the price holds until then
    put(inside, goods, "1100.00", now=NOW + timedelta(hours=1))
    put(inside, goods, "1050.00", now=NOW)
    assert [at(goods, NOW + timedelta(hours=one)) for one in (0, 1)] == [Decimal(1050), Decimal(1100)]


def test_the_database_keeps_one_price_at_a_moment(inside):
    goods = make_goods(price="1000.00")
    kind = PriceKind.objects.get(code="retail")
    with pytest.raises(IntegrityError), transaction.atomic():
        Price.objects.create(variant=goods, kind=kind, amount=1, since=NOW)
    for amount in (0, -1):
        with pytest.raises(IntegrityError), transaction.atomic():
            Price.objects.create(variant=make_goods(price=None), kind=kind, amount=amount, since=NOW)


@pytest.mark.parametrize("amount", ["0", "-1", "1000000000", "NaN", "Infinity", "1.001"])
def test_a_sum_that_cannot_be_a_price_is_told(inside, amount):
    goods = make_goods(price="1000.00")
    with pytest.raises(Invalid) as caught:
        put(inside, goods, amount)
    assert list(caught.value.fields) == ["amount"]
    assert at(goods) == 1000


def test_who_may_not_change_prices(inside):
    goods = make_goods(price="1000.00")
    with pytest.raises(Denied):
        put(inside, goods, "1", actor=inside.colleague)
    with pytest.raises(Denied):
        services.set_costs(actor=inside.colleague, costs=[Asked(goods.pk, Decimal(1))], now=NOW)
    with pytest.raises(Denied):
        services.release_prices(actor=inside.colleague, public_ids=[], now=NOW)
    with pytest.raises(NotFound):
        put(inside, goods, "1", kind="secret")


def test_many_prices_take_few_statements(inside, django_assert_max_num_queries):
    goods = make_many(300)
    wishes = [Wish(one.pk, "retail", Decimal("1001.00")) for one in goods]
    with django_assert_max_num_queries(16):
        done = services.set_prices(actor=inside.owner, wishes=wishes, now=NOW, source="load")
    assert done.changed == 300
    assert set(queries.price_now([one.pk for one in goods], at=NOW).values()) == {Decimal("1001.00")}
    again = services.set_prices(actor=inside.owner, wishes=wishes, now=NOW + DAY, source="load")
    assert (again.changed, again.same) == (0, 300)


# --- The guard ----------------------------------------------------------------------------------------------------


def test_a_jump_is_held_released_and_refused(inside):
    goods, other = make_goods(price="1000.00"), make_goods(price="1000.00")
    done = put(inside, goods, "1500.00")
    assert [one.reasons for one in done.held] == [["jump"]]
    assert at(goods) == 1000
    assert put(inside, goods, "1500.00").held[0].public_id == done.held[0].public_id  # waits once
    put(inside, other, "100.00")
    first, second = HeldPrice.objects.order_by("id")
    assert services.release_prices(actor=inside.owner, public_ids=[first.public_id], now=NOW + DAY) == 1
    assert services.refuse_prices(actor=inside.owner, public_ids=[second.public_id], now=NOW + DAY) == 1
    assert (at(goods, NOW + DAY), at(goods)) == (1500, 1000)
    assert at(other, NOW + DAY) == 1000
    for verb in (services.release_prices, services.refuse_prices):
        with pytest.raises(Conflict):
            verb(actor=inside.owner, public_ids=[first.public_id], now=NOW + DAY)
    assert EventRow.objects.filter(name="catalogue.PriceHeld").count() == 2


def test_a_newer_price_takes_the_place_of_a_held_one(inside):
    goods = make_goods(price="1000.00")
    put(inside, goods, "1500.00")
    put(inside, goods, "1600.00")
    assert HeldPrice.objects.get(state="held").amount == 1600
    put(inside, goods, "1100.00")
    assert not HeldPrice.objects.filter(state="held").exists()
    assert at(goods) == 1100


def test_the_guard_is_not_passed_by_ending_the_price_first(inside):
    goods = make_goods(price="1000.00")
    PriceKind.objects.filter(code="retail").update(guard_percent=20)
    services.end_price(actor=inside.owner, variant=goods.public_id, kind="retail", now=NOW)
    done = put(inside, goods, "1.00", now=NOW + DAY)
    assert [one.reasons for one in done.held] == [["jump"]]
    assert at(goods, NOW + DAY) is None


def test_a_held_price_goes_when_the_old_one_is_wanted_again_or_ends(inside):
    goods = make_goods(price="1000.00")
    PriceKind.objects.filter(code="retail").update(guard_percent=20)
    for forget in ("same", "end"):
        assert put(inside, goods, "2000.00").held
        if forget == "same":
            assert put(inside, goods, "1000.00").same == 1
        else:
            services.end_price(actor=inside.owner, variant=goods.public_id, kind="retail", now=NOW)
        assert not HeldPrice.objects.filter(state="held").exists()


def test_a_held_price_for_another_day_takes_the_place_of_the_first(inside):
    goods = make_goods(price="1000.00")
    PriceKind.objects.filter(code="retail").update(guard_percent=20)
    put(inside, goods, "2000.00", since=NOW + 3 * DAY)
    put(inside, goods, "2000.00", since=NOW + 9 * DAY)
    assert HeldPrice.objects.get(state="held").since == NOW + 9 * DAY


@pytest.mark.parametrize("year", [2201, 9999])
def test_no_price_is_planned_for_a_time_that_cannot_be_read_again(inside, year):
    goods = make_goods(price="1000.00")
    far = datetime(year, 12, 31, 23, tzinfo=timezone(timedelta(hours=-10)))
    for more in ({"since": far}, {"until": far}):
        with pytest.raises(Invalid):
            put(inside, goods, "900.00", **more)


def test_a_price_below_the_margin_is_held_and_the_head_may_insist(inside):
    goods = make_goods(price="1000.00")
    services.set_costs(actor=inside.owner, costs=[Asked(goods.pk, Decimal("950.00"))], now=NOW)
    held = put(inside, goods, "990.00").held
    assert held[0].reasons == ["margin"]
    assert held[0].cost == 950
    assert put(inside, goods, "990.00", confirmed=True).changed == 1
    assert not HeldPrice.objects.filter(state="held").exists()


def test_a_held_price_whose_time_is_over_changes_nothing(inside):
    goods = make_goods(price="1000.00")
    held = put(inside, goods, "100.00", since=NOW + DAY, until=NOW + 2 * DAY).held[0]
    services.release_prices(actor=inside.owner, public_ids=[held.public_id], now=NOW + 3 * DAY)
    assert at(goods, NOW + 3 * DAY) == 1000


# --- Rules, costs, rates ------------------------------------------------------------------------------------------


def rule(cast, kind="retail", **more):
    return services.save_rule(actor=cast.owner, draft=RuleDraft(name=f"Правило {more}"[:100], kind=kind, **more))


def test_rules_make_prices_of_costs(inside):
    home = make_category("Дом")
    tables = make_category("Столы", home)
    east, west = make_supplier("Восток"), make_supplier("Запад", currency="USD")
    table, chair, lamp = (make_goods(price=None, category=one) for one in (tables, home, None))
    rule(inside, category=home.public_id, supplier=east.public_id, markup_percent=Decimal(40))
    rule(inside, cost_to=Decimal(100), markup_percent=Decimal(100))
    rule(inside, markup_percent=Decimal(50), plus=Decimal(10))
    rule(inside, kind="wholesale", markup_percent=Decimal(20))
    services.set_rate(actor=inside.owner, currency="USD", per_unit=Decimal("80.5"), since=date(2026, 11, 1))
    costs = [
        Asked(table.pk, Decimal("1000.00"), "RUB", east.pk),
        Asked(table.pk, Decimal("20.00"), "USD", west.pk),  # dearer
        Asked(chair.pk, Decimal("10.00"), "USD", west.pk),
        Asked(lamp.pk, Decimal("10.00")),
    ]
    differ = services.set_costs(actor=inside.owner, costs=costs, now=NOW)
    assert differ == sorted([table.pk, chair.pk, lamp.pk])
    assert services.set_costs(actor=inside.owner, costs=costs, now=NOW + DAY) == []
    done = services.apply_rules(actor=inside.owner, variant_ids=differ, now=NOW)
    assert done.changed == 6
    assert queries.price_now(differ, at=NOW) == {table.pk: 1400, chair.pk: Decimal(1218), lamp.pk: 20}
    assert queries.price_now(differ, "wholesale", NOW) == {table.pk: 1200, chair.pk: 966, lamp.pk: 12}
    assert services.apply_rules(actor=inside.owner, variant_ids=differ, now=NOW + DAY).same == 6
    assert set(Price.objects.values_list("source", flat=True)) == {"rule"}


def test_the_guard_stands_before_rules(inside):
    goods = make_goods(price="1000.00")
    rule(inside, markup_percent=Decimal(50))
    services.set_costs(actor=inside.owner, costs=[Asked(goods.pk, Decimal("2000.00"))], now=NOW)
    done = services.apply_rules(actor=inside.owner, variant_ids=[goods.pk], now=NOW)
    assert (done.changed, [one.amount for one in done.held]) == (0, [Decimal("3000.00")])
    assert at(goods) == 1000


def test_the_order_of_rules_decides(inside):
    goods = make_goods(price=None)
    rule(inside, markup_percent=Decimal(10))
    second = rule(inside, markup_percent=Decimal(20))
    services.move_rule(actor=inside.owner, public_id=second.public_id, by=-1)
    services.set_costs(actor=inside.owner, costs=[Asked(goods.pk, Decimal(100))], now=NOW)
    services.apply_rules(actor=inside.owner, variant_ids=[goods.pk], now=NOW)
    assert at(goods) == 120
    services.delete_rule(actor=inside.owner, public_id=second.public_id)
    assert PriceRule.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "none"}, "kind"),
        ({"supplier": "none"}, "supplier"),
        ({"category": "none"}, "category"),
        ({"currency": "XXX"}, "currency"),
        ({"cost_from": Decimal(5), "cost_to": Decimal(5)}, "cost_to"),
        ({"cost_from": Decimal(-5)}, "cost_from"),
        ({"markup_percent": Decimal(-100)}, "markup_percent"),
        ({"markup_percent": Decimal("NaN")}, "markup_percent"),
        ({"plus": Decimal("Infinity")}, "plus"),
    ],
    ids=str,
)
def test_a_wrong_rule_is_told(inside, more, field):
    with pytest.raises(Invalid) as caught:
        rule(inside, **more)
    assert list(caught.value.fields) == [field]
    assert not PriceRule.objects.exists()


# --- Kinds --------------------------------------------------------------------------------------------------------


def kind_draft(code="retail", name="Розничная", **more):
    return KindDraft(code=code, name=name, **more)


def test_kinds_are_shipped_once_and_the_default_passes_on(inside):
    services.ship_kinds()
    assert list(PriceKind.objects.order_by("position").values_list("code", flat=True)) == ["retail", "wholesale"]
    made = services.save_kind(actor=inside.owner, draft=kind_draft("vip", "Для своих", is_default=True))
    assert PriceKind.objects.get(is_default=True).pk == made.pk
    with pytest.raises(Invalid) as caught:
        services.save_kind(actor=inside.owner, code="vip", draft=kind_draft("vip", "Для своих"))
    assert list(caught.value.fields) == ["is_default"]
    with pytest.raises(Refusal, match="default"):
        services.delete_kind(actor=inside.owner, code="vip")
    make_goods(price="1.00")
    with pytest.raises(Refusal, match="switch it off"):
        services.delete_kind(actor=inside.owner, code="retail")
    services.delete_kind(actor=inside.owner, code="wholesale")
    assert not PriceKind.objects.filter(code="wholesale").exists()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "wholesale"}, "name"),
        ({"code": "Опт"}, "code"),
        ({"code": "retail"}, "code"),
        ({"currency": "XXX"}, "currency"),
        ({"step": Decimal(0)}, "step"),
        ({"step": Decimal(-1)}, "step"),
        ({"step": Decimal(1), "ending": Decimal(1)}, "ending"),
        ({"guard_percent": Decimal(-1)}, "guard_percent"),
        ({"margin_percent": Decimal(100)}, "margin_percent"),
        ({"is_on": False, "is_default": True}, "is_default"),
    ],
    ids=str,
)
def test_a_wrong_kind_is_told(inside, more, field):
    PriceKind.objects.filter(code="wholesale").update(name="wholesale")
    with pytest.raises(Invalid) as caught:
        services.save_kind(actor=inside.owner, draft=kind_draft(**{"code": "new", "name": "Новая", **more}))
    assert list(caught.value.fields) == [field]
    assert PriceKind.objects.count() == 2


def test_the_currency_of_prices_that_are_there_stays(inside):
    make_goods(price="1.00")
    with pytest.raises(Invalid) as caught:
        services.save_kind(
            actor=inside.owner, code="retail", draft=kind_draft(currency="USD", is_default=True)
        )  # fmt: skip
    assert list(caught.value.fields) == ["currency"]


# --- Suppliers and personal terms ---------------------------------------------------------------------------------


def test_suppliers(inside):
    card = make_client(inside.owner, "ООО Восток", kind="organisation")
    made = services.save_supplier(
        actor=inside.owner, draft=SupplierDraft(name=" Восток ", client=card.public_id, lead_days=5)
    )
    assert (made.name, made.client_id, made.lead_days) == ("Восток", card.pk, 5)
    for draft, field in (
        (SupplierDraft(name="восток"), "name"),
        (SupplierDraft(name=""), "name"),
        (SupplierDraft(name="А", currency="XXX"), "currency"),
        (SupplierDraft(name="А", lead_days=-1), "lead_days"),
    ):
        with pytest.raises(Invalid) as caught:
            services.save_supplier(actor=inside.owner, draft=draft)
        assert list(caught.value.fields) == [field]
    assert Supplier.objects.count() == 1


def test_the_cost_of_a_supplier_who_is_off_does_not_count(inside):
    goods, east = make_goods(), make_supplier("Восток")
    services.set_costs(
        actor=inside.owner,
        costs=[Asked(goods.pk, Decimal(5), "RUB", east.pk), Asked(goods.pk, Decimal(9))],
        now=NOW,
    )
    assert queries.costs_of([goods.pk], NOW)[goods.pk].amount == 5
    services.save_supplier(
        actor=inside.owner, public_id=east.public_id, draft=SupplierDraft(name="Восток", is_on=False)
    )
    assert queries.costs_of([goods.pk], NOW)[goods.pk].amount == 9
    for wrong in (Decimal(0), Decimal(-5)):
        with pytest.raises(Invalid):
            services.set_costs(actor=inside.owner, costs=[Asked(goods.pk, wrong)], now=NOW)
    assert Cost.objects.count() == 2


def test_personal_terms(inside):
    card = make_client(inside.owner)
    assert queries.terms_of(card.pk) == ("", 0)
    services.set_terms(
        actor=inside.owner, client=card.public_id, kind="wholesale", discount_percent=Decimal("7.5"), now=NOW
    )
    assert queries.terms_of(card.pk) == ("wholesale", Decimal("7.5"))
    for wrong in ("-1", "100", "NaN"):
        with pytest.raises(Invalid):
            services.set_terms(actor=inside.owner, client=card.public_id, discount_percent=Decimal(wrong), now=NOW)
    services.set_terms(actor=inside.owner, client=card.public_id, now=NOW)
    assert not ClientTerms.objects.exists()


def test_prices_of_a_stranger_are_out_of_reach(inside):
    goods = make_goods(price="1000.00")
    from voronka.kit.tenancy import company_context

    with company_context(inside.other_company_id):
        services.ship_kinds()
        assert queries.price_now([goods.pk]) == {}
        assert queries.variants_by_ids([goods.pk]) == {}
        assert queries.find_variants(goods.code) == []
        with pytest.raises(NotFound):
            put(inside, goods, "1.00", actor=inside.stranger)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalogue_price WHERE amount = 1000")
        assert cursor.fetchone()[0] == 1
