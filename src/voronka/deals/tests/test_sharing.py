"""Sharing of new deals, handing over, and escalation of those nobody answers: over the database."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from voronka.accounts import services as accounts
from voronka.accounts.testing import add_person, sign_in
from voronka.deals.models import AnswerWatch, Deal, HandOver, Pipeline, ShareRule
from voronka.deals.services import escalating, handovers, share_rules, watching
from voronka.deals.services.opening import open_deal
from voronka.deals.services.share_rules import RuleDraft
from voronka.deals.testing import NOON, Shop, make_client, make_deal, make_shop, press
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Denied, Invalid
from voronka.kit.models import EventRow
from voronka.people.models import Client
from voronka.work.models import Leave, Reminder, Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def new_lead() -> Pipeline:
    return Pipeline.objects.get(code="new_lead")


def add_rule(owner: Actor, way: str, *people: Actor, **more: object) -> ShareRule:
    known = dict(accounts_ids())
    draft = RuleDraft(name=f"rule {way}", way=way, people=[known[one.person_id] for one in people], **more)  # type: ignore[arg-type]  # fields of the draft
    return share_rules.add_rule(actor=owner, pipeline_id=new_lead().public_id, draft=draft)


def accounts_ids() -> list[tuple[int, str]]:
    from voronka.accounts.queries import list_employees

    return [(one.pk, one.public_id) for one in list_employees()]


def lead(owner: Actor, *, client: Client | None = None, now: datetime = NOON, **more: object) -> Deal:
    client = client or make_client(zone="Europe/Moscow")
    return open_deal(actor=owner, client_id=client.pk, now=now, source="form", by_rules=True, **more)  # type: ignore[arg-type]  # as the verb takes them


def test_without_rules_a_lead_waits_in_the_pool(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        assert lead(owner).responsible_id is None


def test_leads_go_round_and_each_choice_is_told(shop: Shop) -> None:
    second = add_person(shop.cast.owner, "manager")
    with shop.as_(shop.cast.owner) as owner:
        add_rule(owner, "turn", shop.cast.colleague, second)
        got = Counter(lead(owner).responsible_id for _n in range(5))
        assert sorted(got.values()) == [2, 3]
        told = EventRow.objects.filter(name="deals.DealShared")
        assert told.count() == 5
        assert {row.payload["why"] for row in told} == {"turn"}
        task = Task.objects.filter(subject_kind="deal").order_by("-id").first()
        assert task is not None
        assert task.pool.key == f"employee:{task.employee_id}"


def test_the_earlier_manager_comes_first_unless_he_is_away(shop: Shop) -> None:
    second = add_person(shop.cast.owner, "manager")
    with shop.as_(shop.cast.owner) as owner:
        add_rule(owner, "owner")
        add_rule(owner, "turn", shop.cast.colleague)
        known = make_client(responsible_id=second.employee_id, zone="Europe/Moscow")
        assert lead(owner, client=known).responsible_id == second.employee_id
        Leave.objects.create(
            employee_id=second.employee_id, kind="sick", starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 9)
        )
        again = lead(owner, client=known)
        assert again.responsible_id == shop.cast.colleague.employee_id
        said = EventRow.objects.filter(name="deals.DealShared", subject_id=again.pk).get().payload
        assert said["skipped"] == [f"away:{second.employee_id}"]


def test_conditions_of_client_channel_and_sum(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        me = shop.cast.colleague
        add_rule(owner, "turn", me, asked={"city": "Омск"}, channels=["form"], sum_from=Decimal(1000))
        omsk = make_client(city="Омск", zone="Europe/Moscow")
        assert lead(owner, client=omsk, amount=Decimal(1000)).responsible_id == me.employee_id
        assert lead(owner, client=omsk, amount=Decimal(999)).responsible_id is None
        assert lead(owner, client=omsk).responsible_id is None
        assert lead(owner, amount=Decimal(5000)).responsible_id is None
        for wrong in ({"asked": {"gone": "1"}}, {"asked": {"made": "never"}}, {"way": "nobody"}, {"people": ["x"]}):
            with pytest.raises(Invalid):
                draft = RuleDraft(**{"name": "", "way": "turn", **wrong})  # type: ignore[arg-type]  # wrong on purpose
                share_rules.add_rule(actor=owner, pipeline_id=new_lead().public_id, draft=draft)
        assert ShareRule.objects.count() == 1


def test_the_settings_page_makes_tries_and_drops_rules(shop: Shop) -> None:
    browser = sign_in(Browser(), shop.cast.owner)
    with shop.as_(shop.cast.owner):
        make_client("Анна Смирнова", zone="Europe/Moscow")
        address = f"/settings/pipelines/{new_lead().public_id}/sharing/"
    posted = {"name": "Омск", "way": "load", "hours": "any", "facet_1": "city", "value_1": "Омск"}
    assert browser.post(address, posted).status_code == 302
    assert browser.post(address, {**posted, "name": "", "facet_1": ""}).status_code == 302
    assert browser.post(address, {**posted, "facet_1": "made", "value_1": "вчера было"}).status_code == 422
    page = browser.get(address).content.decode()
    assert "Омск" in page
    tried = browser.get(address, {"who": "Смирнова", "channel": "form", "amount": "5"}).content.decode()
    assert "v-share-said" in tried
    with shop.as_(shop.cast.owner):
        first, second = ShareRule.objects.order_by("position")
        assert first.turn is None
    assert browser.get(f"/settings/sharing/{first.public_id}/").status_code == 200
    assert browser.post(f"/settings/sharing/{second.public_id}/move", {"to": "0"}).status_code == 302
    assert browser.post(f"/settings/sharing/{first.public_id}/drop").status_code == 302
    with shop.as_(shop.cast.owner):
        assert ShareRule.objects.get().pk == second.pk


def test_everything_of_an_absent_one_passes_and_comes_back(shop: Shop) -> None:
    second = add_person(shop.cast.owner, "manager")
    me = shop.cast.colleague
    with shop.as_(shop.cast.owner) as owner:
        add_rule(owner, "turn", second, owner)
        deals = [make_deal(owner, responsible_id=me.employee_id) for _n in range(4)]
        order = {"actor": owner, "employee_id": me.person_id, "way": "rules", "to_employee_id": None, "now": NOON}
        plan = handovers.plan(**order)
        assert plan.to == {second.employee_id: 2, owner.employee_id: 2}
        assert Deal.objects.filter(responsible_id=me.employee_id).count() == 4
        row = handovers.hand_over_all(**order)
        assert Counter(Deal.objects.values_list("responsible_id", flat=True)) == plan.to
        moved_on = Deal.objects.filter(responsible_id=second.employee_id).order_by("id")[0]
        press(second, moved_on, "refuse", reason="price")
        assert handovers.undo_hand_over(actor=owner, public_id=row.public_id, now=NOON) == (3, 0)
        assert handovers.undo_hand_over(actor=owner, public_id=row.public_id, now=NOON) == (0, 0)
        back = Deal.objects.filter(responsible_id=me.employee_id, state="open").select_related("open_task")
        assert {one.open_task.pool.key for one in back if one.open_task} == {f"employee:{me.employee_id}"}
        assert len(back) == len(deals) - 1


def test_tasks_set_by_people_go_to_the_chosen_colleague_and_back(shop: Shop) -> None:
    from voronka.work import services as work

    second = add_person(shop.cast.owner, "manager")
    me = shop.cast.colleague
    with shop.as_(shop.cast.owner) as owner:
        draft = work.TaskDraft("Позвонить на склад", me.person_id, NOON + timedelta(days=1), "срочно")
        work.set_task(actor=owner, draft=draft, now=NOON)
        order = {"actor": owner, "employee_id": me.person_id, "now": NOON}
        row = handovers.hand_over_all(**order, way="person", to_employee_id=second.person_id)
        task = Task.objects.get(kind="hand")
        assert (task.employee_id, task.pool.key) == (second.employee_id, f"desk:{second.employee_id}")
        assert handovers.undo_hand_over(actor=owner, public_id=row.public_id, now=NOON) == (0, 1)
        assert Task.objects.get(kind="hand").employee_id == me.employee_id
        for way, to in (("person", None), ("person", me.person_id), ("sideways", None)):
            with pytest.raises(Invalid):
                handovers.hand_over_all(**order, way=way, to_employee_id=to)
        with pytest.raises(Conflict):
            handovers.hand_over_all(**order, way="pool", to_employee_id=None)
        with pytest.raises(Denied):
            handovers.plan(**{**order, "actor": me}, way="pool", to_employee_id=None)


def test_a_dismissed_ones_deals_go_by_the_rules(shop: Shop) -> None:
    me = shop.cast.colleague
    with shop.as_(shop.cast.owner) as owner:
        add_rule(owner, "turn", owner, me)
        make_deal(owner, responsible_id=me.employee_id)
        accounts.dismiss_employee(actor=owner, employee_id=me.person_id)
        assert handovers.after_dismissal(me.person_id, now=NOON) == 1
        assert Deal.objects.get().responsible_id == owner.employee_id
        assert HandOver.objects.get().author_id is None
        with pytest.raises(Conflict):
            handovers.undo_hand_over(actor=owner, public_id=HandOver.objects.get().public_id, now=NOON)


def test_many_deals_are_decided_by_as_many_statements_as_few(shop: Shop) -> None:
    mate = add_person(shop.cast.owner, "manager")
    with shop.as_(shop.cast.owner) as owner:
        add_rule(owner, "owner", asked={"city": "Omsk"})
        add_rule(owner, "turn", mate, owner)

        def asked() -> tuple[int, dict[int | None, int]]:
            with CaptureQueriesContext(connection) as seen:
                plan = handovers.plan(
                    actor=owner, employee_id=shop.cast.colleague.person_id, way="rules", to_employee_id=None, now=NOON
                )
            return len(seen), dict(plan.to)

        def give(count: int, **client: object) -> None:
            for number in range(count):
                card = make_client(f"Client {number}", responsible_id=mate.person_id, **client)
                make_deal(owner, client=card, responsible_id=shop.cast.colleague.person_id)

        give(2, city="Omsk")
        few, to = asked()
        assert to == {mate.person_id: 2}  # his clients come back to him
        give(6)
        many, to = asked()
        assert (many, to) == (few, {mate.person_id: 5, owner.person_id: 3})


def test_the_page_of_handing_over(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        make_deal(owner, responsible_id=shop.cast.colleague.employee_id)
        mate = dict(accounts_ids())[shop.cast.colleague.person_id]
        mine = dict(accounts_ids())[owner.person_id]
    browser = sign_in(Browser(), shop.cast.owner)
    address = f"/settings/hand-over/{mate}/"
    assert "v-table" in browser.get(address, {"way": "person", "to": mine}).content.decode()
    assert "/settings/hand-over/" in browser.get(f"{address}panel").content.decode()
    assert browser.post(address, {"way": "person", "to": "nobody"}).status_code == 422
    assert browser.post(address, {"way": "person", "to": mine}).status_code == 302
    with shop.as_(shop.cast.owner):
        row = HandOver.objects.get()
    assert browser.post(f"/settings/hand-over/{row.public_id}/undo").status_code == 302
    with shop.as_(shop.cast.owner):
        assert Deal.objects.get().responsible_id == shop.cast.colleague.employee_id


# -- the wait for an answer -------------------------------------------------------------------------------------


def test_the_wait_counts_only_while_clients_may_be_called_and_people_work(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        lead(owner)
        assert AnswerWatch.objects.get().due_at == NOON + timedelta(minutes=10)
        evening = datetime(2026, 11, 2, 14, 55, tzinfo=UTC)  # 17:55 in Moscow: five minutes are left of the day
        late = AnswerWatch.objects.get(deal=lead(owner, now=evening))
        assert late.due_at == datetime(2026, 11, 3, 6, 5, tzinfo=UTC)
        night = datetime(2026, 11, 2, 21, 0, tzinfo=UTC)
        sleeping = AnswerWatch.objects.get(deal=lead(owner, now=night))
        assert sleeping.starts_at == datetime(2026, 11, 3, 6, 0, tzinfo=UTC)


def test_nobody_answers_the_head_hears_then_another_gets_it_each_once(shop: Shop) -> None:
    head = add_person(shop.cast.owner, "head")
    second = add_person(shop.cast.owner, "manager")
    with shop.as_(shop.cast.owner) as owner:
        add_rule(owner, "turn", shop.cast.colleague, second)
        deal = lead(owner)
        first = deal.responsible_id
        company = owner.company_id
        assert escalating.escalate_company(company, now=NOON + timedelta(minutes=9)) == 0
        assert company in escalating.companies_late(NOON + timedelta(minutes=10))
        for _again in range(2):
            escalating.escalate_company(company, now=NOON + timedelta(minutes=11))
        assert Reminder.objects.filter(kind="answer", employee_id=head.employee_id).count() == 1
        assert Deal.objects.get(pk=deal.pk).responsible_id == first
        for _again in range(2):
            escalating.escalate_company(company, now=NOON + timedelta(minutes=22))
        moved = Deal.objects.select_related("open_task").get(pk=deal.pk)
        assert {first, moved.responsible_id} == {shop.cast.colleague.employee_id, second.employee_id}
        assert moved.open_task is not None
        assert moved.open_task.pool.key == f"employee:{moved.responsible_id}"
        assert escalating.escalate_company(company, now=NOON + timedelta(hours=2)) == 0
        steps = [row.payload["step"] for row in EventRow.objects.filter(name="deals.AnswerLate").order_by("id")]
        assert steps == [1, 2]


def test_a_wait_that_cannot_be_escalated_keeps_the_others_from_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = escalating.heads_of

    def breaks_of_the_first(deal: Deal | None) -> list[int]:
        if deal == first:
            raise ZeroDivisionError
        return usual(deal)

    monkeypatch.setattr(escalating, "heads_of", breaks_of_the_first)
    with shop.as_(shop.cast.owner) as owner:
        first, second = lead(owner), lead(owner)
        assert escalating.escalate_company(owner.company_id, now=NOON + timedelta(minutes=11)) == 1
        assert list(AnswerWatch.objects.filter(step=1).values_list("deal_id", flat=True)) == [second.pk]


def test_an_answer_ends_the_wait_and_its_undo_begins_it_again(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        deal = lead(owner)
        escalating.escalate_company(owner.company_id, now=NOON + timedelta(minutes=11))
        done = press(owner, deal, "miss", "busy", now=NOON + timedelta(minutes=12))
        assert watching.settle_deal(deal.pk, now=NOON)
        assert not Reminder.objects.filter(kind="answer", done_at=None).exists()
        assert AnswerWatch.objects.get().settled == "answered"
        from voronka.deals import services

        services.undo(actor=owner, press_id=done.press_id, now=NOON + timedelta(minutes=12))
        assert watching.wait_again(deal.pk)
        assert AnswerWatch.objects.get().settled_at is None


def test_a_press_that_the_listener_has_not_told_yet_is_an_answer_too(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        deal = lead(owner)
        press(owner, deal, "miss", "busy")
        assert escalating.escalate_company(owner.company_id, now=NOON + timedelta(minutes=30)) == 0
        assert AnswerWatch.objects.get().settled == "answered"


def test_a_client_in_somebodys_hands_is_not_taken_away(shop: Shop) -> None:
    from voronka.work import services as work

    with shop.as_(shop.cast.colleague) as me:
        deal = lead(shop.cast.owner)
        later = NOON + timedelta(minutes=11)
        assert deal.open_task_id is not None
        work.hold(actor=me, task_id=deal.open_task_id, client_id=deal.client_id, now=later)
        assert escalating.escalate_company(me.company_id, now=later) == 0
        assert AnswerWatch.objects.get().due_at == later + timedelta(minutes=1)


def test_the_list_of_those_who_wait(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        client = make_client("Анна Смирнова", zone="Europe/Moscow", call_opens_minute=0, call_closes_minute=1440)
        lead(owner, client=client, now=datetime.now(UTC))
    page = sign_in(Browser(), shop.cast.colleague).get("/deals/waiting/")
    assert page.status_code == 200
    assert "Анна Смирнова" in page.content.decode()
