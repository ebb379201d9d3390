"""Lines in doubt of a price list answered by keys alone, the last answer taken back from its toast."""

import io
from datetime import UTC, datetime

import pytest
from browsing import settled, until
from django.db import transaction

from voronka.accounts.testing import make_company
from voronka.catalogue.models import SupplierItem
from voronka.catalogue.services import lists
from voronka.catalogue.testing import make_goods, make_kind, make_supplier
from voronka.kit.tenancy import company_context

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = (
    "Код;Наименование;Цена;Остаток\n1;СТУЛ BRUSOK M дуб нат. / граф. (уп. 2 шт);12 400;7\n"
    "2;Неведомая вещь;77;1\n3;Стул Norden сосна красный;3 100;4\n4;Стул Norden ясень синий;3 200;4\n"
)


def make_doubts(cast):
    now = datetime.now(UTC)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        with transaction.atomic():
            make_kind()
            for name, code, price in (
                ("Стул «Брусок», дуб, мягкое сиденье, графит", "BR-ST-GR", 9800),
                ("Стул «Брусок», дуб, жёсткое сиденье, графит", "BR-SH-GR", 7400),
                ("Стул «Брусок», ясень, мягкое сиденье, графит", "BR-AS-GR", 8600),
                ("Стул Norden, ясень, красный", "NR-1", 3000),
                ("Стул Norden, ясень, белый", "NR-2", 5000),
            ):
                make_goods(name, code=code, price=price)
            supplier = make_supplier("Мебельград")
        source = io.BytesIO(LIST.encode())
        load = lists.start_load(
            actor=cast.owner, supplier=supplier.public_id, source=source, name="прайс.csv", now=now
        )
        columns = {at[0]: kind for kind, at in load.layout["columns"].items()}
        lists.confirm_layout(actor=cast.owner, public_id=load.public_id, columns=columns, now=now)
        lists.load(load.pk, now=now)
    return supplier


def states(cast):
    with company_context(cast.company_id), transaction.atomic():
        return dict(SupplierItem.objects.order_by("row").values_list("code", "state"))


def test_doubts_are_answered_by_keys_alone(visit):
    cast = make_company(now=datetime.now(UTC))
    supplier = make_doubts(cast)
    assert set(states(cast).values()) == {"asked"}
    page = visit(cast.owner)
    page.goto(f"/goods/import/suppliers/{supplier.public_id}/doubts/")
    until(page, "document.querySelectorAll('[data-offer]').length > 1")
    page.keyboard.press("ArrowDown")
    until(page, "document.querySelectorAll('[data-offer]')[1].classList.contains('is-on')")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.v-toast-undo') && document.body.textContent.includes('Неведомая вещь')")
    assert states(cast)["1"] == "bound"
    settled(page)
    page.keyboard.press("KeyZ")
    until(page, "document.querySelector('.v-parse').textContent.includes('BRUSOK')")
    assert states(cast)["1"] == "asked"
    settled(page)
    page.keyboard.press("Digit1")
    until(page, "document.querySelector('.v-parse').textContent.includes('Неведомая')")
    page.keyboard.press("KeyR")
    until(page, "document.querySelector('.v-parse').textContent.includes('Norden')")
    assert states(cast)["2"] == "refused"
    page.keyboard.press("Slash")
    page.keyboard.type("NR-2")
    until(page, "document.querySelector('[data-offer] .v-match-code')?.textContent === 'NR-2'")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.v-parse')?.textContent.includes('синий')")
    assert states(cast)["3"] == "bound"
    page.keyboard.press("KeyN")
    until(page, "document.querySelector('.v-match-none')")
    assert states(cast) == {"1": "bound", "2": "refused", "3": "bound", "4": "bound"}
