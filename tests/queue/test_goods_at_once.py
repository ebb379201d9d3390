"""Goods and prices changed by several people in one moment: no circle closes, no price doubles, no code is given twice.

Each is run again with its lock taken away, and must fail then.
"""

import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction

from voronka.accounts.testing import make_company
from voronka.catalogue import services
from voronka.catalogue.models import Category, KitLine, Price, Variant
from voronka.catalogue.rules.kits import depth_with
from voronka.catalogue.services import ProductDraft, categories, kits, pricing, variants
from voronka.catalogue.testing import make_goods
from voronka.kit.tenancy import company_context

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def cast():
    cast = make_company()
    with company_context(cast.company_id), transaction.atomic():
        services.ship_kinds()
    return cast


def at_once(cast, acts):
    """Run the acts together, each in a transaction of its own; return what each gave back or raised."""
    found, gate = [None] * len(acts), threading.Barrier(len(acts))

    def run(number, act):
        try:
            with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
                gate.wait(20)
                found[number] = act()
        except Exception as error:
            found[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return found


def inside(cast):
    return company_context(cast.company_id, employee_id=cast.owner.employee_id)


def meet(monkeypatch, module, name):
    """Let two acts come behind their reading before either writes: what a lock is there to prevent."""
    gate, real = threading.Barrier(2), getattr(module, name)

    def held(*args, **named):
        answer = real(*args, **named)
        if threading.current_thread() is not threading.main_thread():
            gate.wait(5)
        return answer

    monkeypatch.setattr(module, name, held)


def close_a_circle(cast):
    """Put each of two kits into the other in one moment; tell whether a circle came of it."""
    with inside(cast), transaction.atomic():
        one, two = make_goods("Один", kind="kit"), make_goods("Два", kind="kit")
    pairs = [(one, two), (two, one)]
    at_once(
        cast,
        [
            lambda a=a, b=b: services.set_kit_lines(actor=cast.owner, variant=a.public_id, lines=[(b.public_id, 1)])
            for a, b in pairs
        ],
    )
    with inside(cast), transaction.atomic():
        parts = {}
        for kit, part in KitLine.objects.values_list("kit_id", "part_id"):
            parts.setdefault(kit, set()).add(part)
    try:
        return any(depth_with(parts, kit) > 9 for kit in parts)
    except ValueError:
        return True


def test_two_kits_do_not_come_to_hold_each_other(cast):
    assert not close_a_circle(cast)


def test_without_the_lock_two_kits_hold_each_other(cast, monkeypatch):
    monkeypatch.setattr(kits, "lock_whole", lambda what: None)
    meet(monkeypatch, kits, "_check_depth")
    assert close_a_circle(cast)


def hang_below_each_other(cast):
    """Hang each of two categories below the other in one moment; return what came of it, and how many stand on top."""
    with inside(cast), transaction.atomic():
        one = services.save_category(actor=cast.owner, name="Один")
        two = services.save_category(actor=cast.owner, name="Два")
    move = services.save_category
    found = at_once(
        cast,
        [
            lambda: move(actor=cast.owner, public_id=one.public_id, name="Один", parent=two.public_id),
            lambda: move(actor=cast.owner, public_id=two.public_id, name="Два", parent=one.public_id),
        ],
    )
    with inside(cast), transaction.atomic():
        return sorted(type(one).__name__ for one in found), Category.objects.filter(parent=None).count()


def test_two_categories_do_not_come_below_each_other(cast):
    assert hang_below_each_other(cast) == (["Category", "Invalid"], 1)


def test_without_the_lock_the_database_has_to_end_one_of_them(cast, monkeypatch):
    monkeypatch.setattr(categories, "lock_whole", lambda what: None)
    meet(monkeypatch, categories, "fit")
    assert "OperationalError" in hang_below_each_other(cast)[0]


def set_eight_prices(cast):
    """Set eight prices of one variant in one moment; return what went wrong and how many prices hold now."""
    with inside(cast), transaction.atomic():
        goods = make_goods(price="1000.00")
    found = at_once(
        cast,
        [
            lambda n=n: services.set_price(
                actor=cast.owner, variant=goods.public_id, kind="retail", amount=Decimal(1001 + n), now=NOW
            )
            for n in range(8)
        ],
    )
    with inside(cast), transaction.atomic():
        return [one for one in found if isinstance(one, Exception)], Price.objects.filter(until=None).count()


def test_eight_people_set_one_price(cast):
    assert set_eight_prices(cast) == ([], 1)


def test_without_the_lock_they_run_into_each_other(cast, monkeypatch):
    monkeypatch.setattr(pricing, "lock_variants", lambda ids: set(ids))
    wrong, standing = set_eight_prices(cast)
    assert wrong, "the database refuses a second price at once; the lock is there so that nobody sees that"
    assert standing == 1


def make_products(cast):
    """Make six products without a code in one moment; return their codes and what went wrong."""
    draft = ProductDraft(name="Стол")
    found = at_once(
        cast, [lambda: services.save_product(actor=cast.owner, draft=draft, now=NOW) for _number in range(6)]
    )
    with inside(cast), transaction.atomic():
        return sorted(Variant.objects.values_list("code", flat=True)), [
            one for one in found if isinstance(one, Exception)
        ]


def test_codes_are_given_once(cast):
    assert make_products(cast) == ([str(10_001 + number) for number in range(6)], [])


def test_without_the_lock_a_code_is_given_twice(cast, monkeypatch):
    monkeypatch.setattr(variants, "lock_whole", lambda what: None)
    assert make_products(cast)[1]
