"""A form clicked twice is sent once: one client, one task."""

import pytest
from browsing import eventually, settled
from django.db import transaction

from voronka.deals.testing import make_shop
from voronka.people.models import Client
from voronka.work.models import Task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The answer goes into another window, as if it were slow to come: the page stays, and its button may be clicked again.
CLICK_TWICE = """async (name) => {
  const button = document.querySelector(name);
  button.form.target = "away";
  button.click();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  button.click();
}"""


def test_a_double_click_makes_one_client_and_one_task(visit):
    shop = make_shop()
    owner = shop.cast.owner

    def made():
        with shop.as_(owner), transaction.atomic():
            return Client.objects.count(), sorted(Task.objects.values_list("title", flat=True))

    page = visit(owner)
    page.goto("/clients/add/")
    settled(page)
    page.fill("form [name=name]", "Anna Smirnova")
    page.evaluate(CLICK_TWICE, ".v-form-acts button")
    page.goto("/tasks/new/")
    settled(page)
    page.fill("form [name=title]", "Send the invoice")
    page.evaluate(CLICK_TWICE, "form .v-act--main")
    # What was refused may be sent again: it is another page.
    page.goto("/tasks/new/")
    page.fill("form [name=title]", " ")
    page.click("form .v-act--main")
    page.wait_for_selector("[aria-invalid=true]")
    page.fill("form [name=title]", "Send the second one")
    page.click("form .v-act--main")
    page.wait_for_url(lambda there: "/tasks/new" not in there)
    eventually(lambda: made() == (1, ["Send the invoice", "Send the second one"]))
