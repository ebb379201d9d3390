"""A whole scenario, with its logs caught as they are written: no name, phone, address, password or key in them."""

import io
import logging

import pytest
from django.test import Client as Browser
from django.urls import reverse

from voronka.accounts import services as accounts
from voronka.accounts.testing import PASSWORD, make_company, sign_in, user_of
from voronka.deals.services.shipped import ship
from voronka.deals.testing import NOON, make_client, make_deal
from voronka.kit.tenancy import company_context
from voronka.people.models import ContactPoint

pytestmark = pytest.mark.django_db
NAME, PHONE, MAIL = "Тайнова-Марья", "+79161112233", "tainova@private.example"
COMMENT, WRONG = "сказала-по-секрету", "wrong-wrong-password-7"


@pytest.fixture
def written():
    root = logging.getLogger()
    formatter = next(one.formatter for one in root.handlers if type(one) is logging.StreamHandler)
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    handler.setFormatter(formatter)
    root.addHandler(handler)
    yield kept
    root.removeHandler(handler)


def test_nothing_of_a_person_and_no_secret_reaches_the_logs(written, settings):
    cast = make_company()
    email = user_of(cast.owner).email
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        ship(actor=cast.owner, now=NOON)
        client = make_client(NAME)
        ContactPoint.objects.create(client=client, kind="phone", value=PHONE)
        ContactPoint.objects.create(client=client, kind="email", value=MAIL)
        deal = make_deal(cast.owner, client=client)
        _invited, token = accounts.add_employee(
            actor=cast.owner, email=MAIL, first_name=NAME, last_name="Б", role="manager", now=NOON
        )
    visitor = Browser(raise_request_exception=False)
    visitor.get(f"/join/{token}/")
    visitor.get(f"/join/{token}forged/")
    visitor.post(f"/join/{token}/", {"password": WRONG[:5]})
    visitor.post(reverse("account_login"), {"login": email, "password": WRONG})
    visitor.post(reverse("account_login"), {"login": email, "password": PASSWORD})
    visitor.get("/", headers={"host": f"{NAME.encode('idna').decode()}.example"})
    visitor.get(f"/account/password/reset/key/1-{token}/")
    visitor.get(f"/clients/{NAME}/", {"q": PHONE})
    Browser(enforce_csrf_checks=True).post(f"/join/{token}/", {"password": WRONG})
    owner = sign_in(Browser(raise_request_exception=False), cast.owner)
    owner.get(f"/deals/{deal.public_id}/")
    owner.get(f"/deals/{deal.public_id}/phrase", {"q": COMMENT})
    owner.post(f"/deals/{deal.public_id}/press/refuse", {"outcome": "refuse", "reason": "price", "comment": COMMENT})
    owner.post(f"/deals/{deal.public_id}/press/refuse", {"request_id": COMMENT})
    owner.put(f"/settings/{token}", COMMENT)
    text = written.getvalue()
    assert '"event": "request"' in text, "the logs were not caught"
    bare = token.rpartition(":")[2] or token
    secrets = [NAME, PHONE, PHONE[2:], MAIL, COMMENT, WRONG, PASSWORD, email, token, bare]
    found = [one for one in secrets if one in text or one.encode("unicode_escape").decode() in text]
    lines = [line[:300] for line in text.splitlines() if any(one in line for one in found)]
    assert found == [], lines


def test_an_error_is_told_by_its_place_and_not_by_its_words(written):
    logger = logging.getLogger("django.request")
    try:
        raise ValueError(f"duplicate key ({MAIL}, {NAME})")
    except ValueError:
        logger.exception("Internal Server Error: %s", "/join/secret-token-77/")
    text = written.getvalue()
    assert "ValueError" in text
    assert MAIL not in text
    assert NAME not in text
    assert "secret-token-77" not in text
