"""`voronka check figures` and `voronka figures`: company by company, as the commands run them."""

import pytest
from django.db import transaction

from voronka.audience.models import DealFact
from voronka.audience.testing import take_all_in
from voronka.config.checks import make_figures_anew, run_checks
from voronka.config.env import SettingError
from voronka.deals.testing import make_client, make_deal, make_shop, press

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_figures_that_differ_from_the_log_are_named_and_made_anew() -> None:
    shop = make_shop()
    with shop.as_(shop.cast.owner) as me, transaction.atomic():
        press(me, make_deal(me, client=make_client()), "paid", sum="1000")
    take_all_in(shop.cast.company_id)
    assert run_checks(["figures"]) == []
    with shop.as_(shop.cast.owner), transaction.atomic():
        DealFact.objects.update(sum=7)
    found = run_checks(["figures"])
    assert len(found) == 1
    assert found[0].startswith(f"figures: company {shop.cast.company_id}: deal ")
    assert make_figures_anew() == 1
    assert run_checks(["figures"]) == []


def test_an_unknown_check_is_refused() -> None:
    with pytest.raises(SettingError, match="figures"):
        run_checks(["weather"])
