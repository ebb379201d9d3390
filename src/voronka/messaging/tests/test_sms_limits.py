"""Limits against pumping, and money that is watched."""

import re
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from voronka.accounts.models import Employee, Notice
from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.kit.tenancy import company_context
from voronka.messaging import jobs, services
from voronka.messaging.channels.smpp.standin import centre
from voronka.messaging.channels.smsc.standin import Smsc
from voronka.messaging.models import Message, SmsAnswer, SmsBalance, SmsLimits, SmsPart, SmsProvider, SmsSender
from voronka.messaging.queries.pumping import state_now
from voronka.messaging.rules.pumping import Limits, Spent, block_of, reached
from voronka.messaging.services import sms_asking, sms_links
from voronka.messaging.services.sms_providers import SmsProviderDraft, save_sms_provider
from voronka.messaging.testing import Post, channel, draft, make_reader
from voronka.messaging.tests.sms_peer import sms_peer
from voronka.work.models import Assignment, Task

NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
FREE = {"to_number": None, "to_prefix": None, "an_hour": None, "money": None}


@pytest.fixture
def cast(db, settings) -> Cast:
    settings.ALLOW_PRIVATE_WEBHOOKS = ["127.0.0.0/8"]
    return make_company()


@pytest.fixture
def owner(cast: Cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        yield cast.owner


def plan(count: int, number: str = "", **more: object) -> None:
    """Plan service SMS, each to a number of its own block unless one is given."""
    clients = [make_reader(f"К{n}", at=NOON) for n in range(count)]
    drafts = [
        draft(one, NOON, channel="sms", traffic="service", address=number or f"+7916{one.pk:03}0000", **more)
        for one in clients
    ]
    with channel("sms", Post()):
        services.plan(drafts, now=NOON - timedelta(hours=1))


def send(now: datetime = NOON) -> list[str]:
    post = Post()
    with channel("sms", post):
        while services.send_due("sms", now=now):
            pass
    return [one.address for one in post.got]


def codes() -> list[str]:
    return sorted(set(Message.objects.exclude(code="").values_list("code", flat=True)))


@pytest.mark.parametrize(
    ("limits", "plan_more", "goes", "code", "state"),
    [
        ({"to_number": 3}, {"number": "+79160000011"}, 3, "limit_number", "refused"),
        ({"an_hour": 4}, {}, 4, "limit_hour", "waiting"),
        ({"money": Decimal(10)}, {"cost": Decimal("4.5")}, 2, "limit_money", "waiting"),
        ({}, {"cost": Decimal(1000)}, 6, "", ""),
    ],
)
def test_what_is_over_a_limit_does_not_go(owner, limits, plan_more, goes: int, code: str, state: str) -> None:
    SmsLimits.objects.create(**(FREE | limits))
    plan(6, **plan_more)
    assert len(send()) == goes
    held = Message.objects.filter(code=code) if code else Message.objects.none()
    assert set(held.values_list("state", flat=True)) == ({state} if state else set())
    assert held.count() == 6 - goes
    assert len(send(NOON + timedelta(minutes=30))) == 0, "the limit holds the next batch as well"
    later = send(NOON + timedelta(days=1, hours=1))
    assert len(later) == (0 if state in ("", "refused") else min(goes, 6 - goes))


def test_a_block_of_numbers_is_one_whatever_its_last_digits(owner) -> None:
    SmsLimits.objects.create(**(FREE | {"to_prefix": 2}))
    for last in range(5):
        plan(1, f"+7916555{last:04}")
    plan(1, "+79165560000")
    assert len(send()) == 3
    assert codes() == ["limit_prefix"]
    assert block_of("+79165550001") == block_of("+79165559999") != block_of("+79165560001")


def test_shipped_limits_stop_a_pump_and_let_a_shop_work(owner) -> None:
    plan(12, "+79160000011")
    assert len(send()) == 10
    plan(100)
    assert len(send()) == 100


def test_advertising_is_counted_as_well_and_letters_are_not(owner) -> None:
    SmsLimits.objects.create(**(FREE | {"an_hour": 1}))
    clients = [make_reader(f"К{n}", at=NOON) for n in range(2)]
    post = Post()
    with channel("sms", Post()), channel("email", post):
        services.plan([draft(one, NOON, channel="sms", address=f"+7916000{one.pk:04}") for one in clients], now=NOON)
        services.plan([draft(one, NOON) for one in clients], now=NOON)
        services.send_due("email", now=NOON)
    assert len(post.got) == 2
    assert len(send()) == 1


def test_the_limits_are_set_by_those_who_set_sms_up_and_said_when_reached(owner, cast: Cast) -> None:
    browser = sign_in(Browser(), cast.owner)
    page = browser.get("/settings/sms/limits/").content.decode()
    assert 'value="10"' in page
    assert browser.post("/settings/sms/limits/", {"an_hour": "2", "money": "1 000,50"}).status_code == 302
    row = SmsLimits.objects.get()
    assert (row.to_number, row.to_prefix, row.an_hour, row.money) == (None, None, 2, Decimal("1000.50"))
    for wrong in ({"an_hour": "0"}, {"an_hour": "много"}, {"to_number": "-1"}, {"money": "0"}, {"money": "x"}):
        answer = browser.post("/settings/sms/limits/", wrong)
        assert answer.status_code == 422
        assert answer.content.decode().count("aria-invalid") == 1
    assert SmsLimits.objects.get().an_hour == 2
    for stranger in (cast.colleague,):
        assert sign_in(Browser(), stranger).post("/settings/sms/limits/", {"an_hour": "9"}).status_code == 403
    SmsProvider.objects.create(kind="sandbox", name="Песочница", secret="-")
    now = datetime.now(UTC)
    plan(2, cost=Decimal("4.5"))
    Message.objects.update(handed_at=now, state="accepted")
    assert (state_now(now).hour, state_now(now).money) == (2, Decimal(9))
    for address in ("/settings/sms/limits/", "/settings/sms/"):
        assert "Достигнут предел за час" in browser.get(address).content.decode().replace("\xa0", " ")


@given(
    st.lists(st.tuples(st.sampled_from(["+79160000001", "+79160000002", "+79170000001"]), st.integers(0, 9))),
    st.integers(1, 4), st.integers(1, 6), st.integers(1, 8), st.integers(1, 30),
)  # fmt: skip
def test_no_order_of_messages_passes_a_limit(asked, to_number, to_prefix, an_hour, money) -> None:
    limits, spent = Limits(to_number, to_prefix, an_hour, Decimal(money)), Spent()
    for address, cost in asked:
        if not reached(limits, spent, address, Decimal(cost)):
            spent.add(address, Decimal(cost))
    assert all(count <= to_number for count in spent.numbers.values())
    assert all(count <= to_prefix for count in spent.blocks.values())
    assert spent.hour <= an_hour
    assert spent.money <= money


@pytest.mark.django_db(transaction=True)
def test_the_balance_is_read_by_itself_and_told_once_when_it_falls_under_the_line(cast: Cast) -> None:
    with sms_peer(Smsc(money=Decimal(600))) as peer, company_context(cast.company_id, strict=True):
        keys = {"login": "shop", "address": f"{peer.base}/sys", "test": "no"}
        with transaction.atomic():
            row = SmsProvider.objects.create(
                kind="smsc", name="SMSC", settings=keys, secret="secret", low_money=Decimal(500)
            )
        told, now = [], datetime.now(UTC) - timedelta(hours=30)
        for money in (600, 480, 470, 900, 100):
            peer.provider.money = Decimal(money)
            told.append(sms_asking.watch_balance(row.pk, now=now))
            assert not sms_asking.watch_balance(row.pk, now=now + timedelta(minutes=5)), "read lately"
            now += timedelta(hours=6)
        assert told == [False, True, False, False, True]
        peer.provider.secret = "changed"
        assert not sms_asking.watch_balance(row.pk, now=now)
        with transaction.atomic():
            assert [one.amount for one in SmsBalance.objects.order_by("id")] == [600, 480, 470, 900, 100]
            assert Notice.objects.filter(code="sms_money").values("employee_id").distinct().count() >= 1
            assert Notice.objects.filter(code="sms_money", employee_id=cast.owner.employee_id).count() == 2
            assert not Notice.objects.filter(code="sms_money", employee_id=cast.colleague.employee_id).exists()
    page = re.sub("<[^>]*>", "", sign_in(Browser(), cast.owner).get("/settings/sms/").content.decode())
    page = page.replace("\xa0", " ")
    assert "осталось 100" in page
    assert "Так хватит до" in page


@pytest.mark.django_db(transaction=True)
def test_whoever_pays_is_asked_once_to_pay_in_with_what_is_left_and_how_long_it_lasts(cast: Cast) -> None:
    with sms_peer(Smsc(money=Decimal(900))) as peer, company_context(cast.company_id, strict=True):
        keys = {"login": "shop", "address": f"{peer.base}/sys", "test": "no"}
        with transaction.atomic():
            payer = Employee.objects.get(pk=cast.colleague.employee_id)
            draft = SmsProviderDraft(
                kind="smsc", name="SMSC", settings=keys, secret="secret", low_money=Decimal(500),
                top_up=Decimal(5000), top_up_by=payer.public_id,
            )  # fmt: skip
            row = save_sms_provider(actor=cast.owner, draft=draft, now=datetime.now(UTC))
        now = datetime.now(UTC)
        for days, money in ((-3, 900), (-2, 700), (-1, 300), (0, 280)):
            peer.provider.money = Decimal(money)
            sms_asking.watch_balance(row.pk, now=now + timedelta(days=days))
        with transaction.atomic():
            (task,) = Task.objects.filter(kind="hand")
            assert (task.employee_id, task.title.replace("\xa0", " ")) == (
                payer.pk,
                "Пополнить счёт за СМС на 5 000 ₽: SMSC",
            )
            why = Assignment.objects.get(task=task).why.replace("\xa0", " ")
            assert why.startswith("Осталось 300 ₽. Если тратить как в последние дни, хватит до ")
            assert task.due_at == now - timedelta(days=1) + timedelta(days=1)
            payer.is_active = False
            payer.save()
        for hours, money in ((2, 900), (4, 100)):
            peer.provider.money = Decimal(money)
            sms_asking.watch_balance(row.pk, now=now + timedelta(hours=hours))
        with transaction.atomic():
            assert Task.objects.filter(kind="hand").count() == 1, "one who has left is not asked"
            assert Notice.objects.filter(code="sms_money", employee_id=cast.owner.employee_id).count() == 2
    browser, bare = sign_in(Browser(), cast.owner), {"name": "SMSC", "for_service": "1", "is_on": "1", **keys}
    address = f"/settings/sms/{row.public_id}/"
    answer = browser.post(address, {**bare, "top_up": "5000"})
    assert answer.status_code == 422
    assert "Выберите, кто будет платить." in answer.content.decode()
    assert "Напишите, при каком остатке просить." in answer.content.decode()
    assert browser.post(address, bare).status_code == 302
    with company_context(cast.company_id), transaction.atomic():
        assert SmsProvider.objects.get().top_up is None


@pytest.mark.django_db(transaction=True)
def test_senders_at_once_pass_no_limit(settings) -> None:
    cast = make_company()
    start, failures, post = threading.Barrier(4, timeout=60), [], Post()
    with company_context(cast.company_id), transaction.atomic():
        SmsLimits.objects.create(**(FREE | {"an_hour": 5, "money": Decimal(20)}))
        plan(24, cost=Decimal("4.5"))

    def run() -> None:
        try:
            with company_context(cast.company_id, strict=True):
                start.wait()
                while services.send_due("sms", now=NOON, most=3):
                    pass
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _n in range(4)]
    with channel("sms", post):
        for one in threads:
            one.start()
        for one in threads:
            one.join(120)
    assert failures == []
    assert len(post.got) == 4, "four of 4.50 are all that 20 a day pays for"


@pytest.mark.django_db(transaction=True)
def test_the_worker_looks_by_itself(settings) -> None:
    """What the sweeps order is done by the jobs: a session is kept, the fate asked for, answers and balance read."""
    settings.ALLOW_PRIVATE_WEBHOOKS = ["127.0.0.0/8"]
    cast = make_company()
    with sms_peer(Smsc()) as peer, centre() as made:
        with company_context(cast.company_id), transaction.atomic():
            keys = {"login": "shop", "address": f"{peer.base}/sys", "test": "no"}
            smsc = SmsProvider.objects.create(kind="smsc", name="SMSC", settings=keys, secret="secret")
            keys = {"host": "127.0.0.1", "port": str(made.port), "system_id": "voronka", "tls": "no", "window": "9"}
            SmsProvider.objects.create(kind="smpp", name="S", settings=keys | {"alphabet": "gsm"}, secret="secret")
            SmsProvider.objects.create(kind="smpp", name="broken", settings={}, secret="secret")
            SmsSender.objects.create(provider=smsc, name="Shop", traffic="service", state="registered")
            plan(1, "+79160000011")
            Message.objects.update(state="planned", due_at=NOON, code="")
        with company_context(cast.company_id, strict=True):
            services.send_due("sms", now=NOON)
        now = datetime.now(UTC) + timedelta(minutes=1)
        peer.provider.answers.append({"id": 3, "phone": "79160000011", "message": "Да", "to_phone": "79"})
        try:
            jobs.keep_sessions(now)
            assert list(sms_links._links), "the broken one does not stop the other"
            jobs.look_after_receipts(now)
            jobs.look_for_answers(now)
            jobs.look_at_balances(now)
            with transaction.atomic():
                ordered = set(ProcrastinateJob.objects.values_list("task_name", flat=True))
            assert {"messaging.sms_receipts", "messaging.sms_answers", "messaging.sms_balance"} <= ordered
            with company_context(cast.company_id), transaction.atomic():
                SmsPart.objects.update(ask_at=NOON)
            jobs.receipts_job(cast.company_id)
            jobs.answers_job(cast.company_id, smsc.pk)
            jobs.balance_job(cast.company_id, smsc.pk)
        finally:
            sms_links.end_all()
    with company_context(cast.company_id), transaction.atomic():
        assert Message.objects.get().state == "delivered"
        assert SmsAnswer.objects.get().text == "Да"
        assert SmsBalance.objects.get().amount < 100
