"""The recycle bin of clients: what deals and tasks say to it."""

from datetime import timedelta

import pytest

from voronka.deals.testing import NOON, make_client, make_deal, make_shop
from voronka.kit.errors import Conflict
from voronka.people import services as people
from voronka.people.models import Client
from voronka.work.models import CallWindow, Pool, Task

pytestmark = pytest.mark.django_db


def test_a_client_with_an_open_deal_stays() -> None:
    shop = make_shop()
    with shop.as_(shop.cast.owner) as owner:
        deal = make_deal(owner)
        with pytest.raises(Conflict) as refused:
            people.bin_client(actor=owner, client_id=deal.client_id, now=NOON + timedelta(days=1))
        assert refused.value.code == "client_held"
        assert Client.objects.filter(pk=deal.client_id).exists()
        assert Task.objects.get(client_id=deal.client_id).is_open


def test_tasks_go_out_of_sight_with_their_client_and_come_back_as_they_were() -> None:
    shop = make_shop()
    with shop.as_(shop.cast.owner) as owner:
        client = make_client()
        window = CallWindow.objects.create(zone="Europe/Moscow", opens_minute=0, closes_minute=1440)
        pool = Pool.objects.create(key="test")
        about = {"kind": "hand", "subject_kind": "client", "subject_id": client.pk, "client_id": client.pk}
        more = {"pool": pool, "employee_id": owner.employee_id, "window": window, "band": 2, "ready_at": NOON}
        waiting = Task.objects.create(**about, **more)
        done = Task.objects.create(**about, **more, is_open=False, closed_at=NOON, outcome="done")
        before = list(Task.objects.filter(client_id=client.pk).order_by("id").values())
        people.bin_client(actor=owner, client_id=client.pk, now=NOON)
        waiting.refresh_from_db()
        done.refresh_from_db()
        assert (waiting.is_open, waiting.outcome, done.outcome) == (False, "binned", "done")
        people.restore_clients(actor=owner, public_ids=[client.public_id])
        assert list(Task.objects.filter(client_id=client.pk).order_by("id").values()) == before
