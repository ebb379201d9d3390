"""The table of all operations of the API: which roles may, by which key, and how each is asked so that it succeeds.

A new operation fails `test_api.py` until it has its row here. Rows are tried with keys of every role and of another
company, with keys of the wrong scope, and by nobody; also by the fuzzer, which begins with these requests.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from api_answers import ROWS as ANSWERS
from api_automations import ROWS as AUTOMATIONS
from api_campaigns import ROWS as CAMPAIGNS
from api_goods import ROWS as GOODS
from api_orders import ROWS as ORDERS
from api_promo import ROWS as PROMO
from api_referrals import ROWS as REFERRALS
from api_replenish import ROWS as REPLENISH
from api_row import ApiRow, Given
from api_row import kept as _kept
from api_settings import ROWS as SETTINGS
from api_settings import build as build_settings
from api_sites import ROWS as SITES
from api_stock import ROWS as STOCK
from api_supply import ROWS as SUPPLY
from api_surveys import ROWS as SURVEYS
from api_talks import ROWS as TALKS
from api_trials import ROWS as TRIALS
from django.core.files.uploadedfile import SimpleUploadedFile
from isolation_table import SECRET, World

from voronka.billing.testing import OWN_ACCOUNT
from voronka.billing.tests.test_rules_statements import file as bank_file
from voronka.billing.tests.test_rules_statements import paper as bank_paper
from voronka.billing.tests.test_rules_statements import part as bank_part
from voronka.deals.models import Deal
from voronka.people.models import Client as ClientRow
from voronka.people.models import ContactPoint, CustomField, LikelyPair

SEES_CLIENTS = "owner head manager marketer storekeeper cashier accountant reader"
EDITS = "owner head manager marketer"
CREATES = "owner head manager marketer cashier"
SEES_DEALS = "owner head manager marketer accountant reader"
WORKS = "owner head manager"
OPENS = "owner head manager marketer"
IMPORTS = "owner head marketer"
REPORTS = "owner head manager marketer reader"
SETS_TASKS = "owner head manager marketer storekeeper cashier accountant"
MANAGER = "manager"
OWNER = "owner"  # of records that are each one's own
SETS_UP = "owner head"
BULK = "owner head marketer"
SEES_PAPERS = "owner head manager accountant cashier storekeeper reader"
ISSUES = "owner head manager accountant"
SEES_MONEY = "owner head accountant cashier reader"
TAKES_MONEY = "owner head accountant cashier"
PLANS = "owner head manager marketer storekeeper cashier accountant"


def _saved(name: str) -> Given:
    return lambda world: {"saved": world.kept["views"][name]}


_client, _deal, _run, _hook, _hand = (
    _kept(client="mine"),
    _kept(deal="deal"),
    _kept(run="api_run"),
    _kept(webhook="webhook"),
    _kept(task="hand"),
)


def _bulk(state: str) -> Given:
    return lambda world: {"change": world.kept["bulk"][state]}


def _vip(world: World) -> dict[str, Any]:
    return {"action": "vip", "value": True}


def _own_file(world: World) -> dict[str, Any]:
    return {"deal": world.kept["deal"], "code": "own_file"}


def _position(world: World) -> dict[str, Any]:
    return {"walk": world.kept["hand_walk"], "position": 0}


LATER = (datetime.now(UTC) + timedelta(hours=5)).isoformat()
SOON = (datetime.now(UTC) + timedelta(days=3)).isoformat()  # once: a request that is repeated is the same to the sign


def build(world: World) -> None:
    """Make what the operations need beyond the records of the parts: an organisation, a field, an import."""
    from io import BytesIO

    from voronka.accounts.services import save_view
    from voronka.people.services import imports

    build_settings(world)
    now = datetime.now(UTC)
    with world.inside():
        manager = world.people["manager"]
        responsible = {"responsible_id": manager.employee_id, "zone": "Europe/Moscow"}
        world.kept["organisation"] = ClientRow.objects.create(
            name="ООО Ладная кухня", kind="organisation", **responsible
        ).public_id
        mine = ClientRow.objects.create(name=f"{SECRET} Анна", city="Омск", **responsible)
        ContactPoint.objects.create(client=mine, kind="phone", value="+79161234568")
        ContactPoint.objects.create(client=mine, kind="email", value="mine@client-zavod.ru")
        world.kept["mine"] = mine.public_id
        person = ClientRow.objects.create(name="Иванов Пётр", **responsible)
        world.kept["person"] = person.public_id
        LikelyPair.objects.create(one=mine, other=person, score=90, signs=["city"])
        world.kept["api_field"] = CustomField.objects.create(code="length", name="Длина", kind="number").public_id
        Deal.objects.filter(public_id=world.kept["deal"]).update(title="Кухня")
        kept = save_view(actor=world.owner, subject="deal", name="Все", query="state=all", is_shared=True, now=now)
        world.kept["views"]["deals"] = kept.public_id
        file = BytesIO("Имя;Телефон\nАнна;+79161230001\n".encode())
        world.kept["api_run"] = imports.start_import(
            actor=world.owner, source=file, name="a.csv", content_type="text/csv", now=now
        ).public_id
        for state in ("ready", "running", "paused", "done"):
            run = imports.start_import(
                actor=world.owner, source=BytesIO(b"name;phone\nAnna;+79161230002\n"), name="b.csv", now=now
            )
            type(run).objects.filter(pk=run.pk).update(state=state, preview={"rejected": 0, "shown": []})
            world.kept[f"run_{state}"] = run.public_id
    build_day(world)


def build_day(world: World) -> None:
    """Make what the operations of a working day need: a reminder of the owner's, a list in his hands, a moved task."""
    from voronka.deals.services import walking
    from voronka.people.services import add_field
    from voronka.work import services

    now = datetime.now(UTC)
    with world.inside():
        owner = world.owner
        world.kept["own_reminder"] = services.remind_me(actor=owner, text="Почта", at=now, now=now).public_id
        world.kept["file_field"] = add_field(actor=owner, name="Договор", kind="file").code
        called = ClientRow.objects.create(
            name="Обзвон", zone="Europe/Moscow", call_opens_minute=0, call_closes_minute=1440
        )
        walk = walking.start(
            actor=owner, subject="client", ids=[called.pk], name="Обзвон", query="", is_shared=False, now=now
        )
        assert walking.take(actor=owner, walk_id=walk.public_id, now=now) is not None
        world.kept["hand_walk"] = walk.public_id
        # Signed tomorrow: the word holds for ten minutes, and many requests are made by this world.
        with patch("django.core.signing.time.time", return_value=now.timestamp() + 86_400):
            moved = services.reschedule_task(
                actor=owner, public_id=world.kept["task"], at=now + timedelta(hours=4), now=now
            )
        world.kept["undo_word"] = moved.undo


def _csv(world: World) -> SimpleUploadedFile:
    return SimpleUploadedFile("clients.csv", "Имя;Телефон\nАнна;+79161230003\n".encode(), "text/csv")


def _statement(world: World) -> SimpleUploadedFile:
    text = bank_file(
        bank_part(OWN_ACCOUNT, "0.00", "9.00", "0.00", "9.00"), bank_paper("79", "9.00", OWN_ACCOUNT),
        accounts=(OWN_ACCOUNT,),
    )  # fmt: skip
    return SimpleUploadedFile("kl.txt", text.encode())


ROWS = [
    ApiRow("get_me"),
    ApiRow("list_facets", args=lambda w: {"subject": "client"}, names=False),
    ApiRow("list_clients", SEES_CLIENTS, query=lambda w: {"limit": 5, "f.name": "а"}),
    ApiRow("search_clients", SEES_CLIENTS, query=lambda w: {"q": "79161234567"}),
    ApiRow("create_client", CREATES, (201,), sent=lambda w: {"name": "Новикова Ольга", "city": "Омск"}),
    ApiRow("find_duplicates", SEES_CLIENTS, sent=lambda w: {"name": "Новикова Ольга"}),
    ApiRow("get_client", SEES_CLIENTS, args=_client, by_record=True),
    ApiRow(
        "update_client", EDITS, args=_client, by_record=True, sent=lambda w: {"city": "Тула"},
        headers=lambda w: {"If-Match": '"1"'},
    ),
    ApiRow(
        "add_contact", EDITS, args=_client, by_record=True,
        sent=lambda w: {"kind": "email", "value": "anna@yandex.ru"},
    ),
    ApiRow(
        "add_address", EDITS, args=_kept(client="card"), by_record=True,
        sent=lambda w: {"label": "офис", "city": "Омск", "address": "Ленина, 5", "is_main": True},
    ),
    ApiRow(
        "change_address", EDITS, args=_kept(client="card", address="card_address"), by_record=True,
        sent=lambda w: {"postcode": "644000", "is_main": True},
    ),
    ApiRow("remove_address", EDITS, (204,), args=_kept(client="card", address="card_address"), by_record=True),
    ApiRow("set_person", EDITS, args=_kept(client="organisation"), by_record=True,
           sent=lambda w: {"person": w.kept["person"], "position": "Бухгалтер"}),
    ApiRow("remove_person", EDITS, (204,), args=_kept(client="organisation", person="person"), by_record=True),
    ApiRow("list_notes", SEES_CLIENTS, args=_client, by_record=True),
    ApiRow("add_note", EDITS, (201,), args=_client, by_record=True, sent=lambda w: {"text": "Заметка"}),
    ApiRow("list_consents", SEES_CLIENTS, args=_client, by_record=True),
    ApiRow(
        "record_consent", EDITS, (201,), args=_client, by_record=True,
        sent=lambda w: {"purpose": "advertising", "source": "анкета"},
    ),
    ApiRow("read_timeline", SEES_CLIENTS, args=_client, by_record=True),
    ApiRow("bring_lead", CREATES, (201,), sent=lambda w: {"name": "Анна", "phones": ["+79161239999"]}),
    ApiRow("fill_file", EDITS, (201,), args=_kept(client="mine", code="file_field"), file=_csv, by_record=True),
    ApiRow("get_client_attachment", SEES_CLIENTS, args=_kept(client="card", file_id="card_file"), by_record=True),
    ApiRow("read_history", "owner head reader", args=_client, by_record=True),
    ApiRow("bin_client", SETS_UP, (204,), args=_kept(client="leaving")),
    ApiRow("list_binned", SETS_UP, query=lambda w: {"limit": 5}),
    ApiRow("restore_clients", SETS_UP, names=True, sent=lambda w: {"clients": [w.kept["binned"]]}),
    ApiRow("choose_clients", BULK, (201,), names=True, sent=lambda w: {"clients": [w.kept["mine"]]}),
    ApiRow("get_change", OWNER, args=_bulk("draft"), by_record=True),
    ApiRow("preview_change", OWNER, args=_bulk("draft"), by_record=True, sent=_vip),
    ApiRow("start_change", OWNER, args=_bulk("draft"), by_record=True, sent=_vip),
    ApiRow("stop_change", OWNER, args=_bulk("running"), by_record=True),
    ApiRow("undo_change", OWNER, args=_bulk("done"), by_record=True),
    ApiRow("list_doubles", EDITS),
    ApiRow(
        "mark_different", EDITS, (204,), by_record=True, names=True,
        sent=lambda w: {"clients": [w.kept["mine"], w.kept["person"]]},
    ),
    ApiRow(
        "merge_clients", EDITS, (201,), by_record=True, names=True,
        sent=lambda w: {"survivor": w.kept["mine"], "others": [w.kept["person"]]},
    ),
    ApiRow("get_merge", SEES_CLIENTS, args=_kept(merge="merge"), by_record=True),
    ApiRow("undo_merge", EDITS, args=_kept(merge="merge"), by_record=True),
    ApiRow("list_leads", OPENS, query=lambda w: {"limit": 5}),
    ApiRow("get_lead", OPENS, args=_kept(lead="lead")),
    ApiRow("list_likely", OPENS, args=_kept(lead="lead")),
    ApiRow("accept_lead", OPENS, args=_kept(lead="lead")),
    ApiRow("attach_lead", OPENS, args=_kept(lead="lead"), sent=lambda w: {"client": w.kept["mine"]}),
    ApiRow("reject_lead", OPENS, args=_kept(lead="lead"), sent=lambda w: {"block": True}),
    ApiRow("put_back_lead", OPENS, args=_kept(lead="sorted_lead")),
    ApiRow("list_deals", SEES_DEALS),
    ApiRow(
        "open_deal", OPENS, (201,), names=True, by_record=True,
        sent=lambda w: {"client": w.kept["mine"], "title": "Шкаф", "sum": "1000.00"},
    ),
    ApiRow("get_deal", SEES_DEALS, args=_deal, by_record=True),
    ApiRow("change_deal", WORKS, args=_deal, by_record=True, sent=lambda w: {"fields": {"own_note": "Паркет"}}),
    ApiRow("list_deal_goods", SEES_DEALS, args=_kept(deal="goods_deal"), by_record=True),
    ApiRow(
        "set_deal_goods", WORKS, args=_kept(deal="goods_deal"), by_record=True,
        sent=lambda w: {"lines": [{"variant": w.kept["goods_variant"], "quantity": "2"}, {"name": "Сборка"}]},
    ),
    ApiRow("list_buttons", WORKS, args=_deal, by_record=True),
    ApiRow(
        "press_button", WORKS, args=_deal, by_record=True, sent=lambda w: {"button": "miss", "outcome": "busy"},
    ),
    ApiRow("list_presses", SEES_DEALS, args=_deal, by_record=True),
    ApiRow("undo_press", "owner head", args=_kept(press="press"), by_record=True, sent=lambda w: {}),
    ApiRow("fill_deal_file", WORKS, (201,), args=_own_file, by_record=True, file=_csv),
    ApiRow("get_deal_attachment", SEES_DEALS, args=_kept(deal="deal", file_id="deal_file"), by_record=True),
    ApiRow("hold_deal", WORKS, args=_deal, by_record=True),
    ApiRow("release_deal", SEES_DEALS, (204,), args=_deal, by_record=True),
    ApiRow("list_waiting", SEES_DEALS, query=lambda w: {"limit": 5}),
    ApiRow("list_walks", WORKS),
    ApiRow("start_walk", WORKS, (201,), sent=lambda w: {"subject": "deal", "query": "state=all", "name": "Все"}),
    ApiRow("get_walk", OWNER, args=_kept(walk="walk"), by_record=True),
    ApiRow("take_of_walk", OWNER, args=_kept(walk="walk"), by_record=True),
    ApiRow("skip_of_walk", OWNER, args=_position, by_record=True),
    ApiRow("open_of_walk", OWNER, args=_position, by_record=True, sent=lambda w: {"pipeline": w.kept["pipeline"]}),
    ApiRow("stop_walk", OWNER, args=_kept(walk="walk"), by_record=True),
    ApiRow("list_pipelines"),
    ApiRow("list_tasks"),
    ApiRow("take_next", WORKS),
    ApiRow("list_assignments", query=lambda w: {"whose": "team", "limit": 5}),
    ApiRow("set_task", SETS_TASKS, (201,), sent=lambda w: {"title": "Выставить счёт", "due_at": SOON}),
    ApiRow("get_assignment", WORKS, args=_hand, by_record=True),
    ApiRow("change_task", WORKS, args=_hand, by_record=True, sent=lambda w: {"title": "Иначе", "due_at": SOON}),
    ApiRow("add_check", WORKS, (201,), args=_hand, by_record=True, sent=lambda w: {"text": "Реквизиты"}),
    ApiRow("tick_check", WORKS, args=_kept(task="hand", check="check"), by_record=True, sent=lambda w: {}),
    ApiRow("add_remark", WORKS, (201,), args=_hand, by_record=True, sent=lambda w: {"text": "Отправлен"}),
    ApiRow("finish_task", WORKS, args=_hand, by_record=True, sent=lambda w: {"result": "Оплачен"}),
    ApiRow("withdraw_task", WORKS, args=_hand, by_record=True),
    ApiRow("reopen_task", WORKS, args=_kept(task="done"), by_record=True),
    ApiRow("attach_file", WORKS, (201,), args=_hand, by_record=True, file=_csv),
    ApiRow("get_task_attachment", WORKS, args=_kept(task="hand", file_id="task_file"), by_record=True),
    ApiRow("detach_file", WORKS, (204,), args=_kept(task="hand", file_id="task_file"), by_record=True),
    ApiRow("get_day", PLANS, query=lambda w: {"on": "2026-12-01"}),
    ApiRow("list_loose", PLANS),
    ApiRow("list_mates", PLANS),
    ApiRow("list_to_take", SETS_UP, args=_kept(employee="mate")),
    ApiRow("move_task", WORKS, args=_kept(task="task"), by_record=True, sent=lambda w: {"at": LATER}),
    ApiRow("undo_move", OWNER, by_record=True, names=True, sent=lambda w: {"undo": w.kept["undo_word"]}),
    ApiRow(
        "take_over", SETS_UP, by_record=True, names=True,
        sent=lambda w: {"employee": w.kept["mate"], "tasks": [w.kept["task"]]},
    ),
    ApiRow("list_reminders"),
    ApiRow("add_reminder", answer=(201,), sent=lambda w: {"text": "Почта", "at": SOON}),
    ApiRow("settle_reminders"),
    ApiRow("get_habits"),
    ApiRow("change_habits", sent=lambda w: {"sound": False}),
    ApiRow("settle_reminder", OWNER, (204,), args=_kept(reminder="own_reminder"), by_record=True),
    ApiRow(
        "snooze_reminder", OWNER, args=_kept(reminder="own_reminder"), by_record=True, sent=lambda w: {"by": "1h"},
    ),
    ApiRow("list_notices"),
    ApiRow("mark_read", sent=lambda w: {}),
    ApiRow("list_documents", SEES_PAPERS),
    ApiRow("get_document", SEES_PAPERS, args=_kept(document="invoice"), by_record=True),
    ApiRow(
        "issue_document", ISSUES, (201,), names=True, by_record=True,
        sent=lambda w: {"client": w.kept["payer"].public_id, "lines": [{"name": "Стол", "price": "100"}]},
    ),
    ApiRow("void_document", ISSUES, args=_kept(document="draft_to_void"), sent=lambda w: {}, by_record=True),
    ApiRow("add_payment", TAKES_MONEY, (201,), sent=lambda w: {"sum": "5", "method": "cash"}),
    ApiRow("list_debts", SEES_MONEY),
    ApiRow("list_payments", SEES_MONEY),
    ApiRow("list_surpluses", SEES_MONEY),
    ApiRow("give_surplus_back", TAKES_MONEY, args=_kept(surplus="surplus"), sent=lambda w: {"sum": "5"}),
    ApiRow("keep_surplus", TAKES_MONEY, args=_kept(surplus="surplus")),
    ApiRow("pay_from_credit", TAKES_MONEY, args=_kept(document="free")),
    ApiRow("list_statements", SEES_MONEY),
    ApiRow("get_statement", SEES_MONEY, args=_kept(statement="statement")),
    ApiRow("load_statement", TAKES_MONEY, (201,), file=_statement),
    ApiRow("list_templates", BULK),
    ApiRow("list_letter_fields", BULK),
    ApiRow("add_template", BULK, (201,), sent=lambda w: {"name": "Письмо", "body": "Здравствуйте!"}),
    ApiRow("preview_letter", BULK, names=True, sent=lambda w: {"client": w.kept["mine"], "body": "Здравствуйте!"}),
    ApiRow("get_template", BULK, args=_kept(template="template")),
    ApiRow("change_template", BULK, args=_kept(template="template"), sent=lambda w: {"name": "Другое"}),
    ApiRow("drop_template", BULK, (204,), args=_kept(template="template")),
    # Messages of a client of the manager's own: `mine`; the two messages are to the client of the stories.
    ApiRow("list_messages", OPENS, names=True, query=lambda w: {"client": w.kept["mine"]}, by_record=True),
    ApiRow("get_message", OPENS, args=_kept(message="message")),
    ApiRow(
        "send_letter", WORKS, (201,), names=True, by_record=True,
        sent=lambda w: {"client": w.kept["mine"], "subject": "Заказ", "text": "Готов"},
    ),
    ApiRow("call_back_letter", WORKS, args=_kept(message="planned_message")),
    ApiRow("list_saved"),
    ApiRow(
        "save_list", SEES_CLIENTS, (201,),
        sent=lambda w: {"subject": "client", "name": "Омичи", "query": "f.city=Омск"},
    ),
    ApiRow("change_saved", BULK, args=_saved("shared"), sent=lambda w: {"name": "Новое имя"}),
    ApiRow("drop_saved", BULK, (204,), args=_saved("shared")),
    ApiRow("restore_saved", BULK, args=_saved("dropped")),
    ApiRow("get_saved", SEES_CLIENTS, args=_saved("shared")),
    ApiRow("list_saved_clients", SEES_CLIENTS, args=_saved("shared")),
    ApiRow("list_saved_deals", SEES_DEALS, args=_saved("deals")),
    ApiRow("report_funnel", REPORTS, query=lambda w: {"period": "quarter", "pipeline": w.kept["pipeline"]}),
    ApiRow("report_managers", REPORTS, query=lambda w: {"period": "quarter", "against": "year"}),
    ApiRow("list_imports", IMPORTS),
    ApiRow("upload_import", IMPORTS, (201,), file=_csv),
    ApiRow("get_import", IMPORTS, args=_run),
    ApiRow(
        "choose_columns", IMPORTS, args=_run,
        sent=lambda w: {"columns": [{"target": "name"}, {"target": "phone"}], "options": {"duplicates": "skip"}},
    ),
    ApiRow("start_import", IMPORTS, args=_kept(run="run_ready")),
    ApiRow("pause_import", IMPORTS, args=_kept(run="run_running")),
    ApiRow("resume_import", IMPORTS, args=_kept(run="run_paused")),
    ApiRow("undo_import", IMPORTS, args=_kept(run="run_done")),
    ApiRow("drop_import", IMPORTS, (204,), args=_run),
    ApiRow("choose_sheet", IMPORTS, args=_kept(run="import_new"), sent=lambda w: {"sheet": ""}),
    ApiRow("list_questions", IMPORTS, args=_kept(run="import_done")),
    ApiRow(
        "answer_question", IMPORTS, args=lambda w: {"run": w.kept["import_done"], "row": 2},
        sent=lambda w: {"answer": "leave"},
    ),
    ApiRow("get_deals_offer", OPENS, args=_kept(run="import_done")),
    ApiRow(
        "open_deals", OPENS, (202,), args=_kept(run="import_done"),
        sent=lambda w: {"pipeline": w.kept["pipeline"], "days": 3},
    ),
    ApiRow("get_rejected", IMPORTS, args=_kept(run="run_done")),
    ApiRow("list_events", "owner head reader"),
    ApiRow("list_event_kinds"),
    ApiRow("list_webhooks", "owner"),
    ApiRow(
        "add_webhook", "owner", (201,),
        sent=lambda w: {"url": "https://example.com/new", "events": ["deals.DealOpened"]},
    ),
    ApiRow("get_webhook", "owner", args=_hook),
    ApiRow("change_webhook", "owner", args=_hook, sent=lambda w: {"about": "Склад"}),
    ApiRow("remove_webhook", "owner", (204,), args=_hook),
    ApiRow("rotate_secret", "owner", args=_hook),
    ApiRow("send_test", "owner", (202,), args=_hook),
    ApiRow("list_deliveries", "owner", args=_hook),
    ApiRow("get_delivery", "owner", args=_kept(webhook="webhook", delivery="delivery")),
    ApiRow(
        "replay_deliveries", "owner", (202,), args=_hook, sent=lambda w: {"deliveries": [w.kept["delivery"]]},
    ),
    *GOODS,
    *ORDERS,
    *ANSWERS,
    *TALKS,
    *CAMPAIGNS,
    *PROMO,
    *REFERRALS,
    *SURVEYS,
    *SITES,
    *TRIALS,
    *AUTOMATIONS,
    *REPLENISH,
    *STOCK, *SUPPLY,
    *SETTINGS,
]  # fmt: skip
