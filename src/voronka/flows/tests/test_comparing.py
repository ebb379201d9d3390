"""A split that money decides is an A/B test of its own; once it has ended, everybody goes the better way."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client as Browser

from voronka.accounts.testing import sign_in
from voronka.deals.models import Deal
from voronka.deals.testing import Shop, make_deal, make_shop
from voronka.flows.models import Automation
from voronka.flows.services import trying
from voronka.flows.services.drawing import drawn_of
from voronka.flows.testing import go, make_automation, node, step
from voronka.trials import queries, services
from voronka.trials.models import Exposure, Trial

pytestmark = pytest.mark.django_db
BEGUN = datetime.now(UTC).replace(microsecond=0)
OPENED = {"kind": "deals.opened"}


@pytest.fixture
def shop() -> Shop:
    return make_shop(BEGUN - timedelta(hours=1))


def splits(shares: list[int], **more: object) -> tuple[dict[str, object], ...]:
    return (
        node(1, "split", {"shares": shares, **more}, **{"0": "n2", "1": "n3"}),
        step(2, "deals.add_tag", tag="first"), step(3, "deals.add_tag", tag="second"),
    )  # fmt: skip


def test_a_split_that_money_decides_is_a_test(shop: Shop, client: Browser) -> None:
    company, now = shop.cast.company_id, lambda: datetime.now(UTC)
    with shop.as_(shop.cast.owner) as owner:
        row = make_automation(owner, OPENED, *splits([50, 50], is_test=True), now=BEGUN)
        deals = [make_deal(owner, now=now()) for _ in range(6)]
        held = drawn_of(row).map
        trying.try_map(actor=owner, automation=row, held=held, subject=deals[0].public_id, now=now())
        assert not Trial.objects.exists(), "trying out shows nothing to anybody"
        go(company, now())
        trial = Trial.objects.get()
        assert (trial.kind, trial.subject_id, trial.place, trial.state) == ("flow", row.pk, "n1", "running")
        tags = {one.client_id: one.tags[0] for one in Deal.objects.all()}
        assert {one.client_id: ["first", "second"][one.arm - 1] for one in Exposure.objects.all()} == tags
        services.note_gain(key="order:1", money=Decimal(500), at=now(), now=now(), client_id=deals[0].client_id)
        shown = Exposure.objects.get(client_id=deals[0].client_id)
        assert shown.money == 500
        page = sign_in(client, owner).get(f"/automations/{row.public_id}/?node=n1").content.decode()
        assert f"/tests/{trial.public_id}/" in page
        services.stop(actor=owner, public_id=trial.public_id, now=now(), winner=2)
        later = [make_deal(owner, now=now()) for _ in range(6)]
        go(company, now())
        assert {tuple(one.tags) for one in Deal.objects.filter(pk__in=[each.pk for each in later])} == {("second",)}
        assert Exposure.objects.count() == 6
        assert Trial.objects.count() == 1


def test_a_split_whose_shares_were_changed_is_tested_anew_and_a_plain_one_is_not(shop: Shop) -> None:
    company, now = shop.cast.company_id, datetime.now(UTC)
    with shop.as_(shop.cast.owner) as owner:
        row = make_automation(owner, OPENED, *splits([50, 50], is_test=True), now=BEGUN)
        make_deal(owner, now=now)
        go(company, datetime.now(UTC))
        version = row.versions.get(state="live")
        version.map["nodes"][0]["set"]["shares"] = [90, 10]
        version.save(update_fields=["map"])
        make_deal(owner, now=datetime.now(UTC))
        go(company, datetime.now(UTC))
        assert list(Trial.objects.order_by("id").values_list("state", "code")) == [
            ("stopped", "changed"), ("running", ""),
        ]  # fmt: skip
        assert queries.shares_of("flow", row.pk, place="n1") == [90, 10]
        plain = make_automation(owner, OPENED, *splits([50, 50]), now=BEGUN, name="Plain")
        make_deal(owner, now=datetime.now(UTC))
        go(company, datetime.now(UTC))
        assert queries.trial_of("flow", plain.pk, place="n1") is None
        assert Automation.objects.count() == 2
