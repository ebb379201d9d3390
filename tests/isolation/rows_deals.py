"""Addresses of deals."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO

from isolation_table import EVERYBODY, SECRET, Row, World

from voronka.accounts.queries import public_ids_of_employees as list_public_ids
from voronka.catalogue.testing import make_goods
from voronka.deals.models import Deal, Pipeline, Stage
from voronka.deals.rules import edits
from voronka.deals.services import editing, filling, goods, handovers, inbox, pipelines, share_rules, walking
from voronka.deals.services.shipped import ship
from voronka.deals.testing import make_client, make_deal, press
from voronka.kit.actors import Actor
from voronka.kit.models import StoredFile
from voronka.kit.tenancy import company_context
from voronka.people import services as people
from voronka.people.models import Blocked, Client, ContactPoint, ImportRun, InboxLead
from voronka.people.services import TouchData

SEES = "owner head manager marketer accountant reader"
WORKS = "owner head manager"
OPENS = "owner head manager marketer"
SETS_UP = "owner head"


def build(world: World) -> None:
    """Make a manager's deal with a press an hour ago, in the shipped pipelines."""
    now = datetime.now(UTC)
    manager = world.people["manager"]
    ship(actor=world.owner, now=now)
    pipeline = Pipeline.objects.get(code="new_lead")
    Pipeline.objects.filter(pk=pipeline.pk).update(name=f"{SECRET} воронка")
    stages = list(Stage.objects.filter(pipeline=pipeline).order_by("position"))
    draft = editing.get_draft(world.owner, stages[0].public_id)
    draft = editing.change(
        actor=world.owner,
        stage_id=stages[0].public_id,
        rev=draft.rev,
        edit=lambda document: edits.set_label(document, "miss", "Тишина"),
        now=now,
    )
    with company_context(world.company_id, employee_id=manager.employee_id):
        client = make_client(SECRET, zone="Europe/Moscow", call_opens_minute=0, call_closes_minute=1440)
        ContactPoint.objects.create(client=client, kind="phone", value="+79161234567")
        deal = make_deal(manager, client=client, now=now - timedelta(hours=2), responsible_id=manager.employee_id)
        pressed = press(manager, deal, "miss", "busy", now=now - timedelta(hours=1))
    with company_context(world.company_id, employee_id=world.owner.employee_id):
        given = make_deal(world.owner, client=client, now=now, responsible_id=world.owner.employee_id)
        mate_id = world.people["head"].person_id
        handed = handovers.hand_over_all(
            actor=world.owner, employee_id=world.owner.person_id, way="person", to_employee_id=mate_id, now=now
        )
        _leads(world, now)
        turns = share_rules.RuleDraft(name=f"{SECRET} по кругу", way="turn")
        rule = share_rules.add_rule(actor=world.owner, pipeline_id=pipeline.public_id, draft=turns)
        mate = list_public_ids([mate_id])[mate_id]
    world.kept |= {
        "pipeline": pipeline.public_id,
        "stage": stages[0].public_id,
        "spare_stage": pipelines.add_stage(
            actor=world.owner, pipeline_id=pipeline.public_id, name="Запас", now=now
        ).public_id,
        "rev": draft.rev,
    }
    with world.inside():
        walk = walking.start(
            actor=world.owner,
            subject="deal",
            ids=[deal.pk],
            name=f"{SECRET} обзвон",
            query="",
            is_shared=False,
            now=now,
        )
        world.kept["deal_file"] = _own_fields(world, deal, now)
        _goods(world, manager, client, now)
    world.kept["walk"] = walk.public_id
    world.kept |= {"rule": rule.public_id, "hand_over": handed.public_id, "mate": mate, "given": given.public_id}
    world.kept |= {"deal": deal.public_id, "client": client.public_id, "press": pressed.press_id}
    _run(world)


def _deal(world: World) -> dict[str, str]:
    return {"public_id": world.kept["deal"]}


def _own_fields(world: World, deal: Deal, now: datetime) -> str:
    """Give deals own fields, and this one a file in one of them; return the file's public id."""
    for code, kind in (("own_note", "text"), ("own_file", "file")):
        people.add_field(actor=world.owner, name=f"{SECRET} {kind}", kind=kind, subject="deal", code=code)
    filled = filling.fill_file(
        actor=world.owner, deal_public_id=deal.public_id, code="deal.custom.own_file", source=BytesIO(b"%PDF"),
        name="договор.pdf", content_type="application/pdf", seen=None, now=now,
    )  # fmt: skip
    return str(filled.fields["own_file"])


def _goods(world: World, manager: Actor, client: Client, now: datetime) -> None:
    """Make a deal of the manager's in which something of the catalogue and something told in words are sold."""
    deal = make_deal(world.owner, client=client, now=now, responsible_id=manager.employee_id)
    table = make_goods(f"{SECRET} стол")
    for draft in (
        goods.LineDraft(variant=table.public_id),
        goods.LineDraft(name=f"{SECRET} сборка", price=Decimal(500)),
    ):
        done = goods.add_goods(actor=world.owner, deal_public_id=deal.public_id, draft=draft, now=now)
    world.kept |= {
        "goods_deal": deal.public_id,
        "goods_line": done.lines[-1].public_id,
        "goods_variant": table.public_id,
    }


def _goods_deal(world: World) -> dict[str, str]:
    return {"public_id": world.kept["goods_deal"]}


def _goods_line(world: World) -> dict[str, str]:
    return {**_goods_deal(world), "line": world.kept["goods_line"]}


def _deal_file(world: World) -> dict[str, str]:
    return {**_deal(world), "file_id": world.kept["deal_file"]}


def _own_field(world: World) -> dict[str, str]:
    return {**_deal(world), "code": "deal.custom.own_note"}


def _leads(world: World, now: datetime) -> None:
    """Leave requests in the inbox: one that waits, one attached, one that is spam and its sender blocked."""
    for key, number in (("lead", 1), ("sorted_lead", 2), ("spam_lead", 3)):
        touch = TouchData(
            channel="form", name=f"{SECRET} {number}", phones=(f"+7916000000{number}",), signs=("links",)
        )
        people.receive(actor=Actor.system(world.company_id), touch=touch, now=now, address="203.0.113.7")
        world.kept[key] = InboxLead.objects.order_by("-id")[0].public_id
    owner = world.owner
    inbox.accept(actor=owner, public_id=world.kept["sorted_lead"], now=now)
    people.reject(actor=owner, public_ids=[world.kept["spam_lead"]], now=now, block=True)
    world.kept["blocked"] = Blocked.objects.get().public_id


def _mate(world: World) -> dict[str, str]:
    return {"public_id": world.kept["mate"]}


def _field(world: World) -> dict[str, str]:
    return {"public_id": world.kept["deal"], "code": "deal.sum"}


def _of(key: str):
    return lambda world: {"public_id": world.kept[key]}


def _rev(**more: str):
    return lambda world: {"rev": world.kept["rev"], **more}


def _button(key: str):
    return lambda world: {"public_id": world.kept["deal"], "button": key}


def _pressed(world: World) -> dict[str, str]:
    return {"request_id": str(uuid.UUID(int=7)), "outcome": "busy"}


def _run(world: World) -> str:
    """Return an import of company A, made here where its own part has left none."""
    if "offer_run" not in world.kept:
        with world.inside():
            file = StoredFile.objects.create(
                company_id=world.company_id, subject_kind="import", subject_id=1, name="a.csv",
                content_type="text/csv", size=1, sha256="0" * 64, key="a", added_at=datetime.now(UTC),
            )  # fmt: skip
            world.kept["offer_run"] = ImportRun.objects.create(file=file, state="done").public_id
    return str(world.kept["offer_run"])


ROWS = [
    Row("deals:home", answer=(302,)),
    Row("deals:guide", roles="owner"),
    Row("deals:guide-trade", "POST", roles="owner", answer=(409,), data=lambda w: {"trade": "shop"}),
    Row("deals:guide-example", "POST", roles="owner", answer=(409,)),
    Row("deals:guide-clear", "POST", roles="owner", answer=(302,)),
    Row("deals:guide-leave", "POST", roles="owner", answer=(302,)),
    Row("deals:workplace", roles=WORKS),
    Row("deals:ahead", roles=WORKS, answer=(200, 204)),
    Row("deals:search", roles=EVERYBODY, data=lambda w: {"q": "+79161234567"}),
    Row("deals:queue-order", roles=EVERYBODY),
    Row("deals:deal-detail", roles=SEES, args=_deal, by_record=True),
    Row("deals:feed", roles=SEES, args=_deal, by_record=True),
    Row(
        "deals:note-add",
        "POST",
        roles="owner head manager marketer",
        answer=(302,),
        args=_deal,
        data=lambda w: {"text": "Заметка"},
        by_record=True,
    ),
    Row("deals:phrase", roles=SEES, args=_deal, data=lambda w: {"q": "завтра в 10"}, by_record=True),
    Row("deals:lease-renew", "POST", roles=SEES, answer=(204, 409), args=_deal, by_record=True),
    Row("deals:lease-release", "POST", roles=SEES, answer=(204,), args=_deal, by_record=True),
    Row("deals:press", "POST", roles=WORKS, answer=(302,), args=_button("miss"), data=_pressed, by_record=True),
    Row("deals:press-ask", roles=WORKS, args=_button("back"), by_record=True),
    Row("deals:press-menu", roles=SEES, args=_button("miss"), by_record=True),
    Row("deals:press-detail", roles=SEES, args=lambda w: {"press_id": w.kept["press"]}, by_record=True),
    Row(
        "deals:press-undo",
        "POST",
        roles="owner head",
        answer=(302,),
        args=lambda w: {"press_id": w.kept["press"]},
        by_record=True,
    ),
    Row("deals:file", roles=SEES, args=_deal_file, by_record=True),
    Row("deals:papers", roles=SEES, args=_goods_deal, by_record=True),
    Row("deals:goods", roles=SEES, args=_goods_deal, by_record=True),
    Row("deals:goods-pick", roles=SEES, args=_goods_deal, data=lambda w: {"q": "стол"}, by_record=True),
    Row(
        "deals:goods-add",
        "POST",
        roles=WORKS,
        answer=(302,),
        args=_goods_deal,
        data=lambda w: {"variant": w.kept["goods_variant"], "price": "1000"},
        by_record=True,
    ),
    Row(
        "deals:goods-line",
        "POST",
        roles=WORKS,
        answer=(302,),
        args=_goods_line,
        data=lambda w: {"quantity": "2", "price": "500"},
        by_record=True,
    ),
    Row("deals:field", roles=WORKS, args=_own_field, by_record=True),
    Row(
        "deals:field",
        "POST",
        roles=WORKS,
        answer=(302,),
        args=_own_field,
        data=lambda w: {"value": "Паркет", "seen": ""},
        by_record=True,
    ),
    Row("deals:field", roles=WORKS, args=_field, by_record=True),
    Row(
        "deals:field",
        "POST",
        roles=WORKS,
        answer=(302,),
        args=_field,
        data=lambda w: {"value": "1500", "seen": ""},
        by_record=True,
    ),
    Row("deals:deal-list", roles=SEES),
    Row(
        "deals:deal-list", roles=SEES, data=lambda w: {"f.custom.own_note:empty": "no", "columns": "custom.own_note"}
    ),
    Row("deals:deal-list", roles=SEES, data=lambda w: {"f.step": "today", "f.client.vip": "yes", "add": "sum"}),
    Row("deals:board", roles=SEES),
    Row("deals:board", roles=SEES, data=lambda w: {"pipeline": w.kept["pipeline"], "f.over": "no"}),
    Row("deals:board-more", roles=SEES, args=_of("stage"), data=lambda w: {"rest": "5"}),
    Row("deals:funnel", roles=SEES),
    Row("deals:deal-move", roles=WORKS, args=_deal, by_record=True),
    Row("deals:deal-move", roles=WORKS, args=_deal, data=lambda w: {"to": w.kept["spare_stage"]}, by_record=True),
    Row("deals:walk-list", roles=WORKS),
    Row("deals:walk-new", roles=WORKS, data=lambda w: {"of": "deal", "query": "f.step=unpromised"}),
    Row("deals:walk-new", roles=WORKS, data=lambda w: {"of": "client", "query": "f.vip=no"}),
    Row(
        "deals:walk-new",
        "POST",
        roles=WORKS,
        answer=(302,),
        data=lambda w: {"of": "deal", "query": "", "name": "Обзвон"},
    ),
    Row("deals:walk", roles="owner", args=_of("walk"), by_record=True),
    Row("deals:walk-next", roles="owner", args=_of("walk"), by_record=True),
    Row("deals:walk-ahead", roles="owner", args=_of("walk"), by_record=True, answer=(200, 204)),
    Row(
        "deals:walk-open",
        "POST",
        roles="owner",
        answer=(302, 409),
        args=lambda w: {"public_id": w.kept["walk"], "position": 0},
        data=lambda w: {"pipeline": w.kept["pipeline"]},
        by_record=True,
    ),
    Row(
        "deals:walk-skip",
        "POST",
        roles="owner",
        answer=(302, 409),
        args=lambda w: {"public_id": w.kept["walk"], "position": 0},
        by_record=True,
    ),
    Row("deals:walk-stop", "POST", roles="owner", answer=(302,), args=_of("walk"), by_record=True),
    Row("deals:deal-export", roles="owner head marketer", args=lambda w: {"code": "csv"}),
    Row("deals:deal-new", roles=OPENS),
    Row("deals:deal-new", roles=OPENS, data=lambda w: {"client": w.kept["client"]}),
    Row(
        "deals:deal-new",
        "POST",
        roles=OPENS,
        answer=(302,),
        data=lambda w: {
            "client": w.kept["client"],
            "pipeline": w.kept["pipeline"],
            "responsible": "me",
            "first": "now",
        },
    ),
    Row("deals:client-purchases", roles=SEES, args=lambda w: {"public_id": w.kept["client"]}),
    Row("deals:client-deals", roles=SEES, args=lambda w: {"public_id": w.kept["client"]}),
    Row("deals:import-offer", roles=OPENS, args=lambda w: {"public_id": _run(w)}),
    Row(
        "deals:import-offer",
        "POST",
        roles=OPENS,
        args=lambda w: {"public_id": _run(w)},
        data=lambda w: {"pipeline": w.kept["pipeline"], "days": "5", "responsible": "pool"},
    ),
    Row("deals:waiting", roles=SEES),
    Row("deals:inbox", roles=OPENS),
    Row("deals:inbox-export", roles="owner head marketer", args=lambda w: {"code": "csv"}),
    Row("deals:inbox", roles=OPENS, data=lambda w: {"tab": "waiting", "lead": w.kept["lead"]}),
    Row("deals:inbox-find", roles=OPENS, args=_of("lead"), data=lambda w: {"q": SECRET}),
    Row("deals:inbox-accept", "POST", roles=OPENS, answer=(302,), args=_of("lead")),
    Row(
        "deals:inbox-attach",
        "POST",
        roles=OPENS,
        answer=(302,),
        args=_of("lead"),
        data=lambda w: {"client": w.kept["client"]},
    ),
    Row("deals:inbox-back", "POST", roles=OPENS, answer=(302,), args=_of("sorted_lead")),
    Row(
        "deals:inbox-bulk-spam",
        "POST",
        roles=OPENS,
        answer=(302,),
        data=lambda w: {"lead": w.kept["lead"], "block": "1"},
    ),
    Row("deals:inbox-bulk-unspam", "POST", roles=OPENS, answer=(302,), data=lambda w: {"ids": w.kept["spam_lead"]}),
    Row("deals:inbox-settings", roles="owner"),
    Row("deals:inbox-settings", "POST", roles="owner", answer=(302,), data=lambda w: {"way_form": "inbox"}),
    Row("deals:inbox-unblock", "POST", roles="owner", answer=(302,), args=_of("blocked")),
    # --- set-up
    Row("deals:share-rules", roles=SETS_UP, args=_of("pipeline")),
    Row("deals:share-rules", roles=SETS_UP, args=_of("pipeline"), data=lambda w: {"who": SECRET, "channel": "form"}),
    Row(
        "deals:share-rules",
        "POST",
        roles=SETS_UP,
        answer=(302,),
        args=_of("pipeline"),
        data=lambda w: {"way": "turn", "hours": "any"},
    ),
    Row("deals:share-rule", roles=SETS_UP, args=_of("rule")),
    Row(
        "deals:share-rule",
        "POST",
        roles=SETS_UP,
        answer=(302,),
        args=_of("rule"),
        data=lambda w: {"way": "load", "hours": "now"},
    ),
    Row("deals:share-rule-move", "POST", roles=SETS_UP, answer=(302,), args=_of("rule"), data=lambda w: {"to": "1"}),
    Row("deals:share-rule-drop", "POST", roles=SETS_UP, answer=(302,), args=_of("rule")),
    Row("deals:hand-over", roles=SETS_UP, args=_mate),
    Row("deals:hand-over", "POST", roles=SETS_UP, answer=(302,), args=_mate, data=lambda w: {"way": "pool"}),
    Row("deals:hand-over-panel", roles=SETS_UP, args=_mate),
    Row("deals:hand-over-undo", "POST", roles=SETS_UP, answer=(302,), args=_of("hand_over")),
    Row("deals:pipelines", roles=SETS_UP),
    Row("deals:pipelines", "POST", roles=SETS_UP, answer=(302,), data=lambda w: {"name": "Партнёры"}),
    Row("deals:reason-add", "POST", roles=SETS_UP, answer=(302,), data=lambda w: {"reason": "Ушёл к соседу"}),
    Row(
        "deals:reason",
        "POST",
        roles=SETS_UP,
        answer=(302,),
        args=lambda w: {"code": "other"},
        data=lambda w: {"reason": "Иное", "is_active": "1"},
    ),
    Row("deals:pipeline", roles=SETS_UP, args=_of("pipeline")),
    Row(
        "deals:pipeline",
        "POST",
        roles=SETS_UP,
        answer=(302,),
        args=_of("pipeline"),
        data=lambda w: {"part": "stage", "name": "Замер"},
    ),
    Row(
        "deals:pipeline-move", "POST", roles=SETS_UP, answer=(302,), args=_of("pipeline"), data=lambda w: {"to": "1"}
    ),
    Row("deals:stage", roles=SETS_UP, args=_of("stage")),
    Row(
        "deals:stage",
        "POST",
        roles=SETS_UP,
        answer=(302,),
        args=_of("stage"),
        data=lambda w: {"name": "Новые", "probability": "15", "norm_days": "2"},
    ),
    Row("deals:stage-move", "POST", roles=SETS_UP, answer=(302,), args=_of("stage"), data=lambda w: {"to": "1"}),
    Row("deals:stage-delete", "POST", roles=SETS_UP, answer=(302,), args=_of("spare_stage")),
    Row("deals:stage-buttons", roles=SETS_UP, args=_of("stage")),
    Row("deals:stage-buttons-history", roles=SETS_UP, args=_of("stage")),
    Row(
        "deals:stage-buttons-change",
        "POST",
        roles=SETS_UP,
        answer=(302,),
        args=_of("stage"),
        data=_rev(do="button.label", button="miss", label="Не ответил"),
    ),
    Row("deals:stage-buttons-enable", "POST", roles=SETS_UP, answer=(302,), args=_of("stage"), data=_rev()),
    Row("deals:stage-buttons-drop", "POST", roles=SETS_UP, answer=(302,), args=_of("stage"), data=_rev()),
    Row(
        "deals:stage-buttons-restore",
        "POST",
        roles=SETS_UP,
        answer=(302,),
        args=lambda w: {"public_id": w.kept["stage"], "version": 1},
        data=_rev(),
    ),
]
