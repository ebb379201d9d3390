"""What happens by itself in a status is set up on its page: added, put in order, changed, removed; it runs."""

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from voronka.accounts.testing import add_person, make_company, sign_in
from voronka.kit.errors import Conflict
from voronka.kit.tenancy import company_context
from voronka.orders import services
from voronka.orders.models import OrderPart, Status
from voronka.orders.services import status_steps
from voronka.orders.testing import make_order, make_shop, status

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


@pytest.fixture
def shop(cast):
    return make_shop(cast.owner, now=timezone.now())


@pytest.fixture
def page(cast, shop):
    return sign_in(Browser(), cast.owner)


def kinds(code="preparing"):
    return [one["kind"] for one in status(code).steps]


def press(page, do, code="preparing", **sent):
    row = status(code)
    data = {"do": do, "rev": status_steps.sign_of(row)} | sent
    return page.post(reverse("orders:status-steps", args=[row.public_id]), data)


def shown(page, code="preparing", query=""):
    return page.get(reverse("orders:status", args=[status(code).public_id]) + query)


def test_a_step_added_on_the_page_runs_when_an_order_comes(page, cast, shop):
    now = timezone.now()
    assert b"orders.split" in shown(page).content
    assert press(page, "add", kind="orders.split").status_code == 302
    assert kinds() == ["orders.split"]
    order = make_order(cast.owner, shop, (shop.chair, 3), now=now)
    assert not OrderPart.objects.filter(order=order).exists()
    _moved, effects = services.set_status(order.public_id, "preparing", actor=cast.owner, now=now)
    assert OrderPart.objects.filter(order=order).exists()
    assert len(effects) == 1


def test_a_step_with_settings_is_added_when_they_are_right(page, cast, shop):
    asked = press(page, "add", kind="orders.set_status")
    assert "?add=orders.set_status" in asked.url
    assert kinds() == []
    form = page.get(asked.url.partition("#")[0])
    assert b'id="step-new"' in form.content
    wrong = press(page, "add", kind="orders.set_status", typed="1", status="")
    assert wrong.status_code == 422
    assert b'id="step-new"' in wrong.content
    assert "Выберите" in wrong.content.decode()
    itself = press(page, "add", kind="orders.set_status", typed="1", status="preparing")
    assert "Заказ уже здесь" in itself.content.decode()
    assert press(page, "add", kind="orders.set_status", typed="1", status="ready").status_code == 302
    assert status("preparing").steps == [{"kind": "orders.set_status", "status": "ready"}]
    assert f"«{status('ready').name}»" in shown(page).content.decode()
    assert press(page, "set", kind="orders.set_status", number="0", status="gone").status_code == 422
    assert press(page, "set", kind="orders.set_status", number="0", status="agreed").status_code == 302
    assert status("preparing").steps == [{"kind": "orders.set_status", "status": "agreed"}]
    order = make_order(cast.owner, shop, (shop.chair, 1), now=timezone.now())
    services.set_status(order.public_id, "preparing", actor=cast.owner, now=timezone.now())
    order.refresh_from_db()
    assert order.status.code == "agreed"


def test_steps_are_put_in_order_and_removed(page):
    for kind in ("orders.reserve", "orders.split", "orders.pick"):
        press(page, "add", kind=kind)
    press(page, "up", number="2")
    assert kinds() == ["orders.reserve", "orders.pick", "orders.split"]
    press(page, "down", number="0")
    assert kinds() == ["orders.pick", "orders.reserve", "orders.split"]
    press(page, "up", number="0")
    press(page, "remove", number="1")
    assert kinds() == ["orders.pick", "orders.split"]
    assert press(page, "remove", number="7").status_code == 404
    assert press(page, "dance", number="0").status_code == 404
    assert kinds() == ["orders.pick", "orders.split"]


def test_the_form_of_the_status_keeps_its_steps(page):
    press(page, "add", kind="orders.split")
    row = status("preparing")
    page.post(reverse("orders:status", args=[row.public_id]), {"name": "Собираем", "phase": "work", "tone": "violet",
                                                               "position": "3", "is_on": "1"})  # fmt: skip
    assert (status("preparing").name, kinds()) == ("Собираем", ["orders.split"])


def test_two_at_once_do_not_write_over_one_another(page, cast):
    row = status("preparing")
    rev = status_steps.sign_of(row)
    press(page, "add", kind="orders.split")
    with pytest.raises(Conflict):
        status_steps.change_steps(
            row.public_id, "add", actor=cast.owner, rev=rev, kind=status_steps.offered()["orders.pick"]
        )
    assert press(page, "add", kind="orders.pick", rev=rev).status_code == 409
    assert kinds() == ["orders.split"]


def test_only_steps_that_suit_an_order_are_offered(page, shop):
    offered = status_steps.offered()
    assert {"orders.reserve", "orders.set_status"} <= set(offered)
    assert not any(kind.startswith("deals.") for kind in offered)
    assert press(page, "add", kind="deals.set_task", typed="1").status_code == 404
    Status.objects.filter(code="preparing").update(steps=[{"kind": "gone.away"}])
    assert "Такого шага больше нет" in shown(page).content.decode()
    press(page, "remove", number="0")
    assert kinds() == []


def test_the_steps_are_for_those_who_set_orders_up(page, cast):
    person = sign_in(Browser(), add_person(cast.owner, "manager"))
    assert press(person, "add", kind="orders.split").status_code == 403
    assert kinds() == []
