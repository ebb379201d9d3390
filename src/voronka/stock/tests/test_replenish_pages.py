"""Pages of replenishment and lost sales: what they show, to whom, in how many statements."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from voronka.accounts.testing import add_person, make_company, sign_in
from voronka.catalogue.models import Cost
from voronka.catalogue.testing import make_goods, make_supplier
from voronka.kit.tenancy import company_context
from voronka.stock import services
from voronka.stock.models import LostSale
from voronka.stock.testing import make_place, stock_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


def make_buffers(cast, count, place, supplier):
    now = datetime.now(UTC)
    drafts = []
    for number in range(count):
        good = make_goods(f"Товар {number}", price="100.00")
        Cost.objects.create(variant=good, supplier=supplier, amount=Decimal("77.70"), seen_at=now)
        stock_up(cast.owner, good.pk, place, 2, now=now - timedelta(days=20))
        drafts.append(services.BufferDraft(good.pk, place.pk, Decimal(10), supplier_id=supplier.pk))
    services.save_buffers(drafts, actor=cast.owner, now=now)


def statements(client, address):
    client.get(address)  # what is asked once only is asked now
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode(), len(asked)


def test_the_page_asks_as_much_of_twenty_as_of_one_and_hides_costs(cast):
    place, supplier = make_place(cast.owner, "Красноярск"), make_supplier("Мебельград")
    keeper = sign_in(Client(), add_person(cast.owner, "storekeeper", now=datetime.now(UTC)))
    owner = sign_in(Client(), cast.owner)
    make_buffers(cast, 1, place, supplier)
    _page, few = statements(owner, "/stock/replenish/")
    make_buffers(cast, 20, place, supplier)
    page, many = statements(owner, "/stock/replenish/")
    assert many == few
    assert "Мебельград" in page
    assert "77.7" in page
    hidden, _many = statements(keeper, "/stock/replenish/")
    assert "Мебельград" in hidden
    assert "77.7" not in hidden


def test_a_manager_sees_what_is_asked_for_without_buttons(cast):
    make_buffers(cast, 2, make_place(cast.owner, "Красноярск"), make_supplier())
    page, _count = statements(sign_in(Client(), cast.colleague), "/stock/replenish/")
    assert "Товар 1" in page
    assert 'name="pick"' not in page


def test_a_lost_sale_is_written_down_and_a_bad_one_is_told(cast):
    good = make_goods("Стул", code="СТ-1", price="900.00")
    client = sign_in(Client(), cast.colleague)
    bad = client.post("/stock/lost/", {"code": "НЕТ", "quantity": "-2", "cause": "short"})
    assert bad.status_code == 422
    assert not LostSale.objects.exists()
    done = client.post("/stock/lost/", {"code": "СТ-1", "quantity": "2", "cause": "short"})
    assert done.status_code == 302
    assert LostSale.objects.get().variant_id == good.pk
    page = client.get("/stock/lost/?days=7").content.decode()
    assert "СТ-1" in page
    assert "1\u202f800" in page or "1\u00a0800" in page
    assert "СТ-1" not in client.get("/stock/lost/?cause=dear").content.decode()
