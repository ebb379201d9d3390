"""Check 15 of safety for codes: fifty use the last one at once; and a control that looks before it locks."""

import threading
import time
import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import OperationalError, connection, transaction

from voronka.accounts.testing import make_company
from voronka.kit.db import again
from voronka.kit.errors import Conflict
from voronka.kit.tenancy import company_context
from voronka.loyalty import services
from voronka.loyalty.models import PromoCode, PromoUse, Redemption
from voronka.loyalty.services import redeeming
from voronka.loyalty.testing import make_batch, make_promo
from voronka.people.models import Client

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
AT_ONCE, TIMES = 50, 20


@pytest.fixture
def cast():
    return make_company()


def inside(cast, read):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        return read()


def crowd(cast, codes, client_id=None):
    """Let fifty use each code at the same moment, or their own one of them; return how many got it, by turn."""
    gate, lock = threading.Barrier(AT_ONCE, timeout=120), threading.Lock()
    got, failures = [0] * len(codes), []

    def want(number):
        try:
            with company_context(cast.company_id, employee_id=cast.owner.employee_id):
                for turn, code in enumerate(codes):
                    gate.wait()
                    mine = code if isinstance(code, str) else code[number]
                    holder = services.Holder("order", turn * AT_ONCE + number)
                    try:
                        services.redeem(
                            mine, holder, client_id, [services.Line(None, Decimal(1000))], actor=cast.owner, now=NOW,
                            operation=uuid.uuid4(),
                        )  # fmt: skip
                    except Conflict:
                        continue
                    with lock:
                        got[turn] += 1
        except BaseException as error:
            failures.append(error)
            gate.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=want, args=(number,)) for number in range(AT_ONCE)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(300)
    assert not failures, failures
    return got


def test_of_fifty_exactly_one_uses_a_single_code(cast):
    codes = inside(cast, lambda: make_batch(cast.owner, TIMES, now=NOW))
    assert crowd(cast, codes) == [1] * TIMES
    assert inside(cast, lambda: set(PromoCode.objects.values_list("used", flat=True))) == {1}
    assert inside(cast, Redemption.objects.count) == TIMES


def test_a_shared_code_is_used_as_often_as_it_may_be(cast):
    inside(cast, lambda: make_promo(cast.owner, most=7, now=NOW))
    assert crowd(cast, ["ЛЕТО2026"]) == [7]


def test_one_client_with_many_codes_of_a_batch_uses_as_many_as_he_may(cast):
    """Each has a code of his own, so the rows of codes part nobody: the lock of the promo does."""
    codes = inside(cast, lambda: make_batch(cast.owner, AT_ONCE, per_client=2, now=NOW))
    client = inside(cast, lambda: Client.objects.create(name="Жадный"))
    assert crowd(cast, [codes], client.pk) == [2]


def test_control_who_looks_before_the_lock_gives_a_code_to_several(cast, monkeypatch):
    """The same crowd with the lock and the condition of the update taken away: what was read is believed."""

    def careless(code_ids):
        rows = PromoCode.objects.select_related("promo").in_bulk(code_ids)
        time.sleep(0.01)  # an honest shop asks something else here
        return rows

    monkeypatch.setattr(redeeming, "_locked", careless)
    monkeypatch.setattr(redeeming, "_count_up", lambda row: True)
    codes = inside(cast, lambda: make_batch(cast.owner, 3, now=NOW))
    assert max(crowd(cast, codes)) > 1


def test_giving_back_at_once_gives_one_use_back(cast):
    inside(cast, lambda: make_promo(cast.owner, most=5, now=NOW))
    lines = [services.Line(None, Decimal(100))]
    for number in (1, 2):
        inside(
            cast,
            lambda number=number: services.redeem(
                "ЛЕТО2026", services.Holder("order", number), None, lines, actor=cast.owner, now=NOW,
                operation=uuid.uuid4(),
            ),
        )  # fmt: skip
    gave, failures = [], []

    def give():
        try:
            with company_context(cast.company_id, employee_id=cast.owner.employee_id):
                gave.append(services.reverse(services.Holder("order", 1), actor=cast.owner, now=NOW))
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=give) for _number in range(16)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert not failures, failures
    assert sorted(gave) == [False] * 15 + [True]
    assert inside(cast, lambda: PromoCode.objects.get().used) == 1
    assert inside(cast, lambda: PromoUse.objects.filter(given_back_at=None).count()) == 1


def swap(cast, change):
    """Let two sales change their codes for one another's, again and again; return what was raised."""
    for code in ("ЛЕТО2026", "ЗИМА2026"):
        inside(cast, lambda code=code: make_promo(cast.owner, code, now=NOW))
    gate, failures = threading.Barrier(2, timeout=60), []
    lines = [services.Line(None, Decimal(1000))]

    def sell(number, codes):
        holder = services.Holder("order", number)
        try:
            with company_context(cast.company_id, employee_id=cast.owner.employee_id):
                with transaction.atomic():
                    services.redeem(codes[0], holder, None, lines, actor=cast.owner, now=NOW, operation=uuid.uuid4())
                for turn in range(1, 11):
                    gate.wait()
                    with transaction.atomic():
                        change(codes[turn % 2], holder, lines)
        except BaseException as error:
            failures.append(error)
            gate.abort()
        finally:
            connection.close()

    names = ["ЛЕТО2026", "ЗИМА2026"]
    threads = [
        threading.Thread(target=sell, args=(number, codes)) for number, codes in ((1, names), (2, names[::-1]))
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(120)
    return [one for one in failures if not isinstance(one, threading.BrokenBarrierError)]


def test_two_sales_change_their_codes_for_one_anothers(cast, monkeypatch):
    monkeypatch.setattr(again, "TRIES", 1)  # nothing is done again: the order of the locks alone parts them

    def change(code, holder, lines):
        services.exchange(code, holder, None, lines, actor=cast.owner, now=NOW, operation=uuid.uuid4())

    assert swap(cast, change) == []
    assert inside(cast, lambda: list(PromoCode.objects.values_list("used", flat=True))) == [1, 1]
    assert inside(cast, lambda: Redemption.objects.count()) == 2 + 2 * 2 * 10


def test_control_one_code_given_back_before_the_other_is_locked_ends_in_a_ring(cast, monkeypatch):
    monkeypatch.setattr(again, "TRIES", 1)

    def change(code, holder, lines):
        services.reverse(holder, actor=cast.owner, now=NOW)
        time.sleep(0.05)
        services.redeem(code, holder, None, lines, actor=cast.owner, now=NOW, operation=uuid.uuid4())

    failures = swap(cast, change)
    assert [one for one in failures if isinstance(one.__cause__, OperationalError)], failures
