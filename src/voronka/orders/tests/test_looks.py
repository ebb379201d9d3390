"""Orders by day and as a board: one address with the list, counts and sums, a card that is carried, few questions."""

import uuid
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from voronka.accounts.testing import add_person, make_company, sign_in, user_of
from voronka.kit.tenancy import company_context
from voronka.orders import services
from voronka.orders.models import Order
from voronka.orders.queries import lists, looks
from voronka.orders.testing import make_order, make_shop, status

pytestmark = pytest.mark.django_db
LIST = "/orders/"
HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def shop(cast, now):
    return make_shop(cast.owner, now=now - timedelta(days=9), chairs=400)


@pytest.fixture
def page(client, cast):
    user = user_of(cast.owner)
    user.language = "en"
    user.save(update_fields=["language"])
    sign_in(client, cast.owner)
    return client


def text_of(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


def at_noon(actor, now, days):
    """Return the noon of a day from today on the actor's clock, the end of today where noon is past."""
    day = now.astimezone(actor.zone).date() + timedelta(days=days)
    return datetime.combine(day, time(23, 59, 59) if days == 0 else time(12), actor.zone)


def spread(cast, shop, now):
    """Make an order late, two for today, one for tomorrow, one in ten days, one without a day."""
    made = []
    for days, chairs in ((-2, 1), (0, 2), (0, 3), (1, 4), (10, 5)):
        promised = at_noon(cast.owner, now, days)
        made.append(
            make_order(cast.owner, shop, (shop.chair, chairs), now=now - timedelta(days=4), promised_at=promised)
        )
    last = make_order(cast.owner, shop, (shop.chair, 6), now=now)
    Order.objects.filter(pk=last.pk).update(promised_at=None)
    return [*made, last]


def test_days_tell_what_must_leave_when_with_counts_and_sums(page, cast, shop, now):
    made = spread(cast, shop, now)
    found = looks.days_of(cast.owner, lists.Ask(), now=now)
    today = now.astimezone(cast.owner.zone).date()
    told = {
        one.code: (one.count, int(one.total), [row.order.number for row in one.rows])
        for one in found.days
        if one.count
    }
    numbers = [one.number for one in made]
    assert told == {
        "late": (1, 250, numbers[:1]),
        str(today): (2, 1250, numbers[1:3]),
        str(today + timedelta(days=1)): (1, 1000, numbers[3:4]),
        "later": (1, 1250, numbers[4:5]),
        "none": (1, 1500, numbers[5:]),
    }
    assert [one.code for one in found.days] == [
        "late", *(str(today + timedelta(days=ahead)) for ahead in range(7)), "later", "none",
    ]  # fmt: skip
    shown = text_of(page.get(LIST, {"look": "days"}))
    for said in ("2 orders", "1 250 ₽", "nothing is promised", "Without a day", "late by 2 days"):
        assert said in shown, said


def test_a_day_with_many_shows_the_first_and_a_way_to_the_rest(page, cast, shop, now):
    for _number in range(14):
        make_order(cast.owner, shop, (shop.chair, 1), now=now, promised_at=at_noon(cast.owner, now, 1))
    shown = text_of(page.get(LIST, {"look": "days"}))
    assert "2 more" in shown
    day = at_noon(cast.owner, now, 1)
    assert text_of(page.get(LIST, {"f.promised_at": f"{day:%d.%m.%Y}"})).count('name="id"') == 14
    assert f"f.promised_at={day:%d.%m.%Y}" in shown


def test_list_days_and_board_share_one_ask(page, cast, shop, now):
    spread(cast, shop, now)
    services.set_status(Order.objects.earliest("id").public_id, "agreed", actor=cast.owner, now=now)
    for look in ("", "days", "board"):
        shown = text_of(page.get(LIST, {"look": look, "f.status": "agreed", "q": ""}))
        assert "№ 1 ·" in shown or "<b>1</b>" in shown, look
        assert "f.status=agreed" in shown
        wrong = page.get(LIST, {"look": look, "f.status": "no-such"})
        assert wrong.status_code == 422, look
    kept = text_of(page.get(LIST, {"look": "board", "f.due": "late"}))
    assert "look=days&amp;f.due=late" in kept or "f.due=late&amp;look=days" in kept
    assert "look=board&amp;f.responsible=me" in kept, "usual lists keep the look"
    assert page.get(LIST, {"look": "nonsense\0"}).status_code == 200


def test_the_board_has_a_column_for_each_status_and_more_of_it(page, cast, shop, now):
    for number in range(11):
        make_order(cast.owner, shop, (shop.chair, 1), now=now, promised_at=now + timedelta(days=1 + number))
    late = make_order(
        cast.owner, shop, (shop.chair, 2), now=now - timedelta(days=3), promised_at=now - timedelta(days=1)
    )
    found = looks.board_of(cast.owner, lists.Ask(), now=now)
    first = found.columns[0]
    assert (first.status.code, first.count, first.late, int(first.total)) == ("new", 12, 1, 3250)
    assert [row.order.number for row in first.rows] == [late.number, *range(1, 8)], (
        "what is promised first stands first"
    )
    assert all(one.count == 0 for one in found.columns[1:])
    shown = text_of(page.get(LIST, {"look": "board"}))
    assert "4 more" in shown
    more = page.get(
        reverse("orders:board-more", args=[first.status.public_id]), {"after": first.after, "rest": "4"}, **HX
    )
    assert text_of(more).count("data-card=") == 4
    assert "№ 8 ·" in text_of(more)
    assert "№ 7 ·" not in text_of(more)
    assert "v-column-rest" not in text_of(more)
    assert text_of(page.get(LIST, {"look": "board", "each": "100"}, **HX)).count("data-card=") == 12
    assert 'hx-swap-oob="true"' in text_of(page.get(LIST, {"look": "board"}, **HX)), "the head is drawn anew with it"
    assert page.get(reverse("orders:board-more", args=["no-such"])).status_code == 404


def test_a_carried_card_opens_the_press_that_leads_there(page, cast, shop, now):
    order = make_order(cast.owner, shop, (shop.chair, 1), now=now)
    move = reverse("orders:move", args=[order.public_id])
    menu = text_of(page.get(move, **HX))
    assert "to which status?" in menu
    agreed = status("agreed")
    asked = page.get(move, {"to": agreed.public_id}, **HX)
    assert asked["HX-Retarget"] == "#v-ask"
    assert f"№ {order.number}: {order.status.name} → {agreed.name}" in text_of(asked)
    assert f'name="version" value="{order.version}"' in text_of(asked)
    moved = page.post(move, {"version": order.version, "value": "agreed"}, **HX)
    assert moved.status_code == 200
    assert "voronka:pressed" in moved["HX-Trigger"]
    assert agreed.name in text_of(moved)
    order.refresh_from_db()
    assert order.status_id == agreed.pk
    assert page.get(move, {"to": agreed.public_id}, **HX).status_code == 204
    assert page.post(move, {"version": 1, "value": "new"}, **HX).status_code == 409, "somebody was quicker"
    assert page.get(move, {"to": "no-such"}, **HX).status_code == 409
    assert page.get(move).status_code == 200, "works without scripts"


def test_where_a_status_does_not_lead_is_said_with_where_it_does(page, client, cast, shop, now):
    order = make_order(cast.owner, shop, (shop.chair, 1), now=now)
    new, done = status("new"), status("closed")
    new.next = ["agreed"]
    new.save(update_fields=["next"])
    move = reverse("orders:move", args=[order.public_id])
    said = text_of(page.get(move, {"to": done.public_id}, **HX))
    assert f"After “{new.name}” an order does not come to “{done.name}”" in said
    assert status("agreed").name in said
    assert new.public_id in said, "the owner is led to its settings"
    cancelled = status("cancelled")
    new.next = ["cancelled"]
    new.save(update_fields=["next"])
    assert 'name="cause"' in text_of(page.get(move, {"to": cancelled.public_id}, **HX)), (
        "a cancelled one is asked why"
    )
    assert (
        page.post(move, {"version": order.version, "value": "cancelled", "cause": "no money"}, **HX).status_code
        == 200
    )
    sign_in(client, add_person(cast.owner, "reader"))
    assert client.get(move, **HX).status_code == 403


def test_what_each_look_asks_does_not_grow_with_orders(page, cast, shop, now):
    def asked(look):
        page.get(LIST, {"look": look})
        with CaptureQueriesContext(connection) as counted:
            assert page.get(LIST, {"look": look}).status_code == 200
        return len(counted)

    spread(cast, shop, now)
    few = {look: asked(look) for look in ("days", "board")}
    for number in range(25):
        services.place(
            services.OrderDraft(client_id=shop.client.pk, lines=[services.LineDraft(Decimal(1), shop.chair.pk)],
                                promised_at=now + timedelta(days=number % 12)),
            actor=cast.owner, now=now, operation=uuid.uuid4(),
        )  # fmt: skip
    many = {look: asked(look) for look in ("days", "board")}
    assert many == few
    assert few == {"days": 24, "board": 25}
