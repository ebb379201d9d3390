"""Reports, as a program reads them: the figures of the pages, for any two periods and the same filters."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from voronka.accounts.testing import add_person
from voronka.audience.testing import take_all_in
from voronka.connect.testing import Program
from voronka.deals.testing import make_client, make_deal, make_shop, press

pytestmark = pytest.mark.django_db


def days_ago(days: int) -> datetime:
    return datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=days)


def stretch(first: int, last: int, prefix: str = "") -> dict[str, str]:
    return {f"{prefix}first": str(days_ago(first).date()), f"{prefix}last": str(days_ago(last).date())}


def win(actor, days: int, amount: int, source: str = "form") -> None:
    deal = make_deal(actor, client=make_client(f"Клиент {days}"), now=days_ago(days), source=source)
    press(actor, deal, "paid", sum=str(amount), now=days_ago(days) + timedelta(hours=5))


def lose(actor, days: int, amount: int) -> None:
    at = days_ago(days)
    deal = make_deal(actor, client=make_client(f"Клиент {days}"), now=at, source="form", amount=amount)
    press(actor, deal, "think", now=at + timedelta(minutes=20))
    press(actor, deal, "refuse", "refuse", reason="rival", now=at + timedelta(hours=1))


@pytest.fixture
def shop():
    made = make_shop()
    with made.as_(made.cast.owner) as me:
        for days in (20, 21):
            lose(me, days, 1000)
        win(me, 22, 70_000)
        win(me, 50, 9_000, source="hand")
    with made.as_(made.cast.colleague) as mate:
        win(mate, 23, 5_000)
        take_all_in(mate.company_id)
    return made


@pytest.fixture
def program(shop):
    return Program.of(shop.cast.owner)


def test_the_funnel_is_told_in_figures(program):
    asked = {**stretch(30, 10), **stretch(60, 31, "against_")}
    told = program.get("reports/funnel", **asked).json()
    assert (told["period"]["first"], told["against"]["last"]) == (asked["first"], asked["against_last"])
    assert (told["won"]["count"], Decimal(told["won"]["sum"]), told["won"]["seconds"]) == (2, 75_000, 5 * 3600)
    assert (told["won_before"]["count"], Decimal(told["won_before"]["sum"])) == (1, 9_000)
    first = told["stages"][0]
    assert (first["now"]["reached"], first["before"]["reached"]) == (4, 1)
    assert sum(one["now"]["lost"] for one in told["stages"]) == 2
    assert sum(Decimal(one["now"]["lost_sum"]) for one in told["stages"]) == 2000
    for one in told["stages"]:
        now = one["now"]
        assert now["passed"] == now["reached"] - now["lost"]
        assert now["share"] == (None if not now["reached"] else pytest.approx(now["passed"] / now["reached"]))
    assert [(one["reason"], one["now"], one["before"]) for one in told["losses"]] == [("rival", 2, 0)]
    assert told["losses"][0]["stage"] in [one["id"] for one in told["stages"]]
    pipelines = program.get("pipelines").json()["items"]
    other = next(one["id"] for one in pipelines if one["id"] != told["pipeline"]["id"])
    assert program.get("reports/funnel", **asked, pipeline=other).json()["won"]["count"] == 0


def test_the_work_of_managers_is_told_the_most_money_first(shop, program):
    asked = stretch(30, 10)
    told = program.get("reports/managers", **asked).json()
    me, mate, pool = told["items"]
    assert (pool["employee"], pool["now"]["presses"]) == (None, 0)
    assert sum(one["now"]["opened"] for one in told["items"]) == told["total"]["now"]["opened"] == 4
    assert (Decimal(me["now"]["sum"]), me["now"]["won"], me["now"]["lost"]) == (70_000, 1, 2)
    assert me["now"]["conversion"] == pytest.approx(1 / 3)
    assert (Decimal(mate["now"]["sum"]), mate["now"]["presses"], mate["before"]["won"]) == (5_000, 1, 0)
    total = told["total"]["now"]
    assert (total["won"], total["presses"]) == (2, me["now"]["presses"] + mate["now"]["presses"])
    assert sum(total["results"].values()) == total["presses"]
    assert sum(one["count"] for one in told["hours"]) == total["answered"]
    one = program.get("reports/managers", **asked, manager=mate["employee"]["id"]).json()
    assert [row["employee"]["id"] for row in one["items"]] == [mate["employee"]["id"]]
    assert Decimal(one["total"]["now"]["sum"]) == 5_000
    by_hand = program.get("reports/managers", **stretch(60, 10), source="hand").json()
    assert (by_hand["total"]["now"]["won"], by_hand["source"]) == (1, "hand")
    assert (
        program.get("reports/managers", **asked, pipeline=told_pipeline(program)).json()["total"]["now"]["won"] == 2
    )


def told_pipeline(program: Program) -> str:
    return program.get("reports/funnel").json()["pipeline"]["id"]


def test_a_manager_reads_his_own_work_only(shop, program):
    mate = Program.of(shop.cast.colleague)
    told = mate.get("reports/managers", **stretch(30, 10)).json()
    assert [Decimal(one["now"]["sum"]) for one in told["items"]] == [5_000]
    assert mate.get("reports/funnel", **stretch(30, 10)).json()["won"]["count"] == 1
    me = program.get("me").json()["employee"]["id"]
    refused = mate.get("reports/managers", manager=me)
    assert (refused.status_code, set(refused.json()["fields"])) == (422, {"manager"})
    cashier = Program.of(add_person(shop.cast.owner, "cashier"))
    assert cashier.get("reports/funnel").status_code == 403
    narrow = Program.of(shop.cast.owner, "deals:read")
    assert narrow.get("reports/funnel").json()["code"] == "insufficient_scope"


def test_what_makes_no_sense_is_named_by_its_place(program):
    wrong = [
        ({"first": "2026-11-24"}, "last"),
        ({"first": "yesterday", "last": "2026-11-24"}, "first"),
        ({"first": "2026-11-01", "last": "2026-11-31"}, "last"),
        ({"first": "1990-01-01", "last": "1990-02-01"}, "first"),
        ({"first": "2020-01-01", "last": "2026-01-01"}, "first"),
        ({"against_first": "2026-11-24"}, "against_last"),
        ({"period": "own"}, "first"),
        ({"period": "week", **stretch(3, 1)}, "period"),
        ({"against": "year", **stretch(3, 1, "against_")}, "against"),
        ({"period": "fortnight"}, "period"),
        ({"pipeline": "aaaaaaaaaaaa"}, "pipeline"),
        ({"source": "nowhere"}, "source"),
        ({"manager": "aaaaaaaaaaaa"}, "manager"),
        ({"colour": "red"}, "colour"),
    ]
    for asked, place in wrong:
        for report in ("funnel", "managers"):
            answer = program.get(f"reports/{report}", **asked)
            assert (answer.status_code, set(answer.json()["fields"])) == (422, {place}), asked
