"""Doubles settled by keys, a merge taken back from its toast, a question answered in its place."""

from datetime import UTC, datetime

import pytest
from browsing import settled, until
from django.db import transaction

from voronka.accounts.testing import make_company
from voronka.kit.tenancy import company_context
from voronka.people.models import Client, NotDuplicates
from voronka.people.services.doubles import refresh_pairs
from voronka.people.testing import make_client

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_pairs_are_settled_by_keys_and_the_last_merge_is_taken_back(visit):
    cast = make_company(now=datetime.now(UTC))
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        made = [
            make_client(cast.owner, name, phone=phone)
            for name, phone in (
                ("Смирнова Анна Петровна", "+79130000001"), ("Смирнова Анна", "+79130000001"),
                ("Петров Иван Ильич", "+79130000002"), ("Петров Иван", "+79130000002"),
            )
        ]  # fmt: skip
        refresh_pairs([one.pk for one in made])
    page = visit(cast.owner)
    page.goto("/clients/duplicates/")
    until(page, "document.querySelectorAll('[data-pair]').length === 2")
    page.keyboard.press("ArrowDown")
    until(page, "document.querySelectorAll('[data-pair]')[1].classList.contains('is-now')")
    page.keyboard.press("KeyM")
    until(page, "document.querySelectorAll('[data-pair]').length === 1 && document.querySelector('.v-toast-undo')")
    page.keyboard.press("KeyZ")
    until(page, "!document.querySelector('.v-toast-undo') && document.querySelector('.v-toast')")
    with company_context(cast.company_id), transaction.atomic():
        assert Client.objects.count() == 4
    until(page, "document.querySelector('[data-pair].is-now')")
    settled(page)
    page.keyboard.press("KeyD")
    until(page, "!document.querySelector('[data-pair]')")
    with company_context(cast.company_id), transaction.atomic():
        assert NotDuplicates.objects.count() == 1
        assert Client.objects.count() == 4

    page.goto(f"/clients/{made[0].public_id}/")
    settled(page)
    page.click(".v-full-ask a")
    until(page, "document.activeElement.id === 'full-value'")
    page.keyboard.type("31.02.1990")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('#full-why')")
    page.fill("#full-value", "03.05.1990")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.v-full') && !document.querySelector('.v-full-form')")
    with company_context(cast.company_id), transaction.atomic():
        assert Client.objects.get(pk=made[0].pk).birthday.isoformat() == "1990-05-03"
