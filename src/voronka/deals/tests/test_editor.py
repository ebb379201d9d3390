"""The editor of buttons: one draft, no edit lost, nothing broken enabled."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Browser

from voronka.accounts.testing import add_person, sign_in
from voronka.deals.models import ButtonSet, Pipeline, Press, Stage
from voronka.deals.rules import edits
from voronka.deals.services import editing
from voronka.deals.testing import NOON, Shop, make_client, make_deal, make_shop, press

pytestmark = pytest.mark.django_db
HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def shop() -> Shop:
    return make_shop()


@pytest.fixture
def browser(shop: Shop) -> Browser:
    return sign_in(Browser(), shop.cast.owner)


def stage_of(shop: Shop, position: int = 0, code: str = "new_lead") -> Stage:
    with shop.as_(shop.cast.owner):
        return Stage.objects.get(pipeline__code=code, position=position)


def draft_of(shop: Shop, stage: Stage) -> editing.Draft:
    with shop.as_(shop.cast.owner) as owner:
        return editing.get_draft(owner, stage.public_id)


def page(stage: Stage, tail: str = "") -> str:
    return f"/settings/stages/{stage.public_id}/buttons/{tail}"


def change(browser: Browser, shop: Shop, on: Stage, query: str = "", **posted: object):  # type: ignore[no-untyped-def]
    """Post one edit on the draft as it is now."""
    rev = posted.pop("rev", None) or draft_of(shop, on).rev
    return browser.post(page(on, f"change?{query}"), {"rev": rev, **posted}, **HX)


def test_the_editor_shows_the_stage_as_managers_see_it(shop: Shop, browser: Browser) -> None:
    stage = stage_of(shop)
    text = browser.get(page(stage)).content.decode()
    with shop.as_(shop.cast.owner):
        labels = [one["label"] for one in ButtonSet.objects.get(stage=stage).buttons]
    assert len(labels) == 7
    for label in labels:
        assert label in text
    assert "v-rungs" in text
    assert "v-dry" in text
    assert text.count("v-edit-slot") == len(labels)


def test_looking_writes_nothing(shop: Shop, browser: Browser) -> None:
    stage = stage_of(shop)
    browser.get(page(stage))
    with shop.as_(shop.cast.owner):
        assert ButtonSet.objects.filter(stage=stage).count() == 1


def test_an_edit_is_kept_as_a_draft_and_managers_still_see_the_live_buttons(shop: Shop, browser: Browser) -> None:
    stage = stage_of(shop)
    answer = change(browser, shop, stage, do="button.label", button="miss", label="Тишина")
    assert answer.status_code == 200, answer.content.decode()[:2000]
    assert answer.headers["HX-Reswap"] == "none"
    with shop.as_(shop.cast.owner):
        live, draft = (ButtonSet.objects.get(stage=stage, state=state) for state in ("live", "draft"))
    assert draft.buttons[0]["label"] == "Тишина"
    assert live.buttons[0]["label"] != "Тишина"


def test_enabling_makes_the_draft_live_and_keeps_the_old_version(shop: Shop, browser: Browser) -> None:
    stage = stage_of(shop)
    change(browser, shop, stage, do="button.label", button="miss", label="Тишина")
    answer = browser.post(page(stage, "enable"), {"rev": draft_of(shop, stage).rev}, **HX)
    assert answer.status_code == 200
    with shop.as_(shop.cast.owner) as owner:
        states = dict(ButtonSet.objects.filter(stage=stage).values_list("version", "state"))
        assert states == {1: "past", 2: "live"}
        done = press(owner, make_deal(owner), "miss")
        assert done.label.startswith("Тишина")
    assert browser.get(page(stage, "history")).status_code == 200
    rev = draft_of(shop, stage).rev
    assert browser.post(page(stage, "restore/1"), {"rev": rev}).status_code == 302
    assert draft_of(shop, stage).buttons[0]["label"] != "Тишина"


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([], "no_next_step"),
        ([{"kind": "deals.reset_misses"}], "no_next_step"),
        ([{"kind": "deals.set_task"}, {"kind": "deals.archive"}], "two_endings"),
        ([{"kind": "deals.miss_ladder"}, {"kind": "deals.set_task"}], "two_endings"),
        ([{"kind": "deals.mark_paid"}], None),
        ([{"kind": "deals.miss_ladder"}], None),
        ([{"kind": "deals.change_stage"}, {"kind": "deals.set_task"}], "settings"),
        ([{"kind": "deals.change_stage", "stage": "nothere"}, {"kind": "deals.set_task"}], "settings"),
        ([{"kind": "deals.forged"}, {"kind": "deals.set_task"}], "settings"),
        ([{"kind": "deals.set_task", "when": "in", "minutes": 0}], "settings"),
        ([{"kind": "deals.set_task", "colour": "red"}], "settings"),
        ([{"kind": "deals.ask", "what": "custom", "field": "gone"}, {"kind": "deals.archive"}], "settings"),
    ],
)
def test_only_sound_buttons_are_enabled(shop: Shop, steps: list[edits.Json], said: str | None) -> None:
    stage = stage_of(shop)
    with shop.as_(shop.cast.owner) as owner:
        draft = editing.get_draft(owner, stage.public_id)
        draft = editing.change(
            actor=owner,
            stage_id=stage.public_id,
            rev=draft.rev,
            edit=lambda doc: edits.edit_steps(
                doc, "miss", "silent", lambda held: held.__setitem__(slice(None), steps)
            ),
            now=NOON,
        )
        if said is None:
            assert not editing.enable(actor=owner, stage_id=stage.public_id, rev=draft.rev, now=NOON).is_draft
            return
        with pytest.raises(editing.NotReady) as refusal:
            editing.enable(actor=owner, stage_id=stage.public_id, rev=draft.rev, now=NOON)
        first = refusal.value.problems[0]
        assert (first.button, first.outcome) == ("miss", "silent")
        assert (first.step is None) == (said in {"no_next_step", "two_endings"})
        assert ButtonSet.objects.get(stage=stage, state="live").version == 1


def test_problems_are_shown_at_their_places(shop: Shop, browser: Browser) -> None:
    stage = stage_of(shop)
    change(browser, shop, stage, do="step.add", button="miss", outcome="silent", kind="deals.archive")
    answer = browser.post(page(stage, "enable"), {"rev": draft_of(shop, stage).rev}, **HX)
    assert answer.status_code == 422
    assert "v-edit-problems" in answer.content.decode()


def test_a_stage_of_another_pipeline_or_company_cannot_be_picked(shop: Shop, browser: Browser) -> None:
    stage = stage_of(shop)
    other = stage_of(shop, code="win_back")
    with shop.as_(shop.cast.stranger) as stranger:
        from voronka.deals.services.shipped import ship

        ship(actor=stranger, now=NOON)
        strange = Stage.objects.order_by("id").first()
    assert strange is not None
    change(browser, shop, stage, do="step.add", button="miss", outcome="silent", kind="deals.change_stage")
    for public_id in (other.public_id, strange.public_id, "", "x" * 3000, "\x00"):
        answer = change(
            browser, shop, stage, "button=miss&open=1",
            do="step.set", button="miss", outcome="silent", number="1", kind="deals.change_stage", stage=public_id,
        )  # fmt: skip
        assert answer.status_code == 422
        assert "v-input-why" in answer.content.decode()
    assert draft_of(shop, stage).buttons[0]["outcomes"][0]["steps"][1] == {"kind": "deals.change_stage"}
    assert browser.get(page(strange)).status_code == 404


def test_settings_are_made_from_the_type_and_wrong_ones_come_back_as_typed(shop: Shop, browser: Browser) -> None:
    stage = stage_of(shop)
    opened = browser.get(page(stage, "?button=think&open=1")).content.decode()
    assert 'name="minutes_amount"' in opened
    assert 'name="when"' in opened
    set_task = {"do": "step.set", "button": "think", "outcome": "think", "number": "1", "kind": "deals.set_task"}
    answer = change(
        browser, shop, stage, "button=think&open=1", **set_task,
        task="call", words="Спросить <b>", when="in", minutes_amount="много", minutes_unit="hours",
    )  # fmt: skip
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "много" in text
    assert "Спросить &lt;b&gt;" in text
    answer = change(
        browser, shop, stage, "button=think&open=1", **set_task,
        task="call", words="Спросить", when="in", minutes_amount="2", minutes_unit="hours",
    )  # fmt: skip
    assert answer.status_code == 200
    held = draft_of(shop, stage).buttons
    step = edits.find_outcome(held, "think", "think")["steps"][1]
    assert (step["minutes"], step["words"]) == (120, "Спросить")


def test_the_ladder_is_edited_as_a_table(shop: Shop, browser: Browser) -> None:
    stage = stage_of(shop)
    ladder = {"do": "step.set", "button": "miss", "outcome": "silent", "number": "0", "kind": "deals.miss_ladder"}
    answer = change(
        browser, shop, stage, "button=miss&open=0", **ladder,
        rungs_amount=["10", "1", ""], rungs_unit=["minutes", "days", "archive"],
    )  # fmt: skip
    assert answer.status_code == 200
    assert draft_of(shop, stage).buttons[0]["outcomes"][0]["steps"][0]["rungs"] == [10, 1440, "archive"]
    answer = change(
        browser, shop, stage, "button=miss&open=0", **ladder,
        rungs_amount=["10", "", "5"], rungs_unit=["minutes", "archive", "minutes"],
    )  # fmt: skip
    assert answer.status_code == 422


def test_two_editors_the_second_sees_it_and_loses_nothing(shop: Shop, browser: Browser) -> None:
    stage = stage_of(shop)
    seen = draft_of(shop, stage).rev
    colleague = sign_in(Browser(), add_person(shop.cast.owner, "head"))
    assert change(colleague, shop, stage, do="button.label", button="back", label="Позже").status_code == 200
    answer = change(browser, shop, stage, rev=seen, do="button.label", button="miss", label="Тишина")
    text = answer.content.decode()
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == "#v-editor"
    assert "Позже" in text
    assert "Тишина" in text
    fresh = re.search(r'name="rev" value="([^"]+)"', text)
    assert fresh is not None
    again = change(browser, shop, stage, rev=fresh[1], do="button.label", button="miss", label="Тишина")
    assert again.status_code == 200
    labels = [one["label"] for one in draft_of(shop, stage).buttons]
    assert "Позже" in labels
    assert "Тишина" in labels


@pytest.mark.parametrize(
    ("posted", "status"),
    [
        ({"do": "button.label", "button": "miss", "label": ""}, 422),
        ({"do": "button.label", "button": "miss", "label": "\u200b\u202e"}, 422),
        ({"do": "button.label", "button": "miss", "label": "ы" * 19}, 422),
        ({"do": "button.label", "button": "nobody", "label": "x"}, 422),
        ({"do": "button.tone", "button": "miss", "tone": "pink"}, 422),
        ({"do": "button.icon", "button": "miss", "icon": "../../etc"}, 422),
        ({"do": "button.hotkey", "button": "miss", "hotkey": "9"}, 422),
        ({"do": "button.hotkey", "button": "miss", "hotkey": "\u0663"}, 422),
        ({"do": "button.move", "button": "miss", "to": "-1"}, 422),
        ({"do": "button.explode"}, 422),
        ({"do": ""}, 422),
        ({"do": "step.add", "button": "miss", "outcome": "silent", "kind": "os.system"}, 404),
        ({"do": "step.delete", "button": "miss", "outcome": "silent", "number": "7"}, 422),
        ({"do": "step.set", "button": "miss", "outcome": "silent", "number": "0", "kind": "deals.archive"}, 422),
        ({"do": "outcome.delete", "button": "back", "outcome": "later"}, 422),
        (
            {"do": "outcome.set", "button": "miss", "outcome": "busy", "outcome_label": "Z" * 61, "result": "step"},
            422,
        ),
        ({"do": "outcome.set", "button": "miss", "outcome": "busy", "outcome_label": "Z", "result": "won"}, 422),
    ],
)
def test_bad_input_changes_nothing(shop: Shop, browser: Browser, posted: dict[str, str], status: int) -> None:
    stage = stage_of(shop)
    before = draft_of(shop, stage)
    answer = change(browser, shop, stage, **posted)
    assert answer.status_code == status
    assert draft_of(shop, stage) == before


def test_ten_megabytes_of_label_are_refused(shop: Shop, browser: Browser) -> None:
    stage = stage_of(shop)
    answer = change(browser, shop, stage, do="button.label", button="miss", label="ы" * 5_000_000)
    assert 400 <= answer.status_code < 500


def test_whole_life_of_a_button(shop: Shop, browser: Browser) -> None:
    stage = stage_of(shop)
    answer = change(browser, shop, stage, do="button.add")
    assert answer.status_code == 200
    new = draft_of(shop, stage).buttons[-1]
    key, outcome = new["key"], new["outcomes"][0]["key"]
    assert new["hotkey"] == 8
    assert change(browser, shop, stage, do="button.add").status_code == 422
    for posted in (
        {"do": "button.icon", "button": key, "icon": "gift"},
        {"do": "button.tone", "button": key, "tone": "next"},
        {"do": "button.hotkey", "button": key, "hotkey": "1"},
        {"do": "button.move", "button": key, "to": "0"},
        {"do": "step.add", "button": key, "outcome": outcome, "kind": "deals.set_task"},
        {"do": "step.add", "button": key, "outcome": outcome, "kind": "deals.reset_misses"},
        {"do": "step.move", "button": key, "outcome": outcome, "number": "1", "to": "0"},
        {"do": "outcome.add", "button": key, "outcome": outcome},
    ):
        assert change(browser, shop, stage, f"button={key}", **posted).status_code == 200, posted
    first, old_first = draft_of(shop, stage).buttons[:2]
    assert (first["key"], first["hotkey"], first["icon"], first["is_next"]) == (key, 1, "gift", True)
    assert (old_first["key"], old_first["hotkey"]) == ("miss", 8)
    assert [step["kind"] for step in first["outcomes"][0]["steps"]] == ["deals.reset_misses", "deals.set_task"]
    assert first["outcomes"][1]["steps"] == first["outcomes"][0]["steps"]
    answer = browser.post(page(stage, "enable"), {"rev": draft_of(shop, stage).rev}, **HX)
    assert answer.status_code == 200
    change(browser, shop, stage, do="button.delete", button=key)
    assert key not in [one["key"] for one in draft_of(shop, stage).buttons]
    browser.post(page(stage, "drop"), {"rev": draft_of(shop, stage).rev})
    assert key in [one["key"] for one in draft_of(shop, stage).buttons]


def test_it_works_without_script(shop: Shop, browser: Browser) -> None:
    stage = stage_of(shop)
    posted = {"rev": draft_of(shop, stage).rev, "do": "button.label", "button": "miss", "label": "Тишина"}
    answer = browser.post(page(stage, "change?button=miss"), posted)
    assert answer.status_code == 302
    assert "Тишина" in browser.get(answer.url).content.decode()


def test_the_dry_run_tells_and_does_nothing(shop: Shop, browser: Browser) -> None:
    stage = stage_of(shop)
    with shop.as_(shop.cast.owner) as owner:
        client = make_client("Анна Смирнова", zone="Asia/Krasnoyarsk")
        deal = make_deal(owner, client=client)
    text = browser.get(page(stage, "?button=miss&q=Смирнова&misses=1"), **HX).content.decode()
    assert "Анна Смирнова" in text
    assert text.count("<time>") >= 2
    text = browser.get(page(stage, f"?button=miss&client={client.public_id}&misses=4")).content.decode()
    assert text.count("<time>") >= 2
    with shop.as_(shop.cast.owner):
        deal.refresh_from_db()
        assert deal.misses == 0
        assert not Press.objects.exists()
    assert browser.get(page(stage, "?button=miss&q=Никтотакой")).status_code == 200
    assert browser.get(page(stage, "?button=%00&client=%00&misses=x&open=-1&q=%00")).status_code == 200


def test_statistics_of_thirty_days(shop: Shop, browser: Browser) -> None:
    stage = stage_of(shop)
    now = datetime.now(UTC)
    with shop.as_(shop.cast.owner) as owner:
        from voronka.deals import services

        deal = make_deal(owner, now=now - timedelta(days=2))
        press(owner, deal, "miss", now=now - timedelta(days=1))
        done = press(owner, deal, "miss", now=now - timedelta(hours=20))
        services.undo(actor=owner, press_id=done.press_id, now=now - timedelta(hours=20))
        press(owner, deal, "back", at=(now + timedelta(days=1)).isoformat(), now=now - timedelta(hours=2))
        from voronka.deals.queries.editor import press_counts

        count = press_counts(stage.pk, "miss", since=now - timedelta(days=30))
    assert (count.pressed, count.undone, count.reached) == (2, 1, 100)


def test_rights(shop: Shop) -> None:
    stage = stage_of(shop)
    manager, stranger = sign_in(Browser(), shop.cast.colleague), sign_in(Browser(), shop.cast.stranger)
    rev = draft_of(shop, stage).rev
    for person, status in ((manager, 403), (stranger, 404)):
        for tail in ("", "history"):
            assert person.get(page(stage, tail)).status_code == status
        for tail in ("change", "enable", "drop", "restore/1"):
            posted = {"rev": rev, "do": "button.delete", "button": "miss"}
            assert person.post(page(stage, tail), posted).status_code == status, tail
    assert Browser().get(page(stage)).status_code == 302
    assert draft_of(shop, stage).rev == rev


def test_the_page_asks_a_bounded_number_of_questions(
    shop: Shop, browser: Browser, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    stage = stage_of(shop)
    with django_assert_max_num_queries(40):
        browser.get(page(stage, "?button=next&open=1"))


def test_no_pipeline_is_touched_by_another_companys_owner(shop: Shop) -> None:
    with shop.as_(shop.cast.stranger):
        assert not Pipeline.objects.exists()
