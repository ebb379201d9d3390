"""Jobs as the worker runs them: in no transaction but their own, where a forgotten one shows no company's rows."""

import pytest
from django.contrib.postgres.signals import get_citext_oids, get_hstore_oids
from django.core import mail
from django.db import connection, transaction
from procrastinate.contrib.django import app

from voronka.accounts import services as accounts
from voronka.accounts.models import Employee
from voronka.deals.models import Deal, Pipeline
from voronka.deals.testing import NOON, make_deal, make_shop
from voronka.deals.tests.test_after_import import make_run
from voronka.kit.jobs import job
from voronka.kit.tenancy import OutsideTransaction, company_context

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop():
    with transaction.atomic():
        return make_shop()


def run(name: str, company_id: int, **arguments: int | str) -> None:
    """Run a registered job in this process, in the way of the worker."""
    assert not connection.in_atomic_block
    app.tasks[name](company_id=company_id, **arguments)


def test_a_job_that_forgets_its_transaction_is_told(shop):
    @job("tests.forgetful")
    def forgetful() -> None:
        Deal.objects.count()

    with pytest.raises(OutsideTransaction, match=r"tests\.forgetful"):
        run("tests.forgetful", shop.cast.company_id)
    with company_context(shop.cast.company_id):
        assert Deal.objects.count() == 0, "elsewhere it is blind, as ever"


def test_a_job_may_be_the_first_of_its_process_to_connect(shop):
    """On its first connection Django asks the catalogue for types, once a process and before any transaction."""
    company_id = shop.cast.company_id
    connection.close()
    get_hstore_oids.cache_clear()
    get_citext_oids.cache_clear()
    with company_context(company_id, strict=True):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.company_id')")
            assert cursor.fetchone() == (str(company_id),)
        with pytest.raises(OutsideTransaction):
            connection.cursor()


def test_an_import_is_put_into_a_pipeline(shop):
    with shop.as_(shop.cast.owner), transaction.atomic():
        run_id, pipeline_id = make_run(7).pk, Pipeline.objects.get(code="win_back").pk
    arguments = {"run_id": run_id, "pipeline_id": pipeline_id, "responsible_id": 0, "per_day": 3, "title": ""}
    run("deals.open_for_import", shop.cast.company_id, **arguments)
    with shop.as_(shop.cast.owner), transaction.atomic():
        assert Deal.objects.filter(import_run_id=run_id).count() == 7


def test_an_invitation_is_sent(shop):
    owner = shop.cast.owner
    with shop.as_(owner), transaction.atomic():
        employee_id, _token = accounts.add_employee(
            actor=owner, email="new@example.com", first_name="Пётр", last_name="Новый", role="manager", now=NOON
        )
    run("accounts.invitation_letter", shop.cast.company_id, employee_id=employee_id, site="http://localhost:8000")
    assert [one.to for one in mail.outbox] == [["new@example.com"]]


def test_the_open_deals_of_one_who_left_go_to_all(shop):
    colleague = shop.cast.colleague
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        deal = make_deal(owner, responsible_id=colleague.employee_id)
        Employee.objects.filter(pk=colleague.employee_id).update(is_active=False)
    run("deals.hand_over", shop.cast.company_id, employee_id=colleague.employee_id or 0)
    run("deals.follow_company", shop.cast.company_id)
    with shop.as_(shop.cast.owner), transaction.atomic():
        assert Deal.objects.get(pk=deal.pk).responsible_id is None


def test_the_archive_of_everything_is_made(shop, tmp_path, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "base_url": None},
        },
    }
    run("accounts.export", shop.cast.company_id, employee_id=shop.cast.owner.employee_id or 0)
    assert [one.suffix for one in tmp_path.rglob("*") if one.is_file()] == [".zip"]
