"""Addresses of automations."""

import uuid

from isolation_table import NOW, SECRET, Row, World

from voronka.flows import services
from voronka.flows.models import Run
from voronka.flows.services.drawing import drawn_of
from voronka.flows.testing import make_automation, make_scene, node
from voronka.messaging.models import Talk
from voronka.people.testing import make_client

SEE = "owner head manager marketer reader"
EDIT = "owner head marketer"
RUN = "owner head manager marketer"


def build(world: World) -> None:
    """Make an automation that is on, with a client of the manager's inside."""
    owner, manager = world.owner, world.people["manager"]
    client = make_client(owner, SECRET, responsible_id=manager.employee_id)
    row = make_automation(
        owner, {"kind": "people.by_hand"}, node(1, "wait", {"minutes": 60}), now=NOW, name=SECRET, again="always"
    )
    run = services.enter(row, client.pk, now=NOW)
    assert run is not None
    world.kept["automation"], world.kept["flow_walk"] = row.public_id, run.public_id
    other = make_client(owner, SECRET, responsible_id=manager.employee_id)
    stuck = services.enter(row, other.pk, now=NOW)
    assert stuck is not None
    Run.objects.filter(pk=stuck.pk).update(state="failed", error=SECRET, due_at=None)
    world.kept["flow_stuck"] = stuck.public_id
    scene = make_scene(owner, node(1, "ask", {"text": SECRET}), now=NOW, name=SECRET, first=False, words=SECRET)
    talk = Talk.objects.create(key=uuid.uuid4(), name=SECRET, last_at=NOW, begun_at=NOW)
    Run.objects.create(
        automation=scene, version=drawn_of(scene).version, subject_kind="talk", subject_id=talk.pk, node="n1",
        kept={"values": {"answer": SECRET}}, entered_at=NOW, moved_at=NOW,
    )  # fmt: skip
    world.kept["scenario"], world.kept["scene_talk"] = scene.public_id, talk.public_id
    world.kept["walker"], world.kept["automation_rev"] = client.public_id, drawn_of(row).rev


def _of(name: str):
    return lambda world: {"public_id": world.kept[name]}


def _again(world: World):
    return {"automation": world.kept["automation"]}


def _added(world: World):
    return {"do": "add", "place": "n1:next", "kind": "wait", "rev": world.kept["automation_rev"]}


ROWS = [
    Row("flows:automations", roles=SEE),
    Row("flows:automation-new", roles=EDIT),
    Row("flows:automation-new", "POST", roles=EDIT, answer=(302,), data=lambda world: {"name": "Новая"}),
    Row("flows:automation", roles=SEE, args=_of("automation")),
    Row("flows:automation-change", "POST", roles=EDIT, answer=(302,), args=_of("automation"), data=_added),
    Row(
        "flows:automation-change", "POST", roles=EDIT, answer=(302,), args=_of("automation"),
        data=lambda world: {"do": "hook"},
    ),
    # Whoever has the signed address may bring a client in: flows/tests/test_hooks.py; here nobody has it.
    Row(
        "flows:hook", "POST", is_open=True, answer=(404,),
        args=lambda world: {"token": f"{world.kept['automation']}-1-{'0' * 32}"},
    ),
    Row(
        "flows:automation-set-up", "POST", roles=EDIT, answer=(302,), args=_of("automation"),
        data=lambda world: {"do": "off"},
    ),
    Row("flows:scenarios", roles=SEE),
    Row("flows:scenario-new", roles=EDIT),
    Row("flows:scenario-new", "POST", roles=EDIT, answer=(302,), data=lambda world: {"name": "Новый"}),
    Row(
        "flows:scenario-try", "POST", roles=SEE, args=_of("scenario"), data=lambda world: {"do": "anew"},
    ),
    Row("flows:talk-panel", roles="owner head manager", args=_of("scene_talk")),
    Row("flows:runs", roles=SEE, args=_of("automation")),
    Row("flows:run", roles=SEE, args=_of("flow_walk")),
    Row(
        "flows:run-act", "POST", roles=RUN, answer=(302,), args=_of("flow_walk"), data=lambda world: {"do": "stop"},
    ),
    Row("flows:client-panel", roles=SEE, args=_of("walker")),
    Row("flows:client-bring", "POST", roles=RUN, answer=(302,), args=_of("walker"), data=_again),
]  # fmt: skip
