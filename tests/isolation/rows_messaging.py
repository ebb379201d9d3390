"""Addresses of messages."""

import io
import uuid
from decimal import Decimal

from isolation_table import EVERYBODY, NOW, SECRET, Row, World

from voronka.messaging.models import BlockedAddress, Message, OutsideLine, Talk, TalkLine
from voronka.messaging.models.sms import SmsAnswer, SmsBalance
from voronka.messaging.ports import Came, CameFile
from voronka.messaging.queries import answers as queries
from voronka.messaging.services import (
    BlocksDraft,
    answers,
    block,
    campaigns,
    channels,
    chat,
    publish_consent_text,
    save_blocks,
    save_template,
    sms_providers,
    sms_tries,
)
from voronka.people.models import Client

WRITES = "owner head marketer"
LOOKS = "owner head marketer reader"
SETS_UP = "owner head"
SENDS = "owner head manager"
READS = "owner head manager marketer"
EDITS = "owner head manager marketer"
SMS = "owner head"
ASKS = "owner head manager marketer storekeeper cashier reader"


def build(world: World) -> None:
    """Make a template, a message whose fate is unknown, an address that is not written to, a text of a consent."""
    made = save_template(actor=world.owner, name=SECRET, subject=SECRET, body="Здравствуйте, {{ client.name }}")
    world.kept["template"] = made.public_id
    draft = BlocksDraft(f"{SECRET} blocks", SECRET, [{"kind": "text", "text": SECRET}])
    world.kept["blocks"] = save_blocks(actor=world.owner, draft=draft).public_id
    client = Client.objects.get(public_id=world.kept["client"])
    message = Message.objects.create(
        channel="email", traffic="service", client_id=client.pk, address="a@example.com", subject=SECRET, body=SECRET,
        cause_kind="hand", state="unknown", planned_for=NOW, due_at=NOW, handed_at=NOW, made_at=NOW,
    )  # fmt: skip
    world.kept["message"] = message.public_id
    planned = Message.objects.create(
        channel="email", traffic="service", client_id=client.pk, address="a@example.com", subject=SECRET, body=SECRET,
        cause_kind="hand", state="planned", planned_for=NOW, due_at=NOW, made_at=NOW,
    )  # fmt: skip
    world.kept["planned_message"] = planned.public_id
    block("email", "gone@example.com", "bounce", words=SECRET, at=NOW)
    world.kept["blocked_address"] = BlockedAddress.objects.get().public_id
    publish_consent_text(actor=world.owner, purpose="advertising", channel="any", text=SECRET)
    draft = sms_providers.SmsProviderDraft("sandbox", SECRET, price=Decimal(4))
    world.kept["sms"] = sms_providers.save_sms_provider(actor=world.owner, draft=draft, now=NOW).public_id
    keys = {"login": "shop", "address": "http://127.0.0.1:9/sys", "test": "no"}
    draft = sms_providers.SmsProviderDraft("smsc", f"{SECRET} smsc", keys, secret="secret")
    smsc = sms_providers.save_sms_provider(actor=world.owner, draft=draft, now=NOW)
    world.kept["smsc"] = smsc.public_id
    SmsBalance.objects.create(provider=smsc, amount=Decimal(100), at=NOW)
    sender = sms_providers.SenderDraft("Shop", note=SECRET)
    made_sender = sms_providers.save_sender(actor=world.owner, provider_id=world.kept["sms"], draft=sender)
    world.kept["sms_sender"] = made_sender.public_id
    tried = sms_tries.TryDraft(world.kept["sms"], "+79160000011", "Shop", SECRET)
    world.kept["try"] = sms_tries.send_try(actor=world.owner, draft=tried, now=NOW).public_id
    SmsAnswer.objects.create(provider=smsc, address="+79160000011", text=SECRET, client_id=client.pk, at=NOW)
    build_answers(world)
    sms_text = save_template(actor=world.owner, name=SECRET, subject="", body=f"{SECRET}, скидка", channel="sms")
    world.kept["sms_text"] = sms_text.public_id
    for key in ("campaign", "ran_campaign"):
        texts = [campaigns.VariantDraft(made.public_id)]
        drafted = campaigns.CampaignDraft(f"{SECRET} {key}", "email", texts, traffic="service")
        world.kept[key] = campaigns.save_campaign(actor=world.owner, draft=drafted, now=NOW).public_id
    campaigns.start(actor=world.owner, public_id=world.kept["ran_campaign"], now=NOW)
    campaigns.pause(actor=world.owner, public_id=world.kept["ran_campaign"], now=NOW)
    # Begun while the chat was on; it is off again, so that strangers change nothing.
    setting = chat.save_chat(actor=world.owner, draft=chat.ChatDraft(is_on=True))
    begun = chat.write(talk=None, written=chat.Written(uuid.uuid4(), SECRET, name=SECRET), now=NOW)
    sent = chat.Written(uuid.uuid4(), SECRET)
    chat.bring(talk=begun, written=sent, source=io.BytesIO(SECRET.encode()), name=f"{SECRET}.txt", now=NOW)
    world.kept["talk_file"] = TalkLine.objects.get(talk=begun, file__isnull=False).file["id"]
    served = chat.save_department(actor=world.owner, name=SECRET, is_offered=False, members=[])
    world.kept["department"] = served.public_id
    chat.say_in(actor=world.owner, is_in=True, now=NOW)
    chat.save_chat(actor=world.owner, draft=chat.ChatDraft(is_on=False), version=setting.version)
    world.kept["talk"] = begun.public_id
    build_channels(world)
    world.kept["canned"] = chat.save_canned(actor=world.owner, code=SECRET, text=SECRET).public_id


def build_channels(world: World) -> None:
    """Make a bot of Telegram that sends nothing, with a talk whose last answer is stuck."""
    draft = channels.AccountDraft("telegram", SECRET, {"mode": "sandbox"}, is_on=False)
    made = channels.save_account(actor=world.owner, draft=draft, now=NOW)
    world.kept["telegram"] = made.public_id
    box = {"mode": "sandbox", "address": "shop@ours.test", "security": "tls"}
    draft = channels.AccountDraft("email", SECRET, box, is_on=False)
    world.kept["talk_mailbox"] = channels.save_account(actor=world.owner, draft=draft, now=NOW).public_id
    sends = channels.AccountDraft("email", f"{SECRET} 2", box | {"address": "sales@ours.test"})
    world.kept["sending_mailbox"] = channels.save_account(actor=world.owner, draft=sends, now=NOW).public_id
    came = Came("501", "m1", SECRET, name=SECRET, files=(CameFile(f"{SECRET}.txt", body=SECRET.encode()),))
    begun = channels.receive(made, "telegram", came, now=NOW)
    world.kept["outside_file"] = OutsideLine.objects.get(state="came").files[0]["id"]
    world.kept["telegram_talk"] = begun.public_id
    said = chat.Reply(key=uuid.uuid4(), text=SECRET)
    chat.reply(actor=world.owner, public_id=begun.public_id, draft=said, now=NOW)
    Talk.objects.filter(pk=begun.pk).update(owner=None)
    OutsideLine.objects.filter(state="waiting").update(state="failed", code="gone", due_at=None)


def build_answers(world: World) -> None:
    """Make an answer, synonyms, a proposal and a question without an answer."""
    answers.answer_question(f"гороскоп на завтра {SECRET}", now=NOW)
    world.kept["unanswered"] = queries.list_unanswered(world.owner)[0].public_id
    owner, draft = world.owner, answers.ArticleDraft(f"Вопрос {SECRET}", f"Ответ {SECRET}")
    world.kept["article"] = answers.save_article(actor=owner, draft=draft, now=NOW).public_id
    world.kept["synonyms"] = answers.save_synonyms(actor=owner, words=["дрель", "сверлилка"]).public_id
    world.kept["learnt"] = answers.propose_answer(
        actor=owner, question=f"Предложение {SECRET}", answer="Ответ", now=NOW
    ).public_id


def _provider(world: World) -> dict[str, str]:
    return {"public_id": world.kept["sms"]}


def _sender(world: World) -> dict[str, str]:
    return {"public_id": world.kept["sms"], "sender_id": world.kept["sms_sender"]}


def _named(world: World) -> dict[str, str]:
    return {"sender": "Another", "operator": "all", "traffic": "service", "state": "asked"}


def _typed_provider(world: World) -> dict[str, str]:
    return {"kind": "sandbox", "name": "Песочница", "price": "4,5", "for_service": "1", "is_on": "1"}


def _tried(world: World) -> dict[str, str]:
    return {"provider": world.kept["sms"], "address": "+79160000012", "sender": "Shop", "text": "Проба"}


def _template(world: World) -> dict[str, str]:
    return {"public_id": world.kept["template"]}


def _message(world: World) -> dict[str, str]:
    return {"public_id": world.kept["message"]}


def _card(world: World) -> dict[str, str]:
    return {"public_id": world.kept["card"]}


def _client(world: World) -> dict[str, str]:
    return {"public_id": world.kept["client"]}


def _planned(world: World) -> dict[str, str]:
    return {"public_id": world.kept["planned_message"]}


def _begun(world: World) -> dict[str, str]:
    return _written(world) | {"mailbox": world.kept["talk_mailbox"]}


def _written(world: World) -> dict[str, str]:
    return {"subject": "Тема", "body": "Текст", "traffic": "service", "operation": str(uuid.uuid4())}


def _sms(world: World) -> dict[str, str]:
    return {"text": "Заказ готов", "traffic": "service", "operation": str(uuid.uuid4())}


def _blocked(world: World) -> dict[str, str]:
    return {"public_id": world.kept["blocked_address"]}


def _rules(world: World) -> dict[str, str]:
    channels = ("email", "sms", "push", "telegram", "chat")
    days = {f"{one}_days": "7" for one in channels} | {f"{one}_is_on": "on" for one in channels}
    return {"is_on": "on", "quiet_begins": "21:00", "quiet_ends": "09:00", "most": "3", "days": "7", **days}


def _text(world: World) -> dict[str, str]:
    return {"purpose": "advertising", "channel": "any", "text": "Согласен получать новости"}


def _consent(world: World) -> dict[str, str]:
    return {"purpose": "advertising", "channel": "email", "given": "yes", "source": "По телефону"}


def _chat(world: World) -> dict[str, str]:
    return {"form_key": world.kept["form_key"]}


def _one(key: str):
    return lambda world: {"public_id": world.kept[key]}


def _bot(world: World) -> dict[str, str]:
    return {"name": "Бот", "mode": "sandbox", "is_on": "1", "with_bot": "1", "for_all": "1"}


def _box(world: World) -> dict[str, str]:
    return {"name": "Ящик", "mode": "sandbox", "address": "a@ours.test", "security": "tls", "is_on": "1"}


def _campaign(world: World) -> dict[str, str]:
    return {"public_id": world.kept["campaign"]}


def _ran(world: World) -> dict[str, str]:
    return {"public_id": world.kept["ran_campaign"]}


def _typed_campaign(world: World) -> dict[str, str]:
    return {
        "name": "Осень", "channel": "email", "traffic": "service", "template_1": world.kept["template"],
        "share_1": "50", "way": "now", "window_days": "7",
    }  # fmt: skip


def _blocks(world: World) -> dict[str, str]:
    return {"name": "Блоки", "subject": "Тема", "act": "save", "blocks": '[{"kind": "text", "text": "Да"}]'}


def _typed(world: World) -> dict[str, str]:
    return {"name": "Письмо", "subject": "Тема", "body": "Текст"}


ROWS = [
    Row("messaging:templates", roles=WRITES),
    Row("messaging:template-new", roles=WRITES),
    Row("messaging:template-new", "POST", roles=WRITES, answer=(302,), data=_typed),
    Row("messaging:template", roles=WRITES, args=_template),
    Row("messaging:template", "POST", roles=WRITES, answer=(302,), args=_template, data=_typed),
    Row("messaging:block-starts", roles=WRITES),
    Row("messaging:block-new", roles=WRITES),
    Row("messaging:block-new", "POST", roles=WRITES, answer=(302,), data=_blocks),
    Row("messaging:block-template", roles=WRITES, args=_one("blocks")),
    Row("messaging:block-template", "POST", roles=WRITES, answer=(302,), args=_one("blocks"), data=_blocks),
    Row("messaging:block-preview", "POST", roles=WRITES, data=_blocks),
    # Whoever has the signed address of a letter: messaging/tests/test_tracking.py; here nobody has it.
    Row("messaging:opened", is_open=True, answer=(404,), args=lambda w: {"token": w.kept["message"] + "0" * 24}),
    Row("messaging:clicked", is_open=True, answer=(404,), args=lambda w: {"token": w.kept["message"] + "0" * 24}),
    # Whoever has the signed address sees the picture: messaging/tests/test_blocks.py; here nobody has it.
    Row("messaging:letter-picture", is_open=True, answer=(404,), args=lambda w: {"token": "0" * 36}),
    Row("messaging:template-delete", "POST", roles=WRITES, answer=(302,), args=_template),
    Row("messaging:mailbox", roles=WRITES),
    Row("messaging:rules", roles=SETS_UP),
    Row("messaging:rules", "POST", roles=SETS_UP, answer=(302,), data=_rules),
    Row("messaging:unblock", "POST", roles=SETS_UP, answer=(302,), args=_blocked),
    Row("messaging:consent-texts", roles=SETS_UP),
    Row("messaging:consent-texts", "POST", roles=SETS_UP, answer=(302,), data=_text),
    Row("messaging:client-messages", roles=READS, args=_card, by_record=True),
    Row("messaging:client-messages", roles=READS, args=_client),
    Row("messaging:client-consents", roles=EVERYBODY, args=_card, by_record=True),
    Row("messaging:client-consents", "POST", roles=EDITS, answer=(302,), args=_card, data=_consent, by_record=True),
    # Whoever has the signed address may leave: messaging/tests/test_email.py; here nobody has it.
    Row("messaging:leave", is_open=True, answer=(404,), args=lambda w: {"token": w.kept["message"] + "0" * 24}),
    Row("messaging:leave", "POST", is_open=True, answer=(404,), args=lambda w: {"token": "0" * 36}),
    # Whoever has the signed address may post a notice: messaging/tests/test_sms_receipts.py; here nobody has it.
    Row("messaging:sms-hook", "POST", is_open=True, answer=(404,), args=lambda w: {"token": w.kept["smsc"] + "0" * 32}),
    Row("messaging:write", roles=SENDS, args=_card, by_record=True),
    Row("messaging:write", "POST", roles=SENDS, answer=(302,), args=_card, data=_written, by_record=True),
    Row("messaging:begin", roles=SENDS, args=_card, by_record=True),
    # The mailbox of this world is off: nothing goes. That a letter goes: messaging/tests/test_talk_mailboxes.py.
    Row("messaging:begin", "POST", roles=SENDS, answer=(422,), args=_card, data=_begun, by_record=True),
    Row("messaging:write-sms", roles=SENDS, args=_card, by_record=True),
    Row("messaging:write-sms", "POST", roles=SENDS, answer=(302,), args=_card, data=_sms, by_record=True),
    Row("messaging:write-sms-count", "POST", roles=SENDS, args=_card, data=_sms, by_record=True),
    Row("messaging:call-back", "POST", roles=SENDS, answer=(302,), args=_planned),
    Row("messaging:settle", "POST", roles=WRITES, answer=(302,), args=_message, data=lambda w: {"went": "yes"}),
    Row("messaging:sms", roles=SMS),
    Row("messaging:sms-provider-new", roles=SMS),
    Row("messaging:sms-provider-new", "POST", roles=SMS, answer=(302,), data=_typed_provider),
    Row("messaging:sms-provider", roles=SMS, args=_provider),
    Row("messaging:sms-provider", "POST", roles=SMS, answer=(302,), args=_provider, data=_typed_provider),
    Row(
        "messaging:sms-balance",
        "POST",
        roles=SMS,
        answer=(409, 422),
        args=lambda world: {"public_id": world.kept["smsc"]},
    ),
    Row("messaging:sms-sender-add", "POST", roles=SMS, answer=(302,), args=_provider, data=_named),
    Row("messaging:sms-sender", "POST", roles=SMS, answer=(302,), args=_sender, data=_named),
    Row("messaging:sms-sender-drop", "POST", roles=SMS, answer=(302,), args=_sender),
    Row("messaging:sms-try", roles=SMS),
    Row("messaging:sms-try", "POST", roles=SMS, answer=(302,), data=_tried),
    Row(
        "messaging:sms-try-ask", "POST", roles=SMS, answer=(302,), args=lambda world: {"public_id": world.kept["try"]}
    ),
    Row("messaging:sms-count", "POST", roles=SMS, data=lambda world: {"text": "Проба"}),
    Row("messaging:sms-errors", roles=SMS),
    Row("messaging:sms-answers", roles=SMS),
    Row("messaging:sms-limits", roles=SMS),
    Row("messaging:sms-limits", "POST", roles=SMS, answer=(302,), data=lambda world: {"to_number": "5"}),
    Row("messaging:sms-checklist", roles=SMS),
    Row("messaging:sms-texts", roles=WRITES),
    Row("messaging:sms-text-new", roles=WRITES),
    Row(
        "messaging:sms-text-new", "POST", roles=WRITES, answer=(302,),
        data=lambda world: {"name": "Другой", "body": "Скидка"},
    ),
    Row("messaging:sms-text", roles=WRITES, args=_one("sms_text")),
    Row(
        "messaging:sms-text", "POST", roles=WRITES, answer=(302,), args=_one("sms_text"),
        data=lambda world: {"name": "Другой", "body": "Скидка"},
    ),
    Row("messaging:sms-text-delete", "POST", roles=WRITES, answer=(302,), args=_one("sms_text")),
    Row("messaging:campaigns", roles=LOOKS),
    Row("messaging:campaign-new", roles=WRITES),
    Row("messaging:campaign-new", "POST", roles=WRITES, answer=(302,), data=_typed_campaign),
    Row("messaging:campaign", roles=LOOKS, args=_campaign),
    Row("messaging:campaign", roles=LOOKS, args=_ran),
    Row("messaging:campaign-edit", roles=WRITES, args=_campaign),
    Row("messaging:campaign-edit", "POST", roles=WRITES, answer=(302,), args=_campaign, data=_typed_campaign),
    Row("messaging:campaign-check", roles=LOOKS, args=_campaign),
    Row("messaging:campaign-check", "POST", roles=LOOKS, answer=(302,), args=_campaign),
    Row(
        "messaging:campaign-test", "POST", roles=WRITES, answer=(302,), args=_campaign,
        data=lambda world: {"client": world.kept["card"], "number": "1"},
    ),
    Row("messaging:campaign-check", "POST", roles=LOOKS, answer=(302,), args=_campaign),
    Row(
        "messaging:campaign-act", "POST", roles=WRITES, answer=(302,), args=_campaign,
        data=lambda world: {"act": "start"},
    ),
    Row("messaging:campaign-progress", roles=LOOKS, args=_ran),
    Row("messaging:campaign-recipients", roles=LOOKS, args=_ran),
    Row("messaging:answers", roles=ASKS),
    Row("messaging:answer-new", roles=WRITES),
    Row(
        "messaging:answer-new", "POST", roles=WRITES, answer=(302,),
        data=lambda world: {"title": "Есть ли парковка?", "answer": "Да"},
    ),
    Row("messaging:answer", roles=ASKS, args=_one("article")),
    Row(
        "messaging:answer", "POST", roles=WRITES, answer=(302,), args=_one("article"),
        data=lambda world: {"title": "Есть ли парковка?", "answer": "Да"},
    ),
    Row(
        "messaging:answer-switch", "POST", roles=WRITES, answer=(302,), args=_one("article"),
        data=lambda world: {"what": "off"},
    ),
    Row("messaging:answer-delete", "POST", roles=WRITES, answer=(302,), args=_one("article")),
    Row("messaging:synonyms", roles=ASKS),
    Row(
        "messaging:synonyms", "POST", roles=WRITES, answer=(302,),
        data=lambda world: {"words": "чашка, кружка", "id": world.kept["synonyms"]},
    ),
    Row("messaging:learnt", roles=ASKS),
    Row("messaging:propose", roles=ASKS),
    Row(
        "messaging:propose", "POST", roles=ASKS, answer=(302,),
        data=lambda world: {"question": "Есть ли кафе?", "answer": "Да"},
    ),
    Row(
        "messaging:learnt-judge", "POST", roles=WRITES, answer=(302,), args=_one("learnt"),
        data=lambda world: {"what": "approve"},
    ),
    # The chat of the company is off here: messaging/tests/test_chat.py.
    *(
        Row(name, method, is_open=True, answer=(404,), args=_chat)
        for name, method in (
            ("messaging:chat", "GET"),
            ("messaging:chat", "POST"),
            ("messaging:chat-lines", "POST"),
            ("messaging:chat-ticket", "POST"),
            ("messaging:chat-leave", "GET"),
            ("messaging:chat-leave", "POST"),
            ("messaging:chat-rate", "POST"),
            ("messaging:chat-move", "POST"),
        )
    ),
    Row(
        "messaging:chat-file", is_open=True, answer=(404,),
        args=lambda world: {**_chat(world), "file_id": world.kept["talk_file"]},
    ),
    Row("messaging:talk-count", roles=SENDS),
    Row("messaging:talk-in", "POST", roles=SENDS, answer=(302,), data=lambda world: {"is_in": "1"}),
    Row(
        "messaging:talk-file", roles=SENDS,
        args=lambda world: {"public_id": world.kept["talk"], "file_id": world.kept["talk_file"]},
    ),
    Row("messaging:talk-report", roles=SETS_UP),
    Row("messaging:departments", roles=SETS_UP),
    Row(
        "messaging:departments", "POST", roles=SETS_UP, answer=(302,),
        data=lambda world: {"name": "Забота", "is_offered": "on"},
    ),
    Row("messaging:talks", roles=SENDS),
    Row("messaging:talk", roles=SENDS, args=_one("talk")),
    Row("messaging:talk-here", "POST", roles=SENDS, args=_one("talk"), data=lambda world: {"after": "0"}),
    Row(
        "messaging:talk-say", "POST", roles=SENDS, answer=(302,), args=_one("talk"),
        data=lambda world: {"text": "Добрый день", "after": "9", "key": str(uuid.uuid4())},
    ),
    Row(
        "messaging:talk-act", "POST", roles=SENDS, answer=(302,), args=_one("talk"),
        data=lambda world: {"what": "take"},
    ),
    Row(
        "messaging:talk-canned", roles=SENDS,
        args=lambda world: {"public_id": world.kept["talk"], "canned_id": world.kept["canned"]},
    ),
    Row(
        "messaging:talk-again", "POST", roles=SENDS, answer=(302,), args=_one("telegram_talk"),
        data=lambda world: {"number": "3"},
    ),
    # A macro is taken back by who ran it: messaging/tests/test_talk_desk.py.
    Row(
        "messaging:talk-undo-macro", "POST", roles=SENDS, answer=(404,),
        args=lambda world: {"public_id": world.kept["talk"], "key": uuid.uuid4()},
    ),
    Row("messaging:talk-attached", roles=SENDS, args=_one("outside_file")),
    Row("messaging:talk-parts", "POST", roles=SENDS, args=_one("telegram_talk"), data=lambda world: {"text": "Да"}),
    Row("messaging:telegram", roles=SETS_UP),
    Row("messaging:telegram-bot-new", roles=SETS_UP),
    Row("messaging:telegram-bot-new", "POST", roles=SETS_UP, answer=(302,), data=_bot),
    Row("messaging:telegram-bot", roles=SETS_UP, args=_one("telegram")),
    Row("messaging:telegram-bot", "POST", roles=SETS_UP, answer=(302,), args=_one("telegram"), data=_bot),
    Row("messaging:telegram-check", "POST", roles=SETS_UP, answer=(302,), args=_one("telegram")),
    Row("messaging:talk-mailboxes", roles=SETS_UP),
    Row("messaging:talk-mailbox-new", roles=SETS_UP),
    Row("messaging:talk-mailbox-new", "POST", roles=SETS_UP, answer=(302,), data=_box),
    Row("messaging:talk-mailbox", roles=SETS_UP, args=_one("talk_mailbox")),
    Row("messaging:talk-mailbox", "POST", roles=SETS_UP, answer=(302,), args=_one("talk_mailbox"), data=_box),
    Row("messaging:talk-mailbox-check", "POST", roles=SETS_UP, answer=(302,), args=_one("talk_mailbox")),
    Row("messaging:client-talks", roles=SENDS, args=_card, by_record=True),
    # Whoever has the signed address and its secret may bring news: messaging/tests/test_telegram.py; here nobody has.
    Row(
        "messaging:telegram-hook", "POST", is_open=True, answer=(404,),
        args=lambda world: {"token": world.kept["telegram"] + "0" * 32},
    ),
    Row("messaging:canned", roles=SETS_UP),
    Row(
        "messaging:canned", "POST", roles=SETS_UP, answer=(302,),
        data=lambda world: {"code": "адрес", "text": "Ленина, 1"},
    ),
    Row("messaging:chat-setting", roles=SETS_UP),
    Row(
        "messaging:chat-setting", "POST", roles=SETS_UP, answer=(302,),
        data=lambda world: {"is_on": "on", "greeting": "Здравствуйте"},
    ),
    Row("messaging:unanswered", roles=WRITES),
    Row(
        "messaging:unanswered-act", "POST", roles=WRITES, answer=(302,), args=_one("unanswered"),
        data=lambda world: {"article": world.kept["article"]},
    ),
]  # fmt: skip
