"""The buttons of a stage, set up by a program: drafted whole, checked by the types of steps, enabled, tried."""

import json

import pytest

from voronka.accounts import services as accounts
from voronka.accounts.testing import add_person
from voronka.connect.testing import Program
from voronka.deals.models import ButtonSet, Deal, Press, Stage
from voronka.deals.testing import Shop, make_client, make_deal, make_shop
from voronka.flows.ports import TalkStep
from voronka.kit.steps import all_steps
from voronka.people.models import CustomField

pytestmark = pytest.mark.django_db
TASK = {"kind": "deals.set_task", "when": "in", "minutes": 90}


@pytest.fixture
def shop() -> Shop:
    return make_shop()


@pytest.fixture
def program(shop: Shop) -> Program:
    return Program.of(add_person(shop.cast.owner, "head"))


@pytest.fixture
def stages(shop: Shop) -> list[str]:
    with shop.as_(shop.cast.owner):
        rows = Stage.objects.filter(pipeline__code="new_lead").order_by("position")
        return list(rows.values_list("public_id", flat=True))


def buttons(stage: str) -> list[dict]:
    forward = {
        "label": "Согласен",
        "result": "meeting",
        "steps": [{"kind": "deals.change_stage", "stage": stage}, TASK],
    }
    later = {"label": "Позже", "steps": [TASK]}
    return [
        {"label": "Замер", "icon": "ruler-measure", "tone": "next", "outcomes": [forward, later]},
        {
            "key": "miss",
            "label": "Недозвон",
            "outcomes": [{"label": "Недозвон", "result": "no_answer", "steps": [TASK]}],
        },
    ]


def put(program: Program, stage: str, given: list[dict], *, language: str = "en"):
    shown = Program(program.key, language=language)
    rev = shown.get(f"stages/{stage}/buttons").json()["rev"]
    return shown.call("PUT", f"stages/{stage}/buttons/draft", {"rev": rev, "buttons": given})


def count(shop: Shop, **named: object) -> int:
    with shop.as_(shop.cast.owner):
        return ButtonSet.objects.filter(**named).count()


def test_a_draft_is_put_enabled_and_pressed(shop, program, stages):
    stage, after = stages[0], stages[1]
    before = program.get(f"stages/{stage}/buttons").json()
    assert (before["draft"], before["live_version"], before["problems"]) == (None, 1, [])
    told = put(program, stage, buttons(after)).json()
    assert told["live"] == before["live"]
    measure, miss = told["draft"]
    assert (measure["hotkey"], miss["hotkey"], miss["key"], measure["tone"]) == (1, 2, "miss", "next")
    assert measure["key"]
    assert measure["key"] != "miss"
    step = measure["outcomes"][0]["steps"][1]
    assert step == {**TASK, "task": "call", "words": ""}
    enabled = program.post(f"stages/{stage}/buttons/enable", {"rev": told["rev"]}).json()
    assert (enabled["live"], enabled["draft"], enabled["live_version"]) == (told["draft"], None, 2)
    with shop.as_(shop.cast.owner) as owner:
        deal = make_deal(owner, client=make_client(call_opens_minute=0, call_closes_minute=1440))
    answer = Program.of(shop.cast.owner).post(f"deals/{deal.public_id}/press", {"button": measure["key"]})
    assert answer.status_code == 200, answer.content
    with shop.as_(shop.cast.owner):
        assert Deal.objects.get().stage.public_id == after


def test_what_was_read_may_be_put_as_it_is(program, stages):
    for stage in stages:
        live = program.get(f"stages/{stage}/buttons").json()["live"]
        told = put(program, stage, live)
        assert told.status_code == 200, told.content
        assert (told.json()["draft"], told.json()["problems"]) == (live, [])


def test_an_unfinished_draft_is_kept_and_says_what_it_lacks(program, stages):
    given = buttons(stages[1])
    given[0]["outcomes"][0]["steps"] = [{"kind": "deals.change_stage"}, TASK, TASK]
    given[1]["outcomes"][0]["steps"] = []
    told = put(program, stages[0], given).json()
    assert {one["place"] for one in told["problems"]} == {
        "buttons.0.outcomes.0.steps.0", "buttons.0.outcomes.0", "buttons.1.outcomes.0",
    }  # fmt: skip
    answer = program.post(f"stages/{stages[0]}/buttons/enable", {"rev": told["rev"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "not_ready")
    assert set(answer.json()["fields"]) == {one["place"] for one in told["problems"]}
    again = program.get(f"stages/{stages[0]}/buttons").json()
    assert (again["live_version"], again["rev"]) == (1, told["rev"])


@pytest.mark.parametrize(
    ("step", "place"),
    [
        ({"kind": "deals.nonsense"}, "kind"),
        ({"kind": ["deals.set_task"]}, "kind"),
        ({}, "kind"),
        ({"kind": "deals.set_task", "when": "never"}, "when"),
        ({"kind": "deals.set_task", "when": ["in"]}, "when"),
        ({"kind": "deals.set_task", "when": "in", "minutes": "soon"}, "minutes"),
        ({"kind": "deals.set_task", "when": "in", "minutes": 0}, "minutes"),
        ({"kind": "deals.set_task", "when": "in", "minutes": {"$gt": 1}}, "minutes"),
        ({"kind": "deals.set_task", "nonsense": 1}, "nonsense"),
        ({"kind": "deals.change_stage", "stage": "nowhere"}, "stage"),
        ({"kind": "deals.change_stage", "stage": {"id": 1}}, "stage"),
        ({"kind": "deals.assign", "employee": None}, "employee"),
        ({"kind": "deals.miss_ladder", "rungs": [1, [2], "x"]}, "rungs"),
        ({"kind": "deals.miss_ladder", "rungs": "5"}, "rungs"),
        ({"kind": "messaging.send_letter", "template": "none"}, "template"),
    ],
)
def test_a_step_that_its_type_does_not_allow_is_refused_at_its_place(shop, program, stages, step, place):
    given = buttons(stages[1])
    given[1]["outcomes"][0]["steps"] = [TASK, step]
    answer = put(program, stages[0], given)
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {f"buttons.1.outcomes.0.steps.1.{place}"}), (
        answer.content
    )
    assert count(shop, state="draft") == 0


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"label": "   "}, "label"),
        ({"label": "Н" * 19}, "label"),
        ({"icon": "nonsense"}, "icon"),
        ({"icon": "../x"}, "icon"),
        ({"tone": "pink"}, "tone"),
        ({"hotkey": 9}, "hotkey"),
        ({"key": "Miss!"}, "key"),
        ({"outcomes": []}, "outcomes"),
        ({"outcomes": [{"label": " \u202e "}]}, "outcomes.0.label"),
        ({"outcomes": [{"label": "a", "result": "won"}]}, "outcomes.0.result"),
        ({"outcomes": [{"label": "a", "key": "a"}, {"label": "b", "key": "a"}]}, "outcomes.0.key"),
        ({"colour": "ink"}, "colour"),
    ],
)
def test_a_button_that_cannot_be_is_refused_at_its_place(shop, program, stages, change, place):
    given = buttons(stages[1])
    given[1] |= change
    answer = put(program, stages[0], given)
    assert answer.status_code == 422, answer.content
    assert f"buttons.1.{place}" in answer.json()["fields"], answer.content
    assert count(shop, state="draft") == 0


def test_two_alike_and_too_many_are_refused(shop, program, stages):
    one = buttons(stages[1])[1]
    twins = put(program, stages[0], [one, one], language="ru")
    assert twins.json()["fields"] == {f"buttons.{at}.key": "Здесь два одинаковых." for at in (0, 1)}
    same_digit = put(program, stages[0], [{**one, "hotkey": 3}, {**one, "key": "", "hotkey": 3}])
    assert set(same_digit.json()["fields"]) == {"buttons.0.hotkey", "buttons.1.hotkey"}
    many = put(program, stages[0], [{**one, "key": ""}] * 9)
    assert (many.status_code, set(many.json()["fields"])) == (422, {"buttons"})
    assert len(put(program, stages[0], [{**one, "key": ""}] * 8).json()["draft"]) == 8


def test_nobodys_edit_is_written_over(shop, program, stages):
    stage = stages[0]
    seen = program.get(f"stages/{stage}/buttons").json()["rev"]
    first = put(program, stage, buttons(stages[1])).json()
    for path, sent in (
        ("draft", {"rev": seen, "buttons": []}),
        ("enable", {"rev": seen}),
        ("drop", {"rev": seen}),
        ("versions/1/restore", {"rev": seen}),
    ):
        answer = program.call("PUT" if path == "draft" else "POST", f"stages/{stage}/buttons/{path}", sent)
        assert (answer.status_code, answer.json()["code"], answer.json()["rev"]) == (409, "draft_moved", first["rev"])
    assert program.get(f"stages/{stage}/buttons").json() == first


def test_a_draft_is_thrown_away_and_an_earlier_version_comes_back(program, stages):
    stage = stages[0]
    first = program.get(f"stages/{stage}/buttons").json()["live"]
    dropped = program.post(
        f"stages/{stage}/buttons/drop", {"rev": put(program, stage, buttons(stages[1])).json()["rev"]}
    ).json()
    assert (dropped["draft"], dropped["live"]) == (None, first)
    rev = put(program, stage, buttons(stages[1])).json()["rev"]
    enabled = program.post(f"stages/{stage}/buttons/enable", {"rev": rev}).json()
    versions = program.get(f"stages/{stage}/buttons/versions").json()["items"]
    assert [(one["version"], one["is_live"]) for one in versions] == [(2, True), (1, False)]
    assert [one["buttons"] for one in versions] == [enabled["live"], first]
    restored = program.post(f"stages/{stage}/buttons/versions/1/restore", {"rev": enabled["rev"]}).json()
    assert (restored["draft"], restored["live"]) == (first, enabled["live"])
    nothing = program.post(f"stages/{stage}/buttons/versions/7/restore", {"rev": restored["rev"]})
    assert nothing.status_code == 404


def test_an_outcome_is_tried_on_a_client_and_nothing_is_done(shop, program, stages):
    with shop.as_(shop.cast.owner) as owner:
        deal = make_deal(owner, client=make_client(call_opens_minute=0, call_closes_minute=1440))
        client, name = deal.client.public_id, Stage.objects.get(public_id=stages[1]).name
    draft = put(program, stages[0], buttons(stages[1])).json()["draft"]
    sent = {"client": client, "button": draft[0]["key"]}
    told = program.post(f"stages/{stages[0]}/buttons/try", sent).json()["effects"]
    assert [one["code"] for one in told] == ["stage", "task"]
    assert name in told[0]["words"]
    assert told[1]["at"]
    other = {**sent, "outcome": draft[0]["outcomes"][1]["key"]}
    assert [one["code"] for one in program.post(f"stages/{stages[0]}/buttons/try", other).json()["effects"]] == [
        "task"
    ]
    live = program.post(f"stages/{stages[0]}/buttons/try", {**sent, "which": "live"})
    assert live.json()["fields"] == {"button": "The stage has no such button."}
    for wrong, place in (({"outcome": "none"}, "outcome"), ({"client": "nobody"}, "client")):
        answer = program.post(f"stages/{stages[0]}/buttons/try", {**sent, **wrong})
        assert (answer.status_code, set(answer.json()["fields"])) == (422, {place})
    with shop.as_(shop.cast.owner):
        assert not Press.objects.exists()
        assert Deal.objects.get().stage.public_id == stages[0]


def test_a_client_of_no_deal_is_tried_on_too(shop, program, stages):
    with shop.as_(shop.cast.owner):
        client = make_client(call_opens_minute=0, call_closes_minute=1440).public_id
    live = program.get(f"stages/{stages[0]}/buttons").json()["live"]
    for button in live:
        for outcome in button["outcomes"]:
            sent = {
                "client": client,
                "button": button["key"],
                "outcome": outcome["key"],
                "which": "live",
                "misses": 2,
            }
            answer = program.post(f"stages/{stages[0]}/buttons/try", sent)
            assert answer.status_code in (200, 409, 422), answer.content
    with shop.as_(shop.cast.owner):
        assert not Deal.objects.exists()


def test_an_unfinished_outcome_is_not_tried(shop, program, stages):
    with shop.as_(shop.cast.owner):
        client = make_client().public_id
    given = buttons(stages[1])
    given[1]["outcomes"][0]["steps"] = [{"kind": "deals.change_stage"}]
    put(program, stages[0], given)
    answer = program.post(f"stages/{stages[0]}/buttons/try", {"client": client, "button": "miss"})
    assert (answer.status_code, answer.json()["code"]) == (409, "bad_step")


def test_every_kind_of_step_says_how_it_is_set_up(program, stages):
    kinds = {one["kind"]: one for one in program.get(f"stages/{stages[0]}/step-kinds").json()["items"]}
    # What only an order can do is for the statuses of orders, what only a client or a visitor for their automations.
    suited = [one for one in all_steps() if not issubclass(one, TalkStep)]  # those of scenarios need a talk
    assert set(kinds) == {
        one.kind for one in suited if not one.kind.startswith(("orders.", "work.", "people.", "site."))
    }
    moving = kinds["deals.change_stage"]
    assert moving["schema"]["properties"].keys() == {"stage"}
    assert [one["value"] for one in moving["settings"][0]["options"]] == stages
    task = {one["name"]: one for one in kinds["deals.set_task"]["settings"]}
    assert task["minutes"]["matters_when"] == {"when": ["in"]}
    assert task["when"]["options"] is None
    assert set(task["when"]["words"]) == set(kinds["deals.set_task"]["schema"]["properties"]["when"]["enum"])
    assert kinds["deals.set_task"]["ending"] == "next"
    json.dumps(kinds)


def test_a_step_of_a_switched_off_module_stays_and_is_not_added(shop, program, stages):
    owner = Program.of(shop.cast.owner)
    modules = [one["code"] for one in owner.get("company").json()["modules"]]
    kinds = {one["kind"] for one in program.get(f"stages/{stages[0]}/step-kinds").json()["items"]}
    assert owner.call("PATCH", "company", {"modules_off": modules}).status_code == 200
    left = {one["kind"] for one in program.get(f"stages/{stages[0]}/step-kinds").json()["items"]}
    gone = sorted(kinds - left)
    assert gone
    given = buttons(stages[1])
    given[1]["outcomes"][0]["steps"] = [TASK, {"kind": gone[0]}]
    answer = put(program, stages[0], given)
    assert answer.json()["fields"] == {"buttons.1.outcomes.0.steps.1.kind": "There is no such step."}


def test_what_a_step_would_write_into_a_hidden_field_is_not_told(shop, stages):
    with shop.as_(shop.cast.owner) as owner:
        CustomField.objects.create(code="budget", name="Бюджет", kind="text")
        role = accounts.make_role(actor=owner, name="Настройщик", like="head")
        wanted = accounts.RoleChoices(fields={"deal.tags": 0})
        accounts.change_role(actor=owner, role_id=role.pk, wanted=wanted)
        client = make_client(call_opens_minute=0, call_closes_minute=1440).public_id
        narrow = add_person(owner, role.code)
    tag = {"kind": "deals.add_tag", "tag": "тайная"}
    kinds = {one.kind for one in all_steps()}
    assert tag["kind"] in kinds, sorted(kinds)
    given = buttons(stages[1])
    given[1]["outcomes"][0]["steps"] = [tag, TASK]
    head = Program.of(add_person(shop.cast.owner, "head"))
    assert put(head, stages[0], given).status_code == 200
    sent = {"client": client, "button": "miss"}
    said = [
        [one["code"] for one in one_of.post(f"stages/{stages[0]}/buttons/try", sent).json()["effects"]]
        for one_of in (head, Program.of(narrow))
    ]
    assert said == [["tag", "task"], ["task"]]
