"""Imported clients into a pipeline, and out again with the undo of their import."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client as Browser

from voronka.accounts.testing import sign_in
from voronka.deals.models import Deal, Pipeline
from voronka.deals.services import after_import
from voronka.deals.testing import NOON, Shop, make_client, make_shop, press
from voronka.kit import stakes
from voronka.kit.models import StoredFile
from voronka.kit.tenancy import current_company_id
from voronka.people.models import Client, ImportRow, ImportRun
from voronka.work.models import Lease, Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def make_run(count: int) -> ImportRun:
    """Return an import that made so many clients."""
    file = StoredFile.objects.create(
        company_id=current_company_id(), subject_kind="import", subject_id=1, name="clients.csv",
        content_type="text/csv", size=1, sha256="0" * 64, key="clients", added_at=NOON,
    )  # fmt: skip
    run = ImportRun.objects.create(file=file, state="done", made=count)
    for n in range(count):
        client = make_client(f"Клиент {n}", is_vip=n == 0)
        ImportRow.objects.create(run=run, number=n + 1, outcome="made", client=client)
    return run


def opened(run: ImportRun, *, per_day: int = 2) -> list[Deal]:
    pipeline = Pipeline.objects.get(code="win_back")
    after_import.open_for_import(
        run_id=run.pk, pipeline_id=pipeline.pk, responsible_id=0, per_day=per_day, title="База", now=NOON
    )
    return list(Deal.objects.select_related("open_task").order_by("client_id"))


def test_deals_are_spread_over_working_days_and_a_second_run_adds_none(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(after_import, "CHUNK", 3)
    with shop.as_(shop.cast.owner):
        run = make_run(13)
        deals = opened(run)
        assert len(deals) == 13
        local = [one.open_task.ready_at + timedelta(hours=3) for one in deals if one.open_task is not None]
        days = [at.date() for at in local]
        # NOON is a Monday: five working days, the weekend, Monday again.
        assert [days.count(day) for day in sorted(set(days))] == [2, 2, 2, 2, 2, 2, 1]
        assert all(at.weekday() < 5 for at in local)
        assert deals[0].open_task is not None
        assert (deals[0].open_task.ready_at, deals[0].open_task.band, deals[0].open_task.priority) == (NOON, 3, 0)
        assert len(opened(run)) == 13


def test_the_undo_takes_untouched_deals_and_leaves_those_that_were_worked_with(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        run = make_run(4)
        first, second, third, fourth = opened(run)
        press(owner, first, "miss")
        Deal.objects.filter(pk=second.pk).update(title="Кухня")
        ids = [one.client_id for one in (first, second, third, fourth)]
        touched = set().union(*(stake.touched(ids) for stake in stakes.stakes_in("client")))
        assert touched == {first.client_id, second.client_id}
        gone = [third.client_id, fourth.client_id]
        for stake in stakes.stakes_in("client"):
            assert not stake.refuse(gone)
            stake.withdraw(gone)
        assert not Deal.objects.filter(client_id__in=gone).exists()
        assert not Task.objects.filter(client_id__in=gone).exists()
        assert Deal.objects.count() == 2


def test_a_client_in_hands_counts_as_touched(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        deal = opened(make_run(1))[0]
        from django.utils import timezone

        Lease.objects.create(
            client_id=deal.client_id, task_id=deal.open_task_id, employee_id=owner.employee_id,
            until=timezone.now() + timedelta(seconds=60),
        )  # fmt: skip
        work = next(one for one in stakes.stakes_in("client") if one.part == "work")
        assert work.touched([deal.client_id]) == {deal.client_id}


def test_every_row_about_a_client_has_a_stake() -> None:
    """Foreign keys to a client and plain client ids: a new table fails here until its part says what becomes of it."""
    covered = set().union(*(stake.tables for stake in stakes.stakes_in("client")))
    missing = []
    for model in apps.get_models():
        label = model._meta.label
        if not model.__module__.startswith("voronka.") or model._meta.app_label in {"people", "kit"}:
            continue
        for field in model._meta.concrete_fields:
            if (field.is_relation and field.related_model is Client) or field.name == "client_id":
                missing += [label] if label not in covered else []
    assert missing == []


def test_merging_moves_everything_to_the_survivor(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        deal = opened(make_run(1))[0]
        press(owner, deal, "miss")
        survivor = make_client("Главный")
        for stake in stakes.stakes_in("client"):
            stake.move([deal.client_id], survivor.pk)
        deal.refresh_from_db()
        assert deal.client_id == survivor.pk
        assert not Task.objects.exclude(client_id=survivor.pk).exists()


def test_the_offer_on_the_page_of_the_import(shop: Shop) -> None:
    browser = sign_in(Browser(), shop.cast.owner)
    with shop.as_(shop.cast.owner):
        run = make_run(3)
        pipeline = Pipeline.objects.get(code="win_back")
    address = f"/imports/{run.public_id}/deals"
    assert "<form" in browser.get(address, headers={"HX-Request": "true"}).content.decode()
    good = {"pipeline": pipeline.public_id, "days": "2", "responsible": "pool", "title": ""}
    for bad in (
        {"days": "0"},
        {"days": "x"},
        {"pipeline": "nobody"},
        {"responsible": "nobody"},
        {"title": "ы" * 201},
    ):
        assert browser.post(address, good | bad).status_code == 422
    assert browser.post(address, good).status_code == 200
    assert sign_in(Browser(), shop.cast.stranger).get(address).status_code == 404
