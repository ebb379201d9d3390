"""Who owns 2⁶⁴ addresses passes no limit that is meant for one."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import RequestFactory

from voronka.care.views import page as care
from voronka.kit import public_pages
from voronka.kit.actors import Actor
from voronka.kit.errors import TooMany
from voronka.kit.tenancy import company_context
from voronka.loyalty.services import guessing
from voronka.messaging.services.chat import limits as chat
from voronka.orders.client_page import views as orders
from voronka.people.views import intake
from voronka.site.services.replies import may_get
from voronka.site.wire import Counter

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


def _refuses(count: Callable[[], object]) -> bool:
    try:
        count()
    except TooMany:
        return True
    return False


@pytest.mark.parametrize("what", ["page of an order", "survey", "form", "chat", "codes", "site"])
def test_every_limit_of_an_address_counts_the_network_of_its_owner(db: None, what: str) -> None:
    company_id, wire = 7, Counter(150)

    def is_over(address: str) -> bool:
        request = RequestFactory().post("/", REMOTE_ADDR=address)
        return {
            "page of an order": lambda: public_pages.is_over(orders.PAGE, request, "act"),
            "survey": lambda: public_pages.is_over(care.PAGE, request, "act"),
            "form": lambda: _refuses(lambda: intake._throttle(request, company_id)),
            "chat": lambda: _refuses(
                lambda: chat.count_try("write", company_id=company_id, address=address, now=NOW)
            ),
            "codes": lambda: not may_get(address, now=NOW),
            "site": lambda: wire.is_over(address),
        }[what]()

    with company_context(company_id, origin="test"):
        assert any(is_over(f"2001:db8:1:2::{n:x}") for n in range(160))
        assert not is_over("2001:db8:1:3::1")


def test_guesses_of_promo_codes_are_those_of_the_network() -> None:
    unsigned = Actor.system(7, origin="order form")
    first, same, other = (guessing._whose(unsigned, f"2001:db8:1:{n}") for n in ("2::1", "2:ffff::9", "3::1"))
    assert first == same != other
