"""What begins by the calendar, by lists, by other parts; ready processes; clients who are joined, erased, taken out."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from voronka.accounts.services.views import save_view
from voronka.billing.testing import make_invoice, make_requisites
from voronka.deals.testing import Shop, make_client, make_shop
from voronka.flows import services
from voronka.flows.models import Automation, AutomationVersion, Matched, Run, RunStep, Sweep
from voronka.flows.rules.maps import Map
from voronka.flows.services import nodes, offering, ready, timing
from voronka.flows.testing import go, make_automation, node, step
from voronka.kit.events import publish
from voronka.kit.stakes import stakes_in
from voronka.loyalty.testing import make_batch
from voronka.messaging.events import LetterClicked, LetterOpened
from voronka.messaging.models import Message, Template
from voronka.orders import testing as orders
from voronka.people import services as people
from voronka.people.models import Client
from voronka.people.testing import make_client as make_card
from voronka.stock import services as stock

pytestmark = pytest.mark.django_db
BEGUN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
WAIT = node(1, "wait", {"minutes": 600})


@pytest.fixture
def shop() -> Shop:
    return make_shop(BEGUN)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_birthday_comes_by_the_clients_own_clock_once(shop: Shop) -> None:
    company = shop.cast.company_id
    with shop.as_(shop.cast.owner) as owner:
        east = make_client("Восток", zone="Asia/Vladivostok", birthday=date(1980, 3, 29))
        west = make_client("Запад", zone="Europe/Berlin", birthday=date(1990, 3, 29))
        leap = make_client("Високосный", zone="Europe/Moscow", birthday=date(1992, 2, 29))
        make_automation(owner, {"kind": "people.birthday", "at": "02:30"}, WAIT, now=BEGUN)
        timing.look(company, now=at("2026-02-28 00:00"))  # 03:00 in Moscow, a year without the 29th
        assert set(Run.objects.values_list("subject_id", flat=True)) == {leap.pk}
        timing.look(company, now=at("2026-03-28 16:20"))  # 02:20 of the 29th in Vladivostok
        assert Run.objects.count() == 1
        timing.look(company, now=at("2026-03-28 16:31"))
        assert set(Run.objects.values_list("subject_id", flat=True)) == {leap.pk, east.pk}
        # In Berlin the clock goes from 2:00 to 3:00 that night: 2:30 is not there, at 3:00 its hour has come.
        timing.look(company, now=at("2026-03-29 00:59"))
        assert Run.objects.count() == 2
        timing.look(company, now=at("2026-03-29 01:01"))
        assert Run.objects.filter(subject_id=west.pk).count() == 1
        for _again in range(3):
            timing.look(company, now=at("2026-03-29 12:00"))
        assert Run.objects.count() == 3


def test_a_look_that_was_cut_goes_on_where_it_was(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    company = shop.cast.company_id
    monkeypatch.setattr(timing, "PAGE", 2)
    with shop.as_(shop.cast.owner) as owner:
        for number in range(5):
            make_client(f"Клиент {number}", zone="Europe/Moscow", birthday=date(1980, 3, 10))
        row = make_automation(owner, {"kind": "people.birthday", "at": "10:00"}, WAIT, now=BEGUN, again="always")
        second = Client.objects.order_by("pk")[1].pk
        Sweep.objects.create(automation=row, zone="Europe/Moscow", day=date(2026, 3, 10), after=second)
        timing.look(company, now=at("2026-03-10 08:00"))
        assert Run.objects.count() == 3
        assert Sweep.objects.get().done_at is not None


def test_an_automation_that_cannot_be_looked_for_keeps_the_others_from_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = timing.enter

    def breaks_of_the_first(automation: Automation, subject_id: int, **more: Any) -> Run | None:
        if automation.name == "Broken":
            raise ZeroDivisionError
        return usual(automation, subject_id, **more)

    monkeypatch.setattr(timing, "enter", breaks_of_the_first)
    with shop.as_(shop.cast.owner) as owner:
        make_client("Именинник", zone="Europe/Moscow", birthday=date(1980, 3, 10))
        for name in ("Broken", "Sound"):
            make_automation(owner, {"kind": "people.birthday", "at": "10:00"}, WAIT, now=BEGUN, name=name)
        assert timing.look(shop.cast.company_id, now=at("2026-03-10 08:00")) == 1
        assert [one.automation.name for one in Run.objects.select_related("automation")] == ["Sound"]


def test_who_comes_into_a_list_comes_in_and_who_was_there_does_not(shop: Shop) -> None:
    company = shop.cast.company_id
    with shop.as_(shop.cast.owner) as owner:
        there = make_client("Был", city="Омск")
        view = save_view(actor=owner, subject="client", name="Омск", query="f.city=Омск", is_shared=True, now=BEGUN)
        make_automation(owner, {"kind": "people.list", "list": view.public_id}, WAIT, now=BEGUN)
        timing.look(company, now=at("2026-02-01 10:00"))
        assert Run.objects.count() == 0
        assert set(Matched.objects.values_list("subject_id", flat=True)) == {there.pk}
        fresh = make_client("Приехал", city="Омск")
        timing.look(company, now=at("2026-02-01 10:01"))
        assert [one.subject_id for one in Run.objects.all()] == [fresh.pk]
        Client.objects.filter(pk=fresh.pk).update(city="Томск")
        timing.look(company, now=at("2026-02-01 10:02"))
        Client.objects.filter(pk=fresh.pk).update(city="Омск")
        Run.objects.update(state="done")
        timing.look(company, now=at("2026-02-01 10:03"))
        assert Run.objects.filter(subject_id=fresh.pk).count() == 2, "he left the list and came again"


def test_orders_debts_codes_and_goods_bring_their_clients_in(shop: Shop) -> None:
    company = shop.cast.company_id
    with shop.as_(shop.cast.owner) as owner:
        for kind, more in (
            ("orders.after_purchase", {"days": 30}), ("billing.overdue", {"days": 3}),
            ("loyalty.unused_code", {"days": 3}), ("stock.back", {"days": 60}),
        ):  # fmt: skip
            make_automation(owner, {"kind": kind, "at": "10:00", **more}, WAIT, now=BEGUN, name=kind)
        store = orders.make_shop(owner, now=at("2026-03-01 09:00"))
        Client.objects.filter(pk=store.client.pk).update(zone="Europe/Moscow")
        make_requisites(owner)
        orders.make_order(owner, store, now=at("2026-03-01 09:00"))
        from voronka.orders.services import refresh_figures

        refresh_figures([store.client.pk])
        make_invoice(owner, "500", client_id=store.client.pk, day=date(2026, 3, 10), due_on=date(2026, 3, 15),
                     now=at("2026-03-10 09:00"))  # fmt: skip
        stock.lose_sale(
            store.chair.pk, Decimal(1), actor=owner, now=at("2026-03-05 09:00"), client_id=store.client.pk
        )
        code = make_batch(owner, 1, now=at("2026-03-01 09:00"), until=at("2026-03-20 21:00"))
        from voronka.loyalty.models import PromoCode

        PromoCode.objects.filter(code=code[0]).update(client=store.client)
        came: dict[str, str] = {}
        for day in range(6, 33):
            now = at("2026-03-01 08:00") + timedelta(days=day - 1)
            timing.look(company, now=now)
            for run in Run.objects.select_related("automation"):
                came.setdefault(run.automation.name, f"{run.entered_at:%d.%m}")
        assert came == {
            "stock.back": "06.03", "loyalty.unused_code": "17.03", "billing.overdue": "18.03",
            "orders.after_purchase": "31.03",
        }  # fmt: skip


def test_a_link_that_a_person_followed_begins_one_and_ends_the_wait_of_another(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        client = make_client()
        make_automation(owner, {"kind": "messaging.followed"}, WAIT, now=BEGUN, name="Пришёл")
        waits = node(1, "await", {"event": "messaging.opened", "minutes": 600})
        make_automation(owner, {"kind": "messaging.followed"}, waits, now=BEGUN, name="Ждёт")
        with transaction.atomic():
            publish(LetterClicked(message_id=1, client_id=client.pk, link=1), at=datetime.now(UTC))
        go(owner.company_id, datetime.now(UTC))
        assert set(Run.objects.filter(client_id=client.pk).values_list("automation__name", "state")) == {
            ("Пришёл", "running"), ("Ждёт", "running"),
        }  # fmt: skip
        with transaction.atomic():
            publish(LetterOpened(message_id=1, client_id=client.pk), at=datetime.now(UTC))
        go(owner.company_id, datetime.now(UTC))
        assert Run.objects.get(automation__name="Ждёт").state == "done"
        assert Run.objects.get(automation__name="Пришёл").state == "running"


@pytest.mark.parametrize("language", ready.LANGUAGES)
def test_every_ready_process_is_whole_and_off_until_it_is_switched_on(shop: Shop, language: str) -> None:
    with shop.as_(shop.cast.owner) as owner:
        from voronka.accounts.models import Company

        Company.objects.update(language=language)
        with translation.override(language):
            offered = ready.offered(owner)
            assert [one.code for one in offered] == list(ready.shipped("ru")) == list(ready.shipped("en"))
            for one in offered:
                row = ready.take(actor=owner, code=one.code, now=BEGUN)
                version = AutomationVersion.objects.get(automation=row)
                asks = ready.shipped(language)[one.code].get(
                    "asks", []
                )  # nodes whose widget or promo is the shop's own
                assert sorted(nodes.map_problems(Map.model_validate(version.map), owner)) == sorted(asks)
                assert (version.state, row.is_on, row.name) == ("draft" if asks else "live", False, one.name)
                assert ready.take(actor=owner, code=one.code, now=BEGUN).pk == row.pk
        letters = sum(len(one.get("letters", {})) for one in ready.shipped(language).values())
        assert Template.objects.filter(name__in=[
            words["name"] for one in ready.shipped(language).values() for words in one.get("letters", {}).values()
        ]).count() == letters  # fmt: skip
        assert not Automation.objects.filter(is_on=True).exists()


def test_a_letter_of_an_automation_goes_by_the_gate_at_once(shop: Shop) -> None:
    company = shop.cast.company_id
    with shop.as_(shop.cast.owner) as owner:
        client = make_card(owner, "Анна", email="anna@example.ru")
        row = ready.take(actor=owner, code="birthday", now=BEGUN)
        services.switch(actor=owner, public_id=row.public_id, is_on=True, now=BEGUN)
        row.refresh_from_db()
        run = services.enter(row, client.pk, now=datetime.now(UTC))
        assert run is not None
        go(company, datetime.now(UTC))
        letter = Message.objects.get()
        assert (letter.state, letter.client_id) == ("refused", client.pk), "nobody has agreed to advertising"
        log = RunStep.objects.get(run=run, code="did")
        assert log.effects[0]["words"]
        assert Run.objects.get().state == "done"


def test_joined_cards_keep_one_walk_and_parted_ones_have_theirs_again(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        stays, other = make_client("Смирнова Анна"), make_client("Смирнова А.")
        row = make_automation(owner, {"kind": "people.by_hand"}, WAIT, now=BEGUN)
        both = [services.enter(row, one.pk, now=BEGUN) for one in (stays, other)]
        made = people.merge_clients(actor=owner, survivor_id=stays.pk, other_ids=[other.pk], chosen={}, now=BEGUN)
        assert list(Run.objects.filter(state="running").values_list("subject_id", flat=True)) == [stays.pk]
        assert set(Run.objects.values_list("client_id", flat=True)) == {stays.pk}
        people.undo_merge(actor=owner, public_id=made.public_id, now=BEGUN)
        for run, client in zip(both, (stays, other), strict=True):
            assert run is not None
            again = Run.objects.get(pk=run.pk)
            assert (again.subject_id, again.client_id, again.state) == (client.pk, client.pk, "running")


def test_an_erased_client_is_out_and_his_words_are_gone_and_before_it_he_may_have_them(shop: Shop) -> None:
    company = shop.cast.company_id
    stake = next(one for one in stakes_in("client") if one.part == "flows")
    with shop.as_(shop.cast.owner) as owner:
        client = make_client("Тайный")
        row = make_automation(
            owner, {"kind": "people.by_hand"}, step(1, "messaging.call_webhook", "n2", url="https://secret.example/"),
            node(2, "wait", {"minutes": 60}), now=BEGUN,
        )  # fmt: skip
        services.enter(row, client.pk, now=datetime.now(UTC))
        go(company, datetime.now(UTC))
        taken = list(stake.export([client.pk]))
        assert "secret.example" in str(taken)
        stake.erase([client.pk])
        assert (Run.objects.get().state, Run.objects.get().why) == ("left", "gone")
        assert "secret" not in str(list(RunStep.objects.values_list("effects", "about")))
        assert RunStep.objects.count() >= 3, "that something happened stays"


def test_each_trigger_has_words_and_each_step_that_is_offered_needs_nobody(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        for kind in offering.all_triggers().values():
            assert str(kind.title)
            assert offering.find_traveller(kind.subject) is not None
            if not any(one.is_required() for one in kind.model_fields.values()):
                assert nodes.sentence_of(kind, {})
        for subject in {*offering.travellers()} - {"talk"}:  # which walks scenarios, by steps of its own
            offered = nodes.steps_offered(subject, owner)
            assert "messaging.send_letter" in offered
            assert not {"deals.ask", "deals.mark_paid", "deals.miss_ladder"} & set(offered)
        assert "deals.change_stage" in nodes.steps_offered("deal", owner)
        assert "deals.change_stage" not in nodes.steps_offered("client", owner)
