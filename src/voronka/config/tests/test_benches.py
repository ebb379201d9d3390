"""The benches measure what they say, and fail when they must."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from voronka.config.benches import bot, match, pages, widget
from voronka.config.benches.frame import Result, p95, rows_of
from voronka.config.benches.office import office_of
from voronka.config.env import SettingError

SOURCE = Path(__file__).resolve().parents[3]


def test_the_95th_percentile_is_in_milliseconds() -> None:
    assert p95([0.001] * 95 + [0.1] * 5) == 100.0
    assert p95([0.001] * 96 + [0.1] * 4) == 1.0
    assert p95([]) == 0.0


def test_a_scale_that_leaves_nothing_to_measure_is_refused() -> None:
    assert rows_of(0.01, 1_000_000) == 10_000
    with pytest.raises(SettingError, match=r"0\.001"):
        rows_of(0.0001, 1_000_000)


def test_a_violation_is_told_and_a_held_demand_is_not() -> None:
    result = Result("feed", 1.0)
    result.demand(True, "fine")
    assert result.failed == []
    result.demand(False, "a task was given twice")
    assert result.failed == ["a task was given twice"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "figures", "ratio"),
    [
        ("feed", {"p95_ms", "takes_per_s", "taken_twice"}, "p95_to_bare"),
        ("press", {"p95_ms", "statements"}, "p95_to_bare_view"),
        (
            "import",
            {"rows_per_s", "peak_mib", "peak_mib_at_tenth", "main_us", "helpers_us", "database_us"},
            "rows_to_copy",
        ),
        ("shop", {"goods_p95_ms", "replenishment_statements", "order_cpu_ms", "orders_best_ms"}, ""),
        ("pages", {"workplace_p95_ms", "board_statements", "first_load_kib"}, ""),
        ("feed-out", {"incremental_s", "full_s", "incremental_processor_s", "differs"}, "incremental_to_full"),
        ("reserve", {"hot_per_s", "spread_per_s", "oversold"}, "spread_to_bare"),
        (
            "campaign",
            {"letters_per_s", "sms_per_s", "bare_per_s", "bare_sms_per_s", "missed", "doubled"},
            "sms_to_bare_sink",
        ),
        ("chat", {"p95_ms", "to_desk_p95_ms", "kib_per_connection", "lost", "doubled", "turned_away"}, ""),
        ("collect", {"events_per_s", "copy_per_s", "lost", "doubled"}, "events_to_copy"),
        ("order", {"orders_per_s", "api_orders_per_s", "hand_sql_per_s", "api_oversold"}, "api_to_hand_sql"),
    ],
)
def test_a_small_bench_runs_from_nothing_and_its_controls_fail(
    tmp_path: Path, name: str, figures: set[str], ratio: str
) -> None:
    # A shop smaller than that has too little to filter, a campaign, a chat, a collector have fewer rows to begin with.
    scale = {"shop": "0.02", "campaign": "0.01", "chat": "0.02", "collect": "0.01"}.get(name, "0.002")
    command = [sys.executable, "-m", "voronka.config.cli", "bench", name, "--json", "--scale", scale]
    env = {
        key: value for key, value in os.environ.items() if not key.startswith(("VORONKA_", "DATABASE_", "DJANGO_"))
    }
    env |= {"VORONKA_HOME": str(tmp_path), "PYTHONPATH": str(SOURCE)}
    done = subprocess.run([*command, "--seconds", "1"], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert told["bench"] == name
    assert figures <= told["figures"].keys()
    assert not ratio or told["ratios"][ratio] > 0
    controls = [value for key, value in told["figures"].items() if key.startswith("control_")]
    assert controls
    assert all(value > 0 for value in controls)
    assert "failed" not in told


@pytest.mark.django_db(transaction=True)
def test_every_page_keeps_to_its_statements_and_one_that_does_not_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    staff = office_of(0.001, managers=2)
    # The list of clients in another order is the same page.
    looked_at = {name: page for name, page in pages.pages_of(staff).items() if "_by_" not in name}
    result = Result("pages", 0.001)
    pages.count_all(result, staff, looked_at, times=1)
    assert result.failed == []
    assert result.figures["control_statements"] > pages.STATEMENTS
    # A limit that is passed by one statement is told.
    most = result.figures["workplace_statements"]
    monkeypatch.setattr(pages, "STATEMENTS", most - 1)
    again = Result("pages", 0.001)
    pages.count_all(again, staff, {"workplace": looked_at["workplace"]}, times=1)
    assert again.failed == [f"workplace sends more than {most - 1:g} statements: {most:g}"]


def test_the_bench_of_names_needs_no_base_and_tells_answers_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    result = match.run(scale=0.05, seconds=1)
    assert {"seconds", "top5", "precision", "recall", "asked_share", "top1_after_100"} <= result.figures.keys()
    assert result.failed == []
    assert result.figures["control_top1"] < 0.05 < 0.9 < result.figures["top1"]
    monkeypatch.setattr(match, "LEAST_TOP1", 0.0)
    assert match.run(scale=0.05, seconds=1).failed == ["the control, answers dealt out at random, passed"]


def test_the_bench_of_answers_fails_where_it_only_says_not_sure_and_its_control_is_bad(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result = bot.run(scale=0.1, seconds=1)
    assert {"top1", "top3", "unsure_on_unrelated", "top1_blind", "unsure_blind", "index_ms"} <= result.figures.keys()
    assert [words for words in result.failed if "p95_ms" not in words] == []
    assert 0 < result.figures["control_top1"] < 0.2
    monkeypatch.setattr("voronka.messaging.rules.answers.matcher.SURE", 2.0)
    assert any("it only says not sure" in words for words in bot.run(scale=0.1, seconds=1).failed)
    (tmp_path / "faq.csv").write_text("id,question\n1,Где вы?\n", encoding="utf-8")
    with pytest.raises(SettingError, match="answer"):
        bot.run(scale=0.1, seconds=1, data=tmp_path)


def test_what_sites_load_is_weighed_and_what_is_too_heavy_is_told(tmp_path: Path) -> None:
    result = Result("widget", 0.0)
    widget.weigh(result, widget.BUILT)
    assert result.failed == []
    assert 0 < result.figures["tracker_bytes"] < result.figures["core_bytes"] < result.figures["core_gzip_bytes"]
    assert 0 < result.figures["teaser_bytes"] < result.figures["chatpanel_bytes"]
    (tmp_path / "modules").mkdir()
    for name, weight in (("w", 13 * 1024), ("tracker", 4 * 1024), ("chat", 21 * 1024), ("modules/quiz", 900)):
        (tmp_path / f"{name}.js").write_bytes(os.urandom(weight))
    heavy = Result("widget", 0.0)
    widget.weigh(heavy, tmp_path)
    assert heavy.figures["quiz_bytes"] > 900
    assert sorted(words.split()[0] for words in heavy.failed) == ["chat", "core", "tracker"]
    with pytest.raises(SettingError, match="make assets"):
        widget.weigh(heavy, tmp_path / "nothing")


def test_lighthouse_is_believed_only_where_it_sees_what_is_slow() -> None:
    def look(score: float, blocking: float, shift: float, *, asked: bool) -> widget.Look:
        items = [{"url": f"http://w/{one}", "statusCode": 200} for one in ("w.js", "w/teaser.js?7")[: 2 * asked]]
        return widget.read({
            "categories": {"performance": {"score": score}},
            "audits": {
                "network-requests": {"details": {"items": items}},
                "total-blocking-time": {"numericValue": blocking},
                "cumulative-layout-shift": {"numericValue": shift},
            },
        })  # fmt: skip

    without = [look(1.0, 10, 0, asked=False), look(0.98, 40, 0, asked=False), look(0.99, 12, 0, asked=False)]
    slow = [look(0.7, 800, 0.4, asked=True)]
    good = {"with": [look(0.98, 25, 0, asked=True)] * 3, "without": without, "control": slow}
    result = Result("widget", 1.0)
    widget.judge(result, good)
    assert result.failed == []
    assert (round(result.figures["lighthouse_drop"], 3), result.figures["blocking_ms"]) == (1.0, 13.0)
    for changed, words in (
        ({"with": slow}, "Lighthouse falls"),
        ({"with": slow}, "blocks for over"),
        ({"with": slow}, "the page moves"),
        ({"with": without}, "was not loaded"),
        ({"with": without}, "the teaser did not come"),
        ({"without": slow}, "was where it should not"),
        ({"control": without}, "is not seen"),
    ):
        wrong = Result("widget", 1.0)
        widget.judge(wrong, {**good, **changed})
        assert any(words in one for one in wrong.failed), words


def test_what_a_bench_does_not_take_is_refused(tmp_path: Path) -> None:
    from voronka.config import benches

    with pytest.raises(SettingError, match="sends no letters: --dkim is for campaign"):
        benches.run("feed", scale=1.0, seconds=1.0, dkim=2048)
    with pytest.raises(SettingError, match="makes its own data: --data is for bot, match"):
        benches.run("feed", scale=1.0, seconds=1.0, data=tmp_path)


def test_a_bench_of_signed_letters_tells_what_a_signature_takes_and_whether_it_holds(monkeypatch) -> None:
    from voronka.config.benches import campaign, dkim

    monkeypatch.setattr(dkim, "SIGNATURES", 5)
    good, wrong = Result("campaign", 0.1), Result("campaign", 0.1)
    with dkim.key_of(2048) as record:
        dkim.measure(good, record, campaign.ready_letter)
        dkim.measure(wrong, record, lambda: campaign.ready_letter().replace(b"Subject: ", b"Subject: Re "))
    assert good.failed == []
    assert good.figures["signed_us"] > good.figures["composed_us"] > 0
    assert wrong.failed == ["a signature does not hold"]
    with pytest.raises(SettingError, match="1024 to 8192"), dkim.key_of(512):
        pass


def test_an_unknown_bench_is_named(tmp_path: Path) -> None:
    from voronka.config import benches

    with pytest.raises(SettingError, match="feed"):
        benches.run("nothing", scale=1.0, seconds=1.0)
