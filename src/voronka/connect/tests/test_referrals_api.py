"""The referral programme by the API: a shop's server makes links and names friends, a person's program judges, pays."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from voronka.accounts.testing import add_person, make_company
from voronka.connect.testing import Program
from voronka.kit.tenancy import company_context
from voronka.loyalty.models import PromoCode, ReferralGain, ReferralPayout
from voronka.loyalty.models import Referral as ReferralRow
from voronka.people.testing import make_client

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def cast():
    cache.clear()
    found = make_company(now=NOW - timedelta(days=9))
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


def earned(public_id, amount, number):
    row = ReferralRow.objects.get(public_id=public_id)
    sums = {"base": Decimal(amount) * 10, "amount": Decimal(amount)}
    ReferralGain.objects.create(referral=row, holder_kind="order", holder_id=number, at=NOW, counted_at=NOW, **sums)


def test_a_program_sets_terms_makes_links_names_friends_judges_and_pays_once(cast):
    program = Program.of(cast.owner)
    assert program.get("referrals/terms").json()["is_on"] is False
    anna = make_client(cast.owner, name="Анна", phone="+79130000001")
    twin = make_client(cast.owner, name="Анна О.", phone="+79130000001")
    boris = make_client(cast.owner, name="Борис", phone="+79130000002")
    assert program.post(f"referrals/of/{anna.public_id}/link").json()["code"] == "off"
    wanted = {"is_on": True, "percent": "10", "page": "https://shop.example/", "version": 0}
    saved = program.call("PUT", "referrals/terms", wanted).json()
    assert (saved["percent"], saved["version"]) == ("10.00", 1)
    assert program.call("PUT", "referrals/terms", wanted).json()["code"] == "stale"
    wrong = program.call("PUT", "referrals/terms", {"is_on": True, "page": "javascript:alert(1)"})
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["page"])

    assert program.get(f"referrals/of/{anna.public_id}").json()["url"] is None
    made = [program.post(f"referrals/of/{anna.public_id}/link").json() for _turn in range(2)]
    assert made[0]["url"] == f"https://shop.example/?vf={made[0]['code']}"
    assert made[0] == made[1]
    named = {
        one.pk: program.post("referrals", {"friend": one.public_id, "code": made[0]["code"]}).json()
        for one in (twin, boris)
    }
    held, good = named[twin.pk], named[boris.pk]
    assert (held["state"], held["reasons"], good["state"]) == ("held", ["phone"], "active")
    again = program.post("referrals", {"friend": boris.public_id, "code": made[0]["code"]})
    assert (again.status_code, again.json()["code"]) == (409, "brought")
    earned(held["id"], 100, 1)
    earned(good["id"], 40, 2)

    assert [one["id"] for one in program.get("referrals").json()["items"]] == [good["id"], held["id"]]
    for asked in ({"state": "held"}, {"state": "held", "referrer": anna.public_id}):
        assert [one["id"] for one in program.get("referrals", **asked).json()["items"]] == [held["id"]]
    assert program.get("referrals", referrer=boris.public_id).json()["items"] == []
    page = program.get("referrals", limit=1).json()
    assert [one["earned"] for one in page["items"]] == ["40.00"]
    following = program.get("referrals", limit=1, cursor=page["next"]).json()
    assert ([one["id"] for one in following["items"]], following["next"]) == ([held["id"]], None)
    assert program.get("referrals", cursor=page["next"], state="held").json()["code"] == "bad_cursor"

    # What has changed since: old rows, of which one is judged now.
    old = NOW - timedelta(days=5)
    ReferralRow.objects.update(made_at=old)
    ReferralGain.objects.update(counted_at=old)
    since = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    assert program.get("referrals", changed_since=since).json()["items"] == []
    since = datetime.now(UTC).isoformat()
    for verdict, state in (("accept", "active"), ("refuse", "refused"), ("undo", "held")):
        told = program.post(f"referrals/{held['id']}/judge", {"verdict": verdict}).json()
        assert told["state"] == state
    assert [one["id"] for one in program.get("referrals", changed_since=since).json()["items"]] == [held["id"]]

    [due] = program.get("referrals/payouts/due").json()["items"]
    assert (due["client"], due["owed"], due["held"]) == (anna.public_id, "40.00", "100.00")
    other = program.post("referrals/payouts", {"client": anna.public_id, "sum": "140.00"})
    assert (other.status_code, other.json()["code"]) == (409, "other_sum")
    sent = {"client": anna.public_id, "sum": "40.00", "note": "за Бориса"}
    paid = [program.post("referrals/payouts", sent, token="once-for-all") for _turn in range(2)]
    assert [one.status_code for one in paid] == [201, 201]
    assert paid[0].json() == paid[1].json()
    assert PromoCode.objects.get(code=paid[0].json()["code"]).client_id == anna.pk
    assert program.post("referrals/payouts", sent).json()["code"] == "nothing"
    assert ReferralPayout.objects.count() == 1
    [line] = program.get("referrals/payouts", client=anna.public_id).json()["items"]
    assert (line["sum"], line["note"], line["way"]) == ("40.00", "за Бориса", "code")
    assert program.get("referrals/payouts", client=boris.public_id).json()["items"] == []
    account = program.get(f"referrals/of/{anna.public_id}").json()
    assert [account[name] for name in ("friends", "earned", "held", "paid", "owed")] == [
        2, "40.00", "100.00", "40.00", "0.00",
    ]  # fmt: skip


def test_keys_do_no_more_than_their_scopes_and_makers_and_lists_cost_the_same_for_many(cast):
    owner = Program.of(cast.owner)
    owner.call("PUT", "referrals/terms", {"is_on": True, "pays": "note"})
    mine = add_person(cast.owner, "manager")
    theirs = make_client(cast.owner, name="Чужой", phone="+79130000010", responsible_id=cast.owner.employee_id)
    code = owner.post(f"referrals/of/{theirs.public_id}/link").json()["code"]

    def friend(number):
        one = make_client(cast.owner, name=f"Друг {number}", phone=f"+7913000002{number}")
        return owner.post("referrals", {"friend": one.public_id, "code": code}).json()["id"]

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert owner.get("referrals").status_code == 200
        return len(seen)

    first = friend(1)
    one = cost()
    for number in range(2, 6):
        friend(number)
    assert cost() == one

    shop = Program.of(cast.owner, "referrals:write")
    assert shop.post(f"referrals/of/{theirs.public_id}/link").json()["code"] == code
    refused = [
        shop.post(f"referrals/{first}/judge", {"verdict": "refuse"}),
        shop.post("referrals/payouts", {"client": theirs.public_id, "sum": "1"}),
        shop.call("PUT", "referrals/terms", {"is_on": False}),
        shop.get("referrals"),
    ]
    assert {answer.status_code for answer in refused} == {403}
    manager = Program.of(mine)
    assert manager.post(f"referrals/{first}/judge", {"verdict": "refuse"}).status_code == 403
    assert manager.get("referrals/payouts/due").status_code == manager.get("referrals/terms").status_code == 403
    listed = manager.get("referrals").json()["items"]
    reaches = manager.get(f"clients/{theirs.public_id}").status_code == 200
    assert {row["referrer"] for row in listed} == {theirs.public_id if reaches else None}
    assert manager.get(f"referrals/of/{theirs.public_id}").status_code == (200 if reaches else 404)
    stranger = Program.of(make_company().owner)
    assert stranger.get(f"referrals/{first}").status_code == 404
    assert stranger.get(f"referrals/of/{theirs.public_id}").status_code == 404
