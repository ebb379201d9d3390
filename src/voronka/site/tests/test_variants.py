"""Variants of a widget: each visitor sees one of them, those who saw them are compared by the money that they bring."""

import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client as Browser
from hypothesis import given
from hypothesis import strategies as st

from voronka.accounts.testing import add_person, make_company, sign_in
from voronka.flows.testing import hear
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound
from voronka.kit.tenancy import company_context
from voronka.orders.testing import make_order, make_shop
from voronka.people.testing import make_client
from voronka.site.models import NotShown, Showing, Visitor, Widget, WidgetVariant
from voronka.site.queries.widgets import funnels_of, variants_of
from voronka.site.rules.widgets import KINDS, differences
from voronka.site.services import answering, gains, naming, variants
from voronka.site.services.judging import judge
from voronka.site.services.showing import offer, show_asked
from voronka.site.services.widgets import WidgetDraft, drop_widget, save_widget
from voronka.site.testing import make_site, make_widget, visit_of
from voronka.site.tests.test_stage import DAY, MINUTE, NOW, call, moment
from voronka.trials import queries as tests
from voronka.trials import services as trials
from voronka.trials.models import Exposure, Gain, Trial

pytestmark = pytest.mark.django_db
LISTENERS = ("site.tests_know", "site.tests_order", "site.test_ended", "orders.trial_gains")
OTHER = {"title": "Подарок к столу", "button": "Взять"}


@pytest.fixture
def cast():
    made = make_company(name="Ладная кухня", now=NOW - DAY)
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        yield made


@pytest.fixture
def site(cast):
    return make_site(cast.owner, NOW)


def two(cast, widget, content=None, number=2):
    """Make one more variant of a widget."""
    variants.add_variant(actor=cast.owner, public_id=widget.public_id, now=NOW)
    said = {**widget.content, **(OTHER if content is None else content)}
    return variants.save_variant(
        actor=cast.owner, public_id=widget.public_id, number=number, name="Подарок", content=said, now=NOW
    )


def started(cast, site, *contents, shares=(1, 1), **wanted):
    """Return a widget whose variants are tested, and the test."""
    widget = make_widget(cast.owner, site, NOW, rules={"often": "always", "never_after_closing": False}, **wanted)
    for number, content in enumerate(contents or (OTHER,), start=2):
        two(cast, widget, content, number)
    public_id = variants.start_test(actor=cast.owner, public_id=widget.public_id, shares=shares, now=NOW)
    return Widget.objects.get(pk=widget.pk), Trial.objects.get(public_id=public_id)


def come(site, client=None):
    return Visitor.objects.create(site=site, key=uuid.uuid4(), first_at=NOW, client=client)


def see(site, widget, visitor, now=NOW, what="shown"):
    """Offer a widget to a visitor and let his page say that it is there; return the showing."""
    made = offer(moment=moment(visitor, site, now), widget_id=widget.pk, key=f"{now}")
    answering.answer_told(call(site, visitor.key.hex, now, showing=made.public_id, what=what))
    return made


def number_of(showing):
    return WidgetVariant.objects.get(public_id=showing.arm).number


def heard(cast):
    hear(cast.company_id, *LISTENERS)


@given(st.dictionaries(st.sampled_from(["title", "text", "button", "minutes"]), st.integers(0, 2)))
def test_variants_differ_in_what_was_changed_and_in_nothing_else(changed):
    for kind in ("popup", "bar", "stop"):
        own = dict.fromkeys(KINDS[kind].model_fields, 0)
        found = differences(own, own | changed)
        assert set(found) == {name for name, value in changed.items() if value}
        assert found == [name for name in own if name in found], "as they are written in the editor"
    assert differences({}, {"new": 1}) == ["new"]


def test_a_visitor_sees_one_variant_and_counts_once_it_is_on_his_screen(cast, site):
    widget, trial = started(cast, site)
    assert (trial.kind, trial.subject_id, trial.metric, trial.window_days) == ("widget", widget.pk, "money", 7)
    assert [one.name for one in trial.arms.order_by("number")] == ["As it was", "Подарок"]
    people = [come(site) for _ in range(24)]
    made = {one.pk: offer(moment=moment(one, site), widget_id=widget.pk, key="first") for one in people}
    assert {number_of(one) for one in made.values()} == {1, 2}
    assert not Exposure.objects.exists(), "what was never drawn was shown to nobody"
    for visitor in people[:16]:
        key, mine = visitor.key.hex, made[visitor.pk]
        told = answering.answer_next(call(site, key))["show"]
        assert told["content"]["title"] == {1: "Скидка 5 %", 2: "Подарок к столу"}[number_of(mine)]
        for _again in range(2):
            answering.answer_told(call(site, key, showing=mine.public_id, what="shown"))
    noted = dict(Exposure.objects.values_list("unit", "arm"))
    assert noted == {f"visitor:{one.pk}": number_of(made[one.pk]) for one in people[:16]}

    # Opened by himself, or come again: the same variant. On another device of a client: the same as well.
    visitor = people[0]
    opened = show_asked(moment=moment(visitor, site, NOW + MINUTE), widget_id=widget.pk, key="asked")
    assert opened.arm == made[visitor.pk].arm
    anna = make_client(cast.owner, phone="+79130000001")
    naming.bind(visitor.pk, anna.pk, is_proven=True, now=NOW)
    heard(cast)
    assert Exposure.objects.get(unit=f"visitor:{visitor.pk}").client_id == anna.pk
    for _device in range(4):
        mine = see(site, widget, come(site, anna), NOW + MINUTE)
        assert mine.arm == made[visitor.pk].arm
    assert Exposure.objects.count() == 16, "a client counts once, on whatever devices"

    # What came of each variant, by what his page told: acted in or closed.
    for one, what in ((people[1], "closed"), (people[2], "acted"), (people[20], "closed")):
        answering.answer_told(call(site, one.key.hex, showing=made[one.pk].public_id, what=what, answers={}))
    assert Exposure.objects.count() == 17, "whoever closes it has seen it"
    rows = variants_of([widget.pk], [trial.pk])[widget.pk]
    funnels = funnels_of(rows)
    told = [funnels[one.public_id] for one in rows]
    assert (sum(one.shown for one in told), sum(one.acted for one in told), sum(one.closed for one in told)) == (
        21, 1, 2,
    )  # fmt: skip


def test_what_is_tested_does_not_change_and_the_winner_stays(cast, site):
    widget = make_widget(cast.owner, site, NOW, rules={"often": "always"})
    same = {"actor": cast.owner, "public_id": widget.public_id, "now": NOW}
    with pytest.raises(Invalid):
        variants.start_test(**same, shares=[1])
    variants.add_variant(**same)
    with pytest.raises(Invalid, match="says the same"):
        variants.start_test(**same, shares=[1, 1])
    two(cast, widget, number=3)
    variants.drop_variant(**same, number=2)
    assert [one.number for one in WidgetVariant.objects.all()] == [2], "those behind it move up"
    with pytest.raises(Invalid):
        variants.save_variant(**same, number=2, name=" ", content={**widget.content, "minutes": -1})
    with pytest.raises(Invalid):
        variants.start_test(**same, shares=[1, 0])
    with pytest.raises(Denied):
        variants.start_test(**{**same, "actor": cast.colleague}, shares=[1, 1])
    assert not Trial.objects.exists()
    assert offer(moment=moment(come(site), site), widget_id=widget.pk, key="1").arm == "", (
        "a draft is shown to nobody"
    )
    public_id = variants.start_test(**same, shares=[1, 3], metric="buyers")
    trial = Trial.objects.get(public_id=public_id)
    assert (trial.metric, list(trial.arms.order_by("number").values_list("share", flat=True))) == ("buyers", [1, 3])
    for change in (
        lambda: variants.add_variant(**same),
        lambda: variants.drop_variant(**same, number=2),
        lambda: variants.save_variant(**same, number=2, name="Иной", content={"title": "Иное"}),
        lambda: variants.start_test(**same, shares=[1, 1]),
        lambda: rewrite(cast, site, widget, title="Иное"),
    ):
        with pytest.raises(Conflict) as refusal:
            change()
        assert refusal.value.code == "tested"
    rewrite(cast, site, widget, rules={"when": "exit", "often": "always"})  # of all variants alike
    late = see(site, widget, come(site))

    # Ended, by a person or by itself: from then on everybody sees the winner, at once and after the log was heard.
    trials.stop(actor=cast.owner, public_id=public_id, now=NOW, winner=2)
    before = [offer(moment=moment(come(site), site), widget_id=widget.pk, key="2") for _ in range(6)]
    assert {number_of(one) for one in before} == {2}
    heard(cast)
    widget.refresh_from_db()
    assert (widget.trial_id, widget.content["title"]) == (0, OTHER["title"])
    heard(cast)
    assert offer(moment=moment(come(site), site), widget_id=widget.pk, key="3").arm == ""
    rewrite(cast, site, widget, title="Новое")
    assert Showing.objects.get(pk=late.pk).content["title"] in ("Скидка 5 %", OTHER["title"]), "as it was shown"
    assert Exposure.objects.count() == 1

    # Another test begins anew; without a winner what there was stays, and a widget that is gone is tested no more.
    for winner in (0, None):
        two(cast, widget, {"title": f"Ещё {winner}"})
        public_id = variants.start_test(**same, shares=[1, 1])
        if winner is None:
            drop_widget(actor=cast.owner, public_id=widget.public_id, now=NOW)
        else:
            trials.stop(actor=cast.owner, public_id=public_id, now=NOW)
            heard(cast)
        widget.refresh_from_db()
        assert (widget.trial_id, widget.content["title"]) == (0, "Новое")
        assert Trial.objects.get(public_id=public_id).state == "stopped"


def rewrite(cast, site, widget, rules=None, **content):
    draft = WidgetDraft(
        kind=widget.kind, name=widget.name, content={**widget.content, **content}, rules=rules or widget.rules,
        is_on=True,
    )  # fmt: skip
    save_widget(actor=cast.owner, site=site.public_id, draft=draft, now=NOW, public_id=widget.public_id)


def test_those_compared_are_the_same_people_whatever_a_variant_has_to_say(cast, site):
    shop = make_shop(cast.owner, now=NOW - DAY)
    proof, _trial = started(cast, site, {"least": 1_000}, kind="proof", content={"title": "Купили", "least": 1})
    make_order(cast.owner, shop, (shop.table, 1), now=NOW - timedelta(hours=1))
    about = {"product": {"name": "Стол", "code": shop.table.code}}
    for _ in range(8):
        assert offer(moment=moment(come(site), site, **about), widget_id=proof.pk, key="1") is None
    assert NotShown.objects.get(widget=proof).reason == "empty", "one variant would say nothing here"

    # Whose hour was over before the test began sees neither the variant with an hour nor the one without.
    bar = make_widget(cast.owner, site, NOW, kind="bar", content={"minutes": 60}, rules={"often": "always"})
    old = [come(site) for _ in range(8)]
    for one in old:
        see(site, bar, one)
    two(cast, bar, {"minutes": 0})
    variants.start_test(actor=cast.owner, public_id=bar.public_id, shares=[1, 1], now=NOW)
    for one in old:
        assert offer(moment=moment(one, site, NOW + 3 * 60 * MINUTE), widget_id=bar.pk, key="2") is None
    assert set(NotShown.objects.filter(widget=bar).values_list("reason", flat=True)) == {"late"}
    new = [see(site, bar, come(site)) for _ in range(8)]
    assert {one.ends_at is None for one in new} == {True, False}


def test_what_those_who_saw_it_buy_counts_once_however_it_is_told(cast, site):
    shop = make_shop(cast.owner, now=NOW - DAY)
    widget, trial = started(cast, site)

    def money(visitor):
        heard(cast)
        return Exposure.objects.get(unit=f"visitor:{visitor.pk}").money

    def buys(visitor, number, total, now=NOW + MINUTE):
        bought = {"kind": "purchase", "number": number, "sum": total, "currency": "RUB"}
        visit = visit_of(site, {"kind": "page", "url": "/thanks"}, bought, at=now, visitor=visitor)
        assert visit.judge_at is not None, "nobody knows him, and yet it is looked at"
        for _again in range(2):
            judge(visit.pk, now=now)

    # Ordered by who was nobody when he saw it, and is known by that order.
    early, late, stranger, guest = (come(site) for _ in range(4))
    for one in (early, late, stranger, guest):
        see(site, widget, one)
    order = make_order(cast.owner, shop, (shop.table, 1), now=NOW + MINUTE)
    assert money(early) == 0
    naming.bind(early.pk, shop.client.pk, is_proven=False, now=NOW + MINUTE)
    assert money(early) == order.total

    # A page tells of a purchase; the order of that number comes later, of a client whom no visitor is known as.
    buys(late, "shop-77", 500)
    assert money(late) == 500
    other = make_client(cast.owner, name="Иван", phone="+79130000009")
    elsewhere = replace(shop, client=other)
    at = NOW + 5 * MINUTE
    placed = make_order(cast.owner, elsewhere, (shop.chair, 2), now=at, channel="api", outer_number="shop-77")
    assert (money(late), Exposure.objects.get(unit=f"visitor:{late.pk}").buys) == (placed.total, 1)
    assert Exposure.objects.get(unit=f"visitor:{late.pk}").returned == 0

    # The order came first; a number of the shop's own that we do not have is worth what the page said, once.
    first = make_order(cast.owner, elsewhere, (shop.chair, 1), now=NOW + 6 * MINUTE)
    heard(cast)
    buys(stranger, str(first.number), float(first.total))
    assert money(stranger) == first.total
    buys(guest, "A-1", 300)
    buys(stranger, "A-1", 5_000)
    assert (money(guest), money(stranger)) == (300, first.total)
    # Who has ordered with us bought that; what nobody was shown before is nobody's.
    buys(early, "B-5", 700)
    buys(come(site), "C-9", 700)
    assert money(early) == order.total
    assert sum(one.money for one in tests.results_of([trial], now=NOW)[0].figures.values()) == (
        order.total + placed.total + first.total + 300
    )
    assert Gain.objects.filter(money__gt=0).count() == 5


def test_a_forged_purchase_claims_no_order_of_another_and_no_more_than_shops_sell_for(cast, site, monkeypatch):
    shop = make_shop(cast.owner, now=NOW - DAY)
    widget, _trial = started(cast, site)
    forger, buyer, early, client, boaster = (come(site) for _ in range(5))
    for one in (forger, buyer, early, client, boaster):
        see(site, widget, one)

    def buys(visitor, now=NOW + MINUTE, **told):
        bought = {"kind": "purchase", "currency": "RUB", **told}
        judge(visit_of(site, {"kind": "page", "url": "/thanks"}, bought, at=now, visitor=visitor).pk, now=now)

    def money(visitor):
        heard(cast)
        row = Exposure.objects.get(unit=f"visitor:{visitor.pk}")
        return row.money, row.returned

    # A number is guessed, before the order comes or after: it is his whose page told its very sum, or its client's.
    order = make_order(cast.owner, shop, (shop.table, 1), now=NOW + MINUTE)
    heard(cast)
    buys(forger, number=str(order.number), sum=5)
    assert money(forger) == (0, 0)
    buys(buyer, number=str(order.number), sum=float(order.total))
    assert money(buyer) == (order.total, 0)
    buys(forger, NOW + 2 * MINUTE, number="shop-90", sum=5_000)
    buys(early, NOW + 3 * MINUTE, number="shop-90", sum=1_000)
    at = NOW + 4 * MINUTE
    placed = make_order(cast.owner, shop, (shop.table, 1), now=at, channel="api", outer_number="shop-90")
    assert (money(early), money(forger)) == ((placed.total, 0), (0, 0))
    last = make_order(cast.owner, shop, (shop.chair, 1), now=at, channel="api", outer_number="shop-91")
    naming.bind(client.pk, shop.client.pk, is_proven=False, now=NOW + 5 * MINUTE)
    buys(client, NOW + 5 * MINUTE, number="shop-91", sum=5)
    assert money(client)[0] >= last.total

    # What a page alone tells counts for a hundred usual orders at most, for a million where nothing is usual.
    buys(boaster, sum=10**10)
    assert money(boaster) == (gains.MOST_UNKNOWN, 0)
    monkeypatch.setattr("voronka.orders.queries.bought.LEAST_USUAL", 3)
    other = come(site)
    see(site, widget, other)
    buys(other, sum=10**10)
    assert money(other) == (100 * order.total, 0)


def test_many_claims_of_one_visitor_are_worth_no_more_than_one_and_a_true_order_makes_room(cast, site, monkeypatch):
    shop = make_shop(cast.owner, now=NOW - DAY)
    widget, _trial = started(cast, site)
    forger, other = come(site), come(site)
    for one in (forger, other):
        see(site, widget, one)

    def buys(visitor, minutes, **told):
        now = NOW + minutes * MINUTE
        bought = {"kind": "purchase", "currency": "RUB", **told}
        judge(visit_of(site, {"kind": "page", "url": "/thanks"}, bought, at=now, visitor=visitor).pk, now=now)

    def money(visitor):
        heard(cast)
        return Exposure.objects.get(unit=f"visitor:{visitor.pk}").money

    buys(forger, 1, number="F-1", sum=400_000)
    buys(forger, 40, number="F-2", sum=900_000)
    buys(forger, 80, number="F-3", sum=900_000)
    buys(forger, 120, sum=5_000)
    assert money(forger) == gains.MOST_UNKNOWN
    assert sorted(Gain.objects.values_list("money", flat=True)) == [0, 0, 400_000, 600_000]
    buys(other, 121, number="O-1", sum=700)
    assert money(other) == 700, "another visitor has his own"
    # An order that comes under a number that was told of to no effect is his who told its very sum.
    at = NOW + 122 * MINUTE
    sum_of = make_order(cast.owner, shop, (shop.table, 1), now=at).total
    buys(forger, 160, number="F-4", sum=float(sum_of))
    placed = make_order(cast.owner, shop, (shop.table, 1), now=NOW + 161 * MINUTE, channel="api", outer_number="F-4")
    assert money(forger) == gains.MOST_UNKNOWN + placed.total


def test_its_page_shows_the_funnel_beside_the_money_and_the_test_leads_back(cast, site):
    owner, reader = sign_in(Browser(), cast.owner), sign_in(Browser(), add_person(cast.owner, "reader", now=NOW))
    widget = make_widget(cast.owner, site, NOW, name="Окно", rules={"often": "always"})
    page = f"/widgets/{widget.public_id}/test/"
    answer = owner.post(page, {"act": "add"})
    assert answer.url == f"/widgets/{widget.public_id}/variants/2/"
    typed = {"name": "Подарок", "c-title": "Подарок к столу", "c-contact": "none", "c-minutes": "0"}
    widget.refresh_from_db()
    assert owner.post(answer.url, {**typed, "c-minutes": "-1"}).status_code == 422
    assert owner.post(answer.url, {**typed, "version": widget.version}).status_code == 302
    assert owner.post(answer.url, {**typed, "version": widget.version}).status_code == 422, "changed meanwhile"
    assert "Подарок к столу" in owner.get(answer.url).content.decode()
    assert owner.post(page, {"act": "start", "share": ["1"]}).status_code == 422
    assert 'value="1000"' in owner.get(page).content.decode(), "what its pace would show"
    for typed_size in ("99", "много", "-5", "100 000 001", "1.5"):
        refused = owner.post(page, {"act": "start", "share": ["1", "1"], "planned": typed_size})
        assert refused.status_code == 422
        assert f'value="{typed_size}"' in refused.content.decode()
    assert not Trial.objects.exists()
    assert reader.post(page, {"act": "start", "share": ["1", "1"]}).status_code == 403
    assert (
        owner.post(page, {"act": "start", "share": ["1", "1"], "metric": "money", "planned": "20 000"}).status_code
        == 302
    )
    widget.refresh_from_db()
    trial = Trial.objects.get()
    assert trial.planned == 20_000
    for n in range(10):
        visitor = come(site)
        see(site, widget, visitor, what="closed" if n % 3 == 0 else "shown")
        trials.note_gain(key=f"order:{n}", money=Decimal(100), at=NOW, now=NOW, unit=f"visitor:{visitor.pk}")
    for browser in (owner, reader):
        said = browser.get(page).content.decode()
        assert "Подарок" in said
        assert f"/tests/{trial.public_id}/" in said
        assert "100,00" in said or "100 ₽" in said.replace("\u00a0", " ")
    for address in ("/tests/", f"/tests/{trial.public_id}/"):
        assert "Окно" in owner.get(address).content.decode()
    assert page in reader.get(f"/tests/{trial.public_id}/").content.decode()
    # While it runs the editor keeps what it says, and a variant is looked at only.
    said = owner.get(f"/widgets/{widget.public_id}/").content.decode()
    assert page in said
    rule = {f"r-{name}": "all" for name in ("visits", "client", "basket")}
    sent = {"name": "Окно 2", "is_on": "on", "r-when": "exit", "r-often": "once", "version": widget.version, **rule}
    assert owner.post(f"/widgets/{widget.public_id}/", sent).status_code == 302
    widget.refresh_from_db()
    assert (widget.name, widget.content["title"]) == ("Окно 2", "Скидка 5 %")
    assert owner.get(f"/widgets/{widget.public_id}/variants/1/").status_code == 200
    assert owner.post(f"/widgets/{widget.public_id}/variants/2/", typed).status_code == 422
    with pytest.raises(NotFound):
        variants.add_variant(actor=cast.owner, public_id="nothing", now=NOW)
