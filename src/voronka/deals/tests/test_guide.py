"""The first day of a company: trades as data, chosen once or anew, the example taken and taken away whole."""

from datetime import timedelta

import pytest

from voronka.accounts.queries import get_company_rules
from voronka.accounts.testing import Cast, add_person, make_company
from voronka.deals import services
from voronka.deals.models import Deal, LossReason, Pipeline, Press, Stage
from voronka.deals.rules.buttons import Buttons
from voronka.deals.rules.trades import LANGUAGES, example_people, trades
from voronka.deals.services import guide
from voronka.deals.testing import NOON, make_deal, press
from voronka.kit.errors import Conflict, Denied, Invalid
from voronka.kit.tenancy import company_context
from voronka.messaging.models import Template
from voronka.people.models import Client, CustomField, InboxLead, Note
from voronka.work.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_company(now=NOON)


def test_both_languages_tell_of_the_same_trades() -> None:
    shapes = []
    for language in LANGUAGES:
        told = trades(language)
        assert list(told) == ["shop", "chain", "services", "wholesale"]
        shapes.append(
            {
                code: (
                    [(one.probability, one.norm_days, one.forward_icon, one.forward_sells) for one in trade.stages],
                    [one for one, _name in trade.reasons],
                    [(one.code, one.kind, one.subject, len(one.options)) for one in trade.fields],
                    len(trade.letters),
                    [(one.amount, sorted(one.fields)) for one in trade.example],
                    (trade.opens_minute, trade.closes_minute, trade.answer_minutes, trade.icon),
                )
                for code, trade in told.items()
            }
        )
        for trade in told.values():
            assert all(one.forward and len(one.forward) <= 18 for one in trade.stages[:-1])
            assert not trade.stages[-1].forward
    assert shapes[0] == shapes[1]
    assert trades("de") == trades("ru")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["shop", "chain", "services", "wholesale"])
def test_a_trade_sets_the_whole_company_up(language: str, code: str) -> None:
    cast = make_company(now=NOON)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        from voronka.accounts.services import change_company

        change_company(actor=cast.owner, changes={"language": language})
        assert guide.choose_trade(actor=cast.owner, code=code, now=NOON)
        trade = trades(language)[code]
        pipeline = Pipeline.objects.get(code="new_lead")
        assert pipeline.answer_minutes == trade.answer_minutes
        stages = list(Stage.objects.filter(pipeline=pipeline).order_by("position"))
        assert [one.name for one in stages] == [one.name for one in trade.stages]
        for stage in Stage.objects.all():
            document = stage.button_sets.get(state="live").buttons
            assert {"miss", "back", "meet", "think", "paid", "refuse"} <= {one["key"] for one in document}
            assert Buttons.model_validate({"buttons": document})
        kinds = [
            one["kind"]
            for stage in stages
            for button in stage.button_sets.get(state="live").buttons
            for outcome in button["outcomes"]
            for one in outcome["steps"]
        ]
        selling = {"shop": (1, 1), "chain": (1, 0), "services": (0, 0), "wholesale": (1, 0)}[code]
        assert (kinds.count("deals.hold_goods"), kinds.count("deals.make_order")) == selling
        assert set(LossReason.objects.values_list("code", flat=True)) >= {one for one, _name in trade.reasons}
        assert CustomField.objects.filter(is_active=True).count() == len(trade.fields)
        assert Template.objects.filter(is_active=True).count() == len(trade.letters)
        rules = get_company_rules()
        assert (rules.call_opens_minute, rules.call_closes_minute) == (trade.opens_minute, trade.closes_minute)
        assert not guide.choose_trade(actor=cast.owner, code=code, now=NOON), "chosen twice is chosen once"


def test_another_trade_takes_the_place_of_the_first(cast: Cast) -> None:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        guide.choose_trade(actor=cast.owner, code="shop", now=NOON)
        Template.objects.filter(name="Заказ готов").update(body="Наш собственный текст")
        Client.objects.create(name="Анна", zone="Europe/Moscow", fields={"size": "48"})
        guide.choose_trade(actor=cast.owner, code="services", now=NOON)
        assert Pipeline.objects.count() == 3
        assert set(CustomField.objects.filter(is_active=True).values_list("code", flat=True)) == {
            "site_address", "wished_date", "budget",
        }  # fmt: skip
        assert CustomField.objects.get(code="size").is_active is False, "a value is never thrown away"
        assert not CustomField.objects.filter(code="looked_for").exists()
        names = set(Template.objects.values_list("name", flat=True))
        assert "Заказ готов" in names, "what somebody wrote himself stays"
        assert "Товар отложен" not in names
        guide.choose_trade(actor=cast.owner, code="shop", now=NOON)
        assert CustomField.objects.get(code="size").is_active


def test_a_trade_is_not_changed_under_deals_or_over_somebodys_work(cast: Cast) -> None:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        guide.choose_trade(actor=cast.owner, code="shop", now=NOON)
        make_deal(cast.owner)
        with pytest.raises(Conflict, match=r"use already|уже"):
            guide.choose_trade(actor=cast.owner, code="chain", now=NOON)
    other = make_company(now=NOON)
    with company_context(other.company_id, employee_id=other.owner.employee_id):
        guide.choose_trade(actor=other.owner, code="shop", now=NOON)
        Stage.objects.filter(pipeline__code="new_lead", position=1).update(name="Своя стадия")
        assert not guide.read_progress(other.owner, now=NOON).may_change
        with pytest.raises(Conflict):
            guide.choose_trade(actor=other.owner, code="chain", now=NOON)
        assert Stage.objects.filter(name="Своя стадия").exists()


def test_only_who_sets_the_company_up_is_led(cast: Cast) -> None:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        assert guide.is_led(cast.owner)
        for actor in (cast.colleague, add_person(cast.owner, "head")):
            assert not guide.is_led(actor)
            with pytest.raises(Denied):
                guide.read_progress(actor, now=NOON)
            with pytest.raises(Denied):
                guide.choose_trade(actor=actor, code="shop", now=NOON)
            with pytest.raises(Denied):
                guide.take_example(actor=actor, now=NOON)
        with pytest.raises(Invalid):
            guide.choose_trade(actor=cast.owner, code="bank", now=NOON)
        with pytest.raises(Conflict):
            guide.take_example(actor=cast.owner, now=NOON)
        guide.dismiss(actor=cast.owner, now=NOON)
        assert not guide.is_led(cast.owner)


@pytest.mark.parametrize("hour", [0, 9, 22])
def test_the_example_gives_somebody_to_call_at_any_hour_and_goes_whole(cast: Cast, hour: int) -> None:
    now = NOON.replace(hour=hour)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        guide.choose_trade(actor=cast.owner, code="services", now=now)
        assert guide.take_example(actor=cast.owner, now=now) == len(example_people()) == 24
        assert guide.take_example(actor=cast.owner, now=now) == 24, "taken twice is taken once"
        filled = list(Deal.objects.exclude(fields={}).values_list("fields", flat=True))
        codes = {one.code for one in CustomField.objects.filter(subject="deal")}
        assert len(filled) >= 4
        assert all(set(one) <= codes for one in filled)
        assert Client.objects.count() == 24
        assert Deal.objects.count() == 9
        turn = services.take_next(actor=cast.owner, now=now)
        assert turn is not None
        deal = Deal.objects.get(pk=turn.deal_id)
        press(cast.owner, deal, "think", now=now)
        Note.objects.create(client_id=deal.client_id, text="Перезвонит")
        invented = Client.objects.exclude(pk=deal.client_id)
        Client.objects.filter(pk=invented[0].pk).update(binned_at=now)
        InboxLead.objects.create(
            at=now, due_at=now, channel="form", sent={}, state="attached", client_id=deal.client_id
        )
        mine = Client.objects.create(name="Настоящий Клиент", zone="Europe/Moscow")
        kept = make_deal(cast.owner, client=mine, now=now)
        assert guide.drop_example(actor=cast.owner) == 0
        assert list(Client.with_binned.all()) == [mine]
        assert list(Deal.objects.all()) == [kept]
        assert Task.objects.filter(client_id__isnull=False).count() == 1
        assert not Press.objects.exists()
        assert guide.drop_example(actor=cast.owner) == 0


def test_progress_is_read_from_what_was_done(cast: Cast) -> None:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        at = NOON + timedelta(minutes=3)
        told = guide.read_progress(cast.owner, now=at)
        assert (told.present, told.trade, told.may_change) == ("trade", "", True)
        assert told.minutes == pytest.approx(3)
        guide.choose_trade(actor=cast.owner, code="chain", now=at)
        assert guide.read_progress(cast.owner, now=at).present == "clients"
        guide.take_example(actor=cast.owner, now=at)
        told = guide.read_progress(cast.owner, now=at)
        assert (told.present, told.example, told.may_change) == ("first", 24, False)
        press(cast.owner, Deal.objects.order_by("id")[0], "think", now=at)
        told = guide.read_progress(cast.owner, now=at + timedelta(hours=3))
        assert "first" in told.done
        assert told.minutes == pytest.approx(3), "the clock stops at the first press"
