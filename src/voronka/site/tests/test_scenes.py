"""The auto-funnel: what a visitor does on a page is answered at once, by one thing, once; the rest comes days later."""

import threading
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voronka.catalogue.testing import make_category, make_goods
from voronka.deals.testing import Shop, make_client, make_shop
from voronka.flows import services as flows
from voronka.flows import stakes
from voronka.flows.models import Run, RunStep
from voronka.flows.rules.maps import Node
from voronka.flows.services import drawing, entering, nodes, replaying
from voronka.flows.services.acting import machine
from voronka.flows.services.entering import fits
from voronka.flows.services.walking import walk
from voronka.flows.testing import hear as flow_hear
from voronka.flows.testing import make_automation, node, step, told
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.loyalty.models import PromoCode
from voronka.loyalty.services import PromoDraft, quote, save_promo
from voronka.messaging.models import Message, Talk, TalkLine
from voronka.messaging.services import chat, save_template
from voronka.people.models import ContactPoint, Touch
from voronka.people.services import merge_clients
from voronka.people.testing import make_client as make_card
from voronka.site import ports
from voronka.site.models import NotShown, Showing, Site, Visit, VisitEvent, Visitor, Widget
from voronka.site.models import Stage as StageRow
from voronka.site.services import answering, naming, showing, staging
from voronka.site.services.chatting import SiteChatDraft, reference, save_site_chat
from voronka.site.testing import Screen, make_site, make_visitor, make_widget, moment_of

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
PRODUCT = {"kind": "site.product"}


def after(**delta: float) -> datetime:
    return NOW + timedelta(**delta)


@pytest.fixture
def shop() -> Shop:
    return make_shop(NOW - timedelta(days=1))


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    return Screen().stand_in(monkeypatch.setattr)


def show(number: int, widget: str, then: str = "", **more: object) -> dict[str, Any]:
    return step(number, "site.show_widget", then, widget=widget, **more)


def hear(visitor: Visitor, kind: str, now: datetime, page: str = "/tables/1", **about: object) -> datetime | None:
    return staging.hear(moment_of(visitor, kind, now, page, **about))


def test_a_teaser_comes_after_35_seconds_on_the_page_and_not_to_who_leaves_before(shop: Shop, screen: Screen) -> None:
    with shop.as_(shop.cast.owner) as owner:
        site = make_site(owner, NOW)
        row = make_automation(
            owner, PRODUCT, node(1, "stay", {"seconds": 35}, stayed="n2"),
            node(2, "check", {"filters": {"basket": "empty"}}, yes="n3"), show(3, "teaser", minutes=60),
            now=NOW, again="never",
        )  # fmt: skip
        stays, leaves, full = (make_visitor(site, NOW) for _one in range(3))
        for one in (stays, leaves, full):
            assert hear(one, "product", NOW) == after(seconds=35), "the browser is told when to come back"
        assert hear(stays, "tick", after(seconds=20)) == after(seconds=35)
        assert hear(leaves, "page", after(seconds=30), page="/about") is None, "he has left that page"
        Visit.objects.filter(visitor=full).update(basket={"lines": [{"name": "Стол"}], "sum": 100})
        assert hear(full, "tick", after(seconds=35)) is None
        assert screen.shown == []
        assert hear(stays, "tick", after(seconds=35)) is None
        assert [one[:1] + one[2:] for one in screen.shown] == [("teaser", after(minutes=60, seconds=35), "")]
        runs = {run.subject_id: run for run in Run.objects.all()}
        assert told(runs[stays.pk]) == [
            ("", "entered", ""), ("n1", "stays", ""), ("n1", "stayed", "stayed"), ("n2", "checked", "yes"),
            ("n3", "did", "next"), ("", "end", ""),
        ]  # fmt: skip
        assert told(runs[leaves.pk])[-2:] == [("n1", "left", "left"), ("", "end", "")]
        assert (runs[leaves.pk].state, runs[leaves.pk].why) == ("left", "page")
        assert not EventRow.objects.filter(name__startswith="flows.Run").exists(), "the log is not flooded"
        # Who left too early had nothing of it, and comes in anew; who has been through does not.
        assert hear(leaves, "product", after(minutes=5), page="/tables/2") == after(minutes=5, seconds=35)
        assert hear(stays, "product", after(minutes=5), page="/tables/2") is None
        assert row.runs.count() == 4


def test_who_closes_the_tab_is_taken_for_gone_by_the_worker(shop: Shop, screen: Screen) -> None:
    company = shop.cast.company_id
    with shop.as_(shop.cast.owner) as owner:
        make_automation(
            owner, PRODUCT, node(1, "stay", {"seconds": 35}, stayed="n2", left="n3"), show(2, "teaser"),
            show(3, "stop"), now=NOW,
        )  # fmt: skip
        visitor = make_visitor(make_site(owner, NOW), NOW)
        hear(visitor, "product", NOW)
        assert walk(company, now=after(seconds=36)) == 0, "the page is asked first"
        walk(company, now=after(seconds=96))
        run = Run.objects.get()
        assert (run.node, run.why, screen.shown) == ("", "end", [])
        said = RunStep.objects.get(run=run, node="n3").effects[0]
        assert not said["happens"], "nobody is there to see it"


def test_of_two_scenarios_at_one_moment_one_yields_and_the_log_says_why(shop: Shop, screen: Screen) -> None:
    with shop.as_(shop.cast.owner) as owner:
        first = make_automation(owner, {"kind": "site.exit"}, show(1, "teaser"), now=NOW, name="Teaser")
        make_automation(owner, {"kind": "site.exit"}, show(1, "stop", rank="offer"), now=NOW, name="Stop")
        visitor = make_visitor(make_site(owner, NOW), NOW)
        hear(visitor, "exit", NOW)
        assert [one[0] for one in screen.shown] == ["stop"], "an offer goes before a teaser"
        hidden = RunStep.objects.get(run__automation=first, code="did").effects[0]
        assert hidden["code"] == "not_shown"
        assert "Стоп-оффер" in hidden["words"]
        # Of equals the one that stands first in the list.
        screen.open = ""
        other = make_automation(owner, {"kind": "site.idle"}, show(1, "teaser"), now=NOW, name="Later")
        ahead = make_automation(owner, {"kind": "site.idle"}, show(1, "help"), now=NOW, name="Sooner")
        flows.put_in_order(actor=owner, public_ids=[ahead.public_id, other.public_id], now=NOW)
        hear(visitor, "idle", after(minutes=3))
        assert [one[0] for one in screen.shown] == ["stop", "help"]


def test_a_moment_that_is_told_twice_is_answered_once(shop: Shop, screen: Screen) -> None:
    with shop.as_(shop.cast.owner) as owner:
        make_automation(owner, {"kind": "site.checkout"}, step(1, "site.open_chat", text="Помочь?"), now=NOW)
        visitor = make_visitor(make_site(owner, NOW), NOW)
        for turn in range(2):
            hear(visitor, "checkout", after(seconds=turn), id="a1")
            screen.open = ""
        assert screen.said == ["Помочь?"]
        hear(visitor, "checkout", after(minutes=3), id="a2")
        assert screen.said == ["Помочь?", "Помочь?"]


def test_a_call_that_a_page_sends_again_is_heard_once(shop: Shop, screen: Screen) -> None:
    """A bad network: the answer is lost, the page asks again with the id of the same event."""
    with shop.as_(shop.cast.owner) as owner:
        site = make_site(owner, NOW)
        row = make_automation(
            owner, PRODUCT, node(1, "await", {"event": "site.product", "minutes": 60}, came="n2"),
            node(2, "await", {"event": "site.product", "minutes": 60}, came="n3"),
            step(3, "site.make_lead", text="Смотрит третий"), node(4, "door", {"event": "site.exit"}, next="n5"),
            step(5, "site.make_lead", text="Уходит"), now=NOW,
        )  # fmt: skip
        visitor = make_visitor(site, NOW)

        def ask(kind: str, event: str, seconds: float) -> list[tuple[str, str]]:
            asked = ports.OpenCall(
                shop.cast.company_id, site.pk, visitor.key.hex, has_consent=True, is_bot=False, origin="", address="",
                zone="", device="computer", width=1440, language="ru", now=after(seconds=seconds),
                about={"kind": kind, "page": "/", "about": {"id": event}},
            )  # fmt: skip
            answering.answer_next(asked)
            return list(row.runs.order_by("id").values_list("state", "node"))

        for seconds in (0, 1):
            assert [one[0] for one in ask("exit", "e1", seconds)] == ["done"], "one walk, over when it is told again"
        for seconds in (2, 3):
            assert ask("product", "p1", seconds)[1:] == [("running", "n1")], "it has brought him in"
        for seconds in (4, 5):
            assert ask("product", "p2", seconds)[1:] == [("running", "n2")], "it has ended one wait, not two"
        assert [one[0] for one in ask("product", "p3", 6)] == ["done", "done"]
        ask("exit", "e2", 7)
        assert row.runs.filter(door="n4").count() == 2, "another moment of the same kind is another"


def test_a_browser_that_tells_without_end_is_let_in_so_often_and_machines_never(
    shop: Shop, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entering, "MOST_LIVE", 3)
    with shop.as_(shop.cast.owner) as owner:
        row = make_automation(owner, {"kind": "site.basket", "page": "/shop"}, show(1, "teaser"), now=NOW)
        site = make_site(owner, NOW)
        visitor, machine = make_visitor(site, NOW), make_visitor(site, NOW)
        Visitor.objects.filter(pk=machine.pk).update(is_bot=True)
        hear(machine, "basket", NOW, page="/shop/1")
        hear(visitor, "basket", NOW, page="/about")
        assert row.runs.count() == 0
        for turn in range(6):
            hear(visitor, "basket", after(seconds=turn), page="/shop/1")
        assert sorted(row.runs.values_list("why", flat=True)) == ["crowd", "end", "end", "end"]
        flows.switch(actor=owner, public_id=row.public_id, is_on=False, now=NOW)
        hear(visitor, "basket", after(hours=2), page="/shop/1")
        assert row.runs.count() == 4, "off, it hears nothing"


@pytest.mark.django_db(transaction=True)
def test_two_calls_at_once_bring_one_answer(screen: Screen) -> None:
    shop = make_shop(NOW - timedelta(days=1))
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        make_automation(owner, {"kind": "site.exit"}, show(1, "stop"), now=NOW, again="never")
        visitor = make_visitor(make_site(owner, NOW), NOW)
    met = threading.Barrier(4)

    def call() -> None:
        try:
            with company_context(shop.cast.company_id, origin="site"), transaction.atomic():
                met.wait(10)
                hear(visitor, "exit", NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _one in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with shop.as_(shop.cast.owner), transaction.atomic():
        assert (Run.objects.count(), len(screen.shown)) == (1, 1)


def test_what_he_answers_leads_on(shop: Shop, screen: Screen) -> None:
    with shop.as_(shop.cast.owner) as owner:
        make_automation(
            owner, {"kind": "site.exit"}, show(1, "stop", "n2"),
            node(2, "await", {"event": "site.acted", "minutes": 5}, came="n3", late="n4"),
            step(3, "site.open_chat", text="Держим за вами."), step(4, "site.open_chat", text="Передумали?"), now=NOW,
        )  # fmt: skip
        visitor = make_visitor(make_site(owner, NOW), NOW)
        hear(visitor, "exit", NOW)
        screen.open = ""
        hear(visitor, "acted", after(seconds=5), key="another:n1", widget="stop")
        assert screen.said == [], "what another walk has shown is not this one's matter"
        hear(visitor, "acted", after(seconds=6), key=screen.shown[0][1], widget="stop")
        assert screen.said == ["Держим за вами."]


def test_phases_of_one_map_are_walked_side_by_side(shop: Shop, screen: Screen) -> None:
    with shop.as_(shop.cast.owner) as owner:
        row = make_automation(
            owner, PRODUCT, node(1, "stay", {"seconds": 35}, stayed="n2"), show(2, "teaser"),
            node(3, "door", {"event": "site.exit", "name": "уход"}, next="n4"), show(4, "stop", rank="offer"),
            now=NOW,
        )  # fmt: skip
        visitor = make_visitor(make_site(owner, NOW), NOW)
        hear(visitor, "product", NOW)
        assert hear(visitor, "exit", after(seconds=10)) == after(seconds=35)
        assert [one[0] for one in screen.shown] == ["stop"]
        screen.open = ""
        hear(visitor, "tick", after(seconds=35))
        assert [one[0] for one in screen.shown] == ["stop", "teaser"]
        assert sorted(row.runs.values_list("door", flat=True)) == ["", "n3"]
        drawn = drawing.drawn_of(row)
        with pytest.raises(Invalid):  # an event that nobody tells of is not published
            drawn = drawing.set_node(
                actor=owner, public_id=row.public_id, rev=drawn.rev, node="n3", settings={"event": "gone"}, now=NOW
            )
            drawing.publish_map(actor=owner, public_id=row.public_id, rev=drawn.rev, now=NOW)


def test_goods_of_a_category_begin_a_scenario_and_are_asked_about(shop: Shop, screen: Screen) -> None:
    """Looked at, put into the basket, bought: of the category or of one below it, by article or barcode."""
    with shop.as_(shop.cast.owner) as owner:
        tables = make_category("Столы")
        oak = make_goods("Стол дубовый", code="T-OAK", category=make_category("Дубовые", tables))
        make_goods("Стол", code="T-PINE", barcode="4606224074870", category=tables)
        make_goods("Стул", code="C-1", category=make_category("Стулья"))
        of = {"category": tables.public_id}
        row = make_automation(
            owner, {**PRODUCT, **of}, node(1, "check", {"filters": of}, yes="n2"), show(2, "teaser"),
            node(3, "door", {"event": "site.basket", **of}, next="n4"), show(4, "stop", rank="offer"),
            node(5, "door", {"event": "site.purchase", **of, "page": "/thanks"}, next="n6"), show(6, "help"),
            now=NOW,
        )  # fmt: skip
        visitor = make_visitor(make_site(owner, NOW), NOW, product={"name": "Стул", "code": "C-1"})
        visit = Visit.objects.get(visitor=visitor)

        def shown(kind: str, page: str = "/", **about: object) -> list[str]:
            before, screen.open = len(screen.shown), ""
            hear(visitor, kind, NOW, page=page, **about)
            return [one[0] for one in screen.shown[before:]]

        assert shown("product", product={"name": "Стул", "code": "C-1"}) == []
        assert shown("product", product={"name": "Стол", "code": "T-OAK"}) == [], "its visit tells of a chair"
        assert told(Run.objects.get())[1] == ("n1", "checked", "no")
        for seen in ({"code": "T-OAK"}, {"barcode": "4606224074870"}, {"code": "4606224074870"}):
            Visit.objects.filter(pk=visit.pk).update(product=seen)
            assert fits("visitor", visitor.pk, of, actor=owner, now=NOW)
        assert shown("product", code="T-OAK") == ["teaser"], "a recorded visit tells it by the event itself"
        assert shown("basket", lines=[{"code": "C-1"}]) == []
        assert shown("basket", lines=["?", {"code": 7}, {"code": "C-1"}, {"barcode": "4606224074870"}]) == ["stop"]
        assert shown("purchase", page="/thanks") == [], "nothing lay in the basket"
        VisitEvent.objects.create(
            visit=visit, key=uuid.uuid4(), kind="basket", at=NOW, about={"lines": [{"code": oak.code}]}
        )
        Visit.objects.filter(pk=visit.pk).update(basket={"lines": []})
        assert shown("purchase") == []
        assert shown("purchase", page="/thanks") == ["help"], "what lay there before the shop emptied it was bought"
        words = nodes.Speaker("visitor", owner)
        held = drawing.drawn_of(row).map
        assert nodes.trigger_words(held) == "A visitor opens a product: goods of Столы"
        assert [words.words(one) for one in held.doors()] == [
            "A visitor changes the basket: goods of Столы", "A visitor has bought on pages /thanks: goods of Столы",
        ]  # fmt: skip
        wrong = node(9, "door", {"event": "site.exit", **of})
        assert words.problems(Node.model_validate(wrong)) == ["This event is not of goods: take the category out."]
        assert words.problems(held.doors()[0]) == []


def test_a_month_after_the_purchase_a_letter_brings_a_code_that_ends(shop: Shop, screen: Screen) -> None:
    """Bought as a stranger, named later; the clock of Berlin is moved in between."""
    company = shop.cast.company_id
    with shop.as_(shop.cast.owner) as owner:
        promo = save_promo(
            actor=owner, draft=PromoDraft(name="Возвращение", is_batch=True, amount=Decimal(10)), now=NOW
        )  # fmt: skip
        letter = save_template(
            actor=owner, name="Код", subject="Ваш код", body="{{ promo.code }} до {{ promo.ends }}"
        )
        send = {"template": letter.public_id}
        make_automation(
            owner, {"kind": "site.purchase"}, step(1, "messaging.send_letter", "n2", **send),
            node(2, "wait", {"minutes": 30 * 1440}, next="n3"), node(3, "clock", {"hour": "10:00"}, next="n4"),
            step(4, "site.give_code", "n5", promo=promo.public_id, minutes=1440),
            step(5, "messaging.send_letter", **send), now=NOW,
        )  # fmt: skip
        site = make_site(owner, NOW)
        visitor = make_visitor(site, NOW, head={"zone": "Europe/Berlin"})
        hear(visitor, "purchase", NOW)
        run = Run.objects.get()
        assert (run.client_id, Message.objects.count()) == (None, 0)
        first = RunStep.objects.get(run=run, node="n1").effects[0]
        assert (first["code"], first["happens"]) == ("no_client", False), "the log says who could not"
        client = make_client("Дарья", zone="Europe/Berlin")
        ContactPoint.objects.create(client=client, kind="email", value="d@example.ru")
        Visitor.objects.filter(pk=visitor.pk).update(client=client)
        walk(company, now=after(days=30))  # 31 March: since the 28th Berlin is two hours ahead
        due = datetime(2027, 4, 1, 8, 0, tzinfo=UTC)
        assert Run.objects.get().due_at == due
        walk(company, now=due)
        code, message = PromoCode.objects.get(), Message.objects.get()
        assert (code.client_id, code.until, code.most) == (client.pk, due + timedelta(days=1), 1)
        assert code.code in message.body
        assert Run.objects.get().client_id == client.pk
        late = quote(code.code, client.pk, [], due + timedelta(days=1), actor=owner)
        assert late.reason == "late", "the promised end is true"
        # Merged into another card, the walk is that one's; erased, what it kept is gone.
        stays = make_client("Дарья С.")
        merge_clients(actor=owner, survivor_id=stays.pk, other_ids=[client.pk], chosen={}, now=due)
        assert Run.objects.get().client_id == stays.pk
        stakes.erase([stays.pk])
        assert Run.objects.get().kept == {}


def test_scenarios_give_one_address_no_more_codes_than_widgets_do(shop: Shop, screen: Screen) -> None:
    with shop.as_(shop.cast.owner) as owner:
        promo = save_promo(actor=owner, draft=PromoDraft(name="Час", is_batch=True, amount=Decimal(5)), now=NOW)
        screen.takes_all = True
        make_automation(
            owner, PRODUCT, step(1, "site.give_code", "n2", promo=promo.public_id, minutes=60),
            show(2, "teaser", promo=promo.public_id, minutes=60), now=NOW,
        )  # fmt: skip
        site = make_site(owner, NOW)
        for nr in range(16):  # each two codes: the last is one too many
            moment = replace(moment_of(make_visitor(site, NOW), "product", NOW), address="203.0.113.9")
            staging.hear(moment)
            assert (PromoCode.objects.count(), len(screen.shown)) == (min(2 * nr + 2, 30), min(nr + 1, 15))
        assert not Run.objects.exclude(state="done").exists(), "nobody has to look after walks of strangers"
        staging.hear(replace(moment, address="203.0.113.10", visitor_id=make_visitor(site, NOW).pk))
        assert PromoCode.objects.count() == 32


def test_a_request_is_made_of_what_was_typed_and_a_code_goes_with_the_widget(shop: Shop, screen: Screen) -> None:
    with shop.as_(shop.cast.owner) as owner:
        promo = save_promo(actor=owner, draft=PromoDraft(name="Час", is_batch=True, amount=Decimal(5)), now=NOW)
        make_automation(
            owner, {"kind": "site.form"}, step(1, "site.make_lead", "n2", text="Просит звонка"),
            show(2, "teaser", promo=promo.public_id, minutes=60), now=NOW,
        )  # fmt: skip
        site = make_site(owner, NOW, takes_contacts=True)
        typed, silent = make_visitor(site, NOW), make_visitor(site, NOW)
        visit = Visit.objects.get(visitor=typed)
        VisitEvent.objects.create(
            visit=visit, key=typed.key, kind="form", at=NOW, about={"phone": "+79031234567", "person": "Дарья"}
        )
        hear(typed, "form", NOW)
        [(_widget, _key, ends_at, code)] = screen.shown
        assert (ends_at, code) == (after(hours=1), PromoCode.objects.get().code)
        assert Touch.objects.get().message == "Просит звонка"
        hear(silent, "form", NOW)  # something is open already: the code that was made for it is gone again
        assert (Touch.objects.count(), PromoCode.objects.count()) == (1, 1)


def test_conditions_ask_of_the_visit(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner, machine() as actor:
        site = make_site(owner, NOW)
        head = {"device": "phone", "utm": {"source": "yandex"}}
        product = {"name": "Стол «Ладья»", "code": "T-1", "price": 41000}
        one = make_visitor(
            site, NOW, head=head, product=product, basket={"lines": [{"name": "Стол"}], "sum": 41000.5}, pages=3,
            page={"url": "/tables/1"},
        )  # fmt: skip
        met = [
            {"basket": "filled"}, {"basket_sum": "40000..42000"}, {"product": "ладья"}, {"product": "t-1"},
            {"price": "41000"}, {"section": "/tables"}, {"returning": "new"}, {"pages": "3.."}, {"known": "no"},
            {"device": "phone"}, {"source": "Yandex"}, {"open": "yes"},
        ]  # fmt: skip
        missed = [
            {"basket": "empty"}, {"basket_sum": "50000.."}, {"product": "стул"}, {"price": "..100"},
            {"section": "/sofas"}, {"returning": "back"}, {"pages": "..2"}, {"known": "yes"}, {"device": "tablet"},
            {"source": "google"}, {"open": "no"},
        ]  # fmt: skip
        assert [x for x in met if not fits("visitor", one.pk, x, actor=actor, now=NOW)] == []
        assert [x for x in missed if fits("visitor", one.pk, x, actor=actor, now=NOW)] == []
        # Of a new visit nothing of the former one counts.
        Visit.objects.create(visitor=one, number=2, begun_at=after(days=1), last_at=after(days=1))
        assert fits("visitor", one.pk, {"basket": "empty", "returning": "back"}, actor=actor, now=after(days=1))


MOMENTS = ("page", "product", "basket", "exit", "idle", "checkout", "purchase", "tick", "acted", "closed")


@pytest.fixture
def funnel(shop: Shop, screen: Screen) -> tuple[Shop, Site]:
    with shop.as_(shop.cast.owner) as owner:
        make_automation(
            owner, PRODUCT, node(1, "stay", {"seconds": 35}, stayed="n2", left="n3"), show(2, "teaser"),
            show(3, "help"), node(4, "door", {"event": "site.exit"}, next="n5"), show(5, "stop", "n6", rank="offer"),
            node(6, "await", {"event": "site.closed", "minutes": 2}, came="n7"), show(7, "teaser"), now=NOW,
        )  # fmt: skip
        make_automation(owner, {"kind": "site.exit"}, show(1, "teaser", "n2"), show(2, "help"), now=NOW)
        make_automation(
            owner, {"kind": "site.checkout"}, step(1, "site.open_chat", text="Помочь?"), now=NOW, name="Chat"
        )
        return shop, make_site(owner, NOW)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moments=st.lists(
        st.tuples(st.sampled_from(MOMENTS), st.sampled_from(["/a", "/b"]), st.integers(0, 60)), max_size=14
    ),
    takes_all=st.booleans(),
)
def test_never_are_two_things_of_scenarios_open(
    funnel: tuple[Shop, Site], moments: list[tuple[str, str, int]], takes_all: bool
) -> None:
    """Whatever is done in whatever order, each thing is shown once, and one moment brings one thing at most."""
    shop, site = funnel
    with pytest.MonkeyPatch.context() as patch, shop.as_(shop.cast.owner):
        screen = Screen(takes_all=takes_all).stand_in(patch.setattr)
        visitor, now = make_visitor(site, NOW), NOW
        for kind, page, seconds in moments:
            now += timedelta(seconds=seconds)
            before, about = len(screen.shown) + len(screen.said), {}
            if kind in ("acted", "closed"):
                about, screen.open = {"key": screen.open}, ""
            asked = staging.hear(moment_of(visitor, kind, now, page, **about))
            assert asked is None or asked > now
            assert len(screen.shown) + len(screen.said) - before <= 1
        keys = [one[1] for one in screen.shown]
        assert len(keys) == len(set(keys))
        assert not Run.objects.filter(subject_id=visitor.pk, failures__gt=0).exists()


LIMITS = [  # of a site's stage, and whether the offer 54 seconds after the teaser is shown by them
    ({}, "не показано: «Стоп», слишком скоро после другого"),
    ({"gap_seconds": 54}, "показано: «Стоп»"),
    ({"gap_seconds": 55}, "не показано: «Стоп», слишком скоро после другого"),
    ({"gap_seconds": 0, "most_per_visit": 1}, "не показано: «Стоп», хватит на один визит"),
]


@pytest.mark.parametrize(("limits", "words"), LIMITS)
def test_a_recorded_visit_is_tried_with_marks_by_the_sites_own_limits_and_nothing_lasts(
    shop: Shop, limits: dict[str, int], words: str
) -> None:
    with shop.as_(shop.cast.owner) as owner:
        site = make_site(owner, NOW)
        if limits:
            StageRow.objects.update_or_create(site=site, defaults=limits)
        teaser, stop = (
            make_widget(owner, site, NOW, name=one, rules={"when": "scenario"}) for one in ("Тизер", "Стоп")
        )
        row = make_automation(
            owner, PRODUCT, node(1, "stay", {"seconds": 35}, stayed="n2"),
            node(2, "check", {"filters": {"basket": "empty"}}, yes="n3"), show(3, teaser.public_id),
            node(4, "door", {"event": "site.exit"}, next="n5"), show(5, stop.public_id, "n6", rank="offer"),
            node(6, "wait", {"minutes": 1440}, next="n7"),
            step(7, "work.set_task", words="Позвонить", employee="head"), now=NOW,
        )  # fmt: skip
        visitor = make_visitor(site, NOW, basket={"lines": [{"name": "Стол"}]}, last_at=after(minutes=6))
        visit = Visit.objects.get(visitor=visitor)
        for seconds, kind, about in (
            (0, "page", {"url": "/tables/1"}), (1, "product", {"url": "/tables/1", "name": "Стол"}),
            (90, "exit", {"url": "/tables/1"}), (150, "basket", {"url": "/tables/1", "lines": [{"name": "Стол"}]}),
            (245, "exit", {"url": "/tables/1"}), (250, "leave", {"url": "/tables/1"}),
        ):  # fmt: skip
            VisitEvent.objects.create(
                visit=visit, key=uuid.uuid4(), kind=kind, at=after(seconds=seconds), about=about
            )
        found = replaying.replay(
            actor=owner, drawn=drawing.drawn_of(row), subject=visitor.public_id, chosen="1"
        )  # fmt: skip
        said = [
            (round((one.at - found.began).total_seconds()), one.line.node, one.line.code, one.line.effects)
            for one in found.marks
            if one.line is not None
        ]
        shown = [(at, node_id, effects[0]["happens"]) for at, node_id, code, effects in said if code == "did"]
        assert shown == [
            (36, "n3", True), (90, "n5", words.startswith("показано")), (90 + 86400, "n7", False),
        ], "the basket was empty then; the offer goes by the site's limits; a stranger has no task"  # fmt: skip
        assert [effects[0]["words"] for _at, node_id, _code, effects in said if node_id == "n5"] == [words]
        assert [one.words for one in found.marks if one.line is None][1] == "opened a product: Стол"
        assert (Run.objects.count(), Showing.objects.count(), NotShown.objects.count()) == (0, 0, 0)
        visit.refresh_from_db()
        assert visit.basket == {"lines": [{"name": "Стол"}]}
        with pytest.raises(NotFound):
            replaying.replay(actor=owner, drawn=drawing.drawn_of(row), subject="nobody", chosen="1")


def test_real_widgets_are_shown_by_scenarios_and_their_answers_lead_on(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        site = make_site(owner, NOW)
        teaser = make_widget(owner, site, NOW, name="Тизер", rules={"when": "scenario"})
        make_automation(
            owner, PRODUCT, node(1, "stay", {"seconds": 35}, stayed="n2"),
            show(2, teaser.public_id, "n3", minutes=60),
            node(3, "await", {"event": "site.closed", "minutes": 60}, came="n4"),
            step(4, "site.make_lead", text="Закрыл"), now=NOW,
        )  # fmt: skip
        visitor = make_visitor(site, NOW)
        again = showing.next_for(moment_of(visitor, "product", NOW), [])[1]
        assert again == after(seconds=35)
        row, *_more = showing.next_for(moment_of(visitor, "tick", after(seconds=35)), [])
        assert row is not None
        assert (row.widget_id, row.ends_at) == (teaser.pk, after(minutes=60, seconds=35))
        asked = ports.OpenCall(
            shop.cast.company_id, site.pk, visitor.key.hex, has_consent=True, is_bot=False, origin="", address="",
            zone="", device="computer", width=1440, language="ru", now=after(seconds=50),
            about={"showing": row.public_id, "what": "closed"},
        )  # fmt: skip
        answering.answer_told(asked)
        answering.answer_told(asked)
        assert [one[1:] for one in told(Run.objects.get())][-3:] == [("came", "came"), ("did", "next"), ("end", "")]


def test_the_log_of_a_walk_says_why_something_was_not_shown(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        site = make_site(owner, NOW)
        names = ("Тизер", "Стоп", "Бот")
        teaser, stop, off = (make_widget(owner, site, NOW, name=one, rules={"when": "scenario"}) for one in names)
        Widget.objects.filter(pk=off.pk).update(is_on=False)
        row = make_automation(
            owner, PRODUCT, show(1, teaser.public_id),
            node(2, "door", {"event": "site.exit"}, next="n3"), show(3, stop.public_id),
            node(4, "door", {"event": "site.idle"}, next="n5"), show(5, off.public_id),
            node(6, "door", {"event": "site.checkout"}, next="n7"), step(7, "site.open_chat", text="Помочь?"),
            now=NOW,
        )  # fmt: skip
        visitor = make_visitor(site, NOW)

        def said(kind: str, seconds: float) -> str:
            hear(visitor, kind, after(seconds=seconds))
            line = RunStep.objects.filter(run__automation=row, code="did").latest("id")
            return str(line.effects[0]["words"])

        assert said("product", 0) == "показано: «Тизер»"
        shown = Showing.objects.get()
        showing.tell(visitor_id=visitor.pk, public_id=shown.public_id, what="shown", now=after(seconds=1))
        assert said("exit", 2) == "не показано: «Стоп», на экране был другой"
        showing.tell(visitor_id=visitor.pk, public_id=shown.public_id, what="closed", now=after(seconds=3))
        assert said("exit", 4) == "не показано: «Стоп», слишком скоро после другого"
        assert said("product", 300) == "не показано: «Тизер», он его уже закрыл"
        assert said("idle", 301) == "не показано: «Бот», был выключен"
        assert said("checkout", 302).startswith("не показано: «Помочь?», чата на сайте сейчас нет")
        StageRow.objects.update_or_create(site=site, defaults={"most_per_visit": 1})
        assert said("exit", 303) == "не показано: «Стоп», хватит на один визит"
        counted = NotShown.objects.order_by("id").values_list("widget__name", "reason", "count")
        assert set(counted) == {
            ("Стоп", "other", 1), ("Стоп", "gap", 1), ("Стоп", "cap", 1), ("Тизер", "closed", 1), ("Бот", "off", 1),
        }, "and the numbers of widgets count it"  # fmt: skip


def test_the_real_chat_is_opened_by_a_scenario_and_who_its_visitor_is_becomes_known(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        site = make_site(owner, NOW)
        make_automation(
            owner, {"kind": "site.checkout"}, step(1, "site.open_chat", text="Помочь с оплатой?"), now=NOW
        )  # fmt: skip
        visitor, other = make_visitor(site, NOW), make_visitor(site, NOW)

        def ask(one: Visitor) -> Mapping[str, Any]:
            asked = ports.OpenCall(
                shop.cast.company_id, site.pk, one.key.hex, has_consent=True, is_bot=False, origin="", address="",
                zone="", device="computer", width=1440, language="ru", now=NOW, about={"kind": "checkout", "page": "/"},
            )  # fmt: skip
            return answering.answer_next(asked)

        assert "chat" not in ask(other), "without a chat on the site nothing opens"
        chat.save_chat(actor=owner, draft=chat.ChatDraft(is_on=True))
        draft = SiteChatDraft(is_on=True, colour="#AA3300")
        save_site_chat(actor=owner, public_id=site.public_id, draft=draft, now=NOW)
        assert ask(visitor)["chat"] is True
        assert TalkLine.objects.get().text == "Помочь с оплатой?"
        talk = Talk.objects.get()
        client = make_card(owner, name="Мария", phone="+79131112233")
        chat.write(talk=talk, written=chat.Written(uuid.uuid4(), "Да", visitor=talk.visitor), now=NOW)
        chat.bind(actor=owner, public_id=talk.public_id, client=client.public_id, now=NOW)
    flow_hear(shop.cast.company_id, "site.talk_bound")
    with shop.as_(shop.cast.owner):
        visitor.refresh_from_db()
        assert (visitor.client_id, visitor.is_proven) == (client.pk, False)
        found = make_card(shop.cast.owner, name="Пётр", phone="+79134445566")
        # Whose talk it is in Telegram says nothing of the browser that sent its address there.
        gone_on = Talk.objects.create(
            key=uuid.uuid4(), channel="telegram", outside="501", last_at=NOW, begun_at=NOW,
            visitor=reference(site.pk, other.key.hex),
        )  # fmt: skip
        chat.bind(actor=shop.cast.owner, public_id=gone_on.public_id, client=found.public_id, now=NOW)
    flow_hear(shop.cast.company_id, "site.talk_bound")
    with shop.as_(shop.cast.owner):
        other.refresh_from_db()
        assert other.client_id is None
        naming.bind(other.pk, found.pk, is_proven=False, now=NOW)
        other.refresh_from_db()
        assert other.client_id == found.pk


def test_a_site_without_widgets_and_scenarios_loads_no_stage(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        site = make_site(owner, NOW)
        assert answering.told_of_site(site.pk, NOW) is None
        make_automation(owner, PRODUCT, step(1, "site.make_lead", text="Смотрит стол"), now=NOW)
        told_now = answering.told_of_site(site.pk, NOW)
        assert told_now is not None
        assert (told_now["hears"], told_now["widgets"]) == (True, [])
