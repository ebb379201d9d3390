"""Addresses of documents and money."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from isolation_table import NOW, SECRET, Row, World
from rows_orders import SEE as SEE_ORDERS

from voronka.billing import ports, services
from voronka.billing.models import Account, Allocation, Document, OnlinePayment, Payment, Surplus
from voronka.billing.rules.sandbox import Sandbox
from voronka.billing.services import links, online, surplus
from voronka.billing.services.keeping import keep_file
from voronka.billing.services.sandbox import KeptShelf
from voronka.billing.testing import OWN_ACCOUNT, make_requisites
from voronka.billing.tests.test_docx import LETTER
from voronka.billing.tests.test_rules_statements import file, paper, part
from voronka.kit.actors import Actor
from voronka.people.testing import make_client

SEE = "owner head manager accountant cashier storekeeper reader"
ISSUE = "owner head manager accountant"
SEE_MONEY = "owner head accountant cashier reader"
TAKE = "owner head accountant cashier"
SET_UP = "owner head accountant"
EXPORTS = "owner head"
SEE_OF_ORDERS = " ".join(one for one in SEE.split() if one in SEE_ORDERS.split())
DAY = date(2026, 11, 2)


def _paper(world: World, **more: object):
    line = services.LineDraft(name=SECRET, price=Decimal(100))
    draft = services.DocumentDraft(kind="invoice", day=DAY, lines=[line], client_id=world.kept["payer"].pk)
    return services.issue_new(actor=world.owner, draft=draft, now=NOW)


def _payment(world: World, **more: object):
    draft = services.PaymentDraft(day=DAY, amount=Decimal(100), method="cash", name=SECRET)
    return services.record_payment(actor=world.owner, draft=draft, now=NOW, **more)


def build(world: World) -> None:
    """Make requisites, a client with papers in every state, payments and a statement."""
    own = make_requisites(world.owner, SECRET)
    manager = world.people["manager"]
    world.kept["payer"] = make_client(world.owner, SECRET, responsible_id=manager.employee_id)
    world.kept["own"] = own.public_id
    world.kept["bank_account"] = Account.objects.get().public_id
    line = services.LineDraft(name=SECRET, price=Decimal(100))
    draft = services.DocumentDraft(kind="invoice", day=DAY, lines=[line], client_id=world.kept["payer"].pk)
    world.kept["draft"] = services.save_draft(actor=world.owner, draft=draft, now=NOW).public_id
    world.kept["invoice"] = _paper(world).public_id
    issued = Document.objects.get(public_id=world.kept["invoice"])
    keep_file(actor=Actor.system(world.company_id), document_id=issued.pk, version=1, now=NOW)
    world.kept["free"] = _paper(world).public_id
    world.kept["draft_to_void"] = _paper(world).public_id
    world.kept["payment"] = _payment(world).public_id
    given = _payment(world, documents=[(world.kept["invoice"], Decimal(60))])
    world.kept["given"] = given.public_id
    world.kept["allocation"] = Allocation.objects.get(payment=given).public_id
    extra = services.record_payment(
        actor=world.owner, now=NOW,
        draft=services.PaymentDraft(day=DAY, amount=Decimal(40), method="cash", client_id=world.kept["payer"].pk),
    )  # fmt: skip
    surplus.free(extra, 0, Decimal(30), now=NOW)
    world.kept["surplus"] = Surplus.objects.get().public_id
    text = file(
        part(OWN_ACCOUNT, "0.00", "5.00", "0.00", "5.00"), paper("77", "5.00", OWN_ACCOUNT), accounts=(OWN_ACCOUNT,)
    )
    world.kept["statement"] = services.load_statement(
        actor=world.owner, name=SECRET, body=text.encode(), now=NOW
    ).public_id
    world.kept["paper_text"] = services.save_template(
        actor=world.owner, name=SECRET, body="<p>{{ number }}</p>"
    ).public_id
    word = services.save_template(actor=world.owner, name="Письмо Word", file=LETTER, now=NOW)
    world.kept["word_text"] = word.public_id
    provider = services.save_provider(actor=world.owner, draft=services.ProviderDraft("sandbox", SECRET), now=NOW)
    world.kept["provider"], world.kept["hook"] = provider.public_id, provider.hook
    link = _linked(world)
    online.start(link_id=link.pk, back_url="https://shop.example.com/", now=NOW)
    tried = OnlinePayment.objects.get()
    told = ports.Told(str(tried.outer_id), "paid", tried.amount, "RUB")
    online.note(tried.pk, told, now=NOW)
    world.kept["by_link"] = Payment.objects.get(method="online").public_id
    allocation = Allocation.objects.get(payment__method="online")
    services.take_back(actor=world.owner, allocation_id=allocation.public_id, now=NOW)
    Sandbox(provider.shop_id, provider.secret, KeptShelf(provider.pk)).press(str(tried.outer_id), is_paid=True)
    link = _linked(world)
    world.kept["sign"] = links.sign_of(link)
    online.start(link_id=link.pk, back_url="https://shop.example.com/", now=datetime.now(UTC))  # one goes on with it
    world.kept["tried"] = OnlinePayment.objects.order_by("id").last().outer_id


def _linked(world: World):
    line = services.LineDraft(name="Стол", price=Decimal(100))
    row = services.issue_new(
        actor=world.owner, draft=services.DocumentDraft(kind="invoice", day=DAY, lines=[line]), now=NOW
    )
    return services.make_link(actor=world.owner, public_id=row.public_id, now=NOW)


def one(name: str, **more: str):
    return lambda world: {"public_id": world.kept[name], **more}


def _lines(world: World):
    return {"kind": "invoice", "line_name": ["Стол"], "line_price": ["100"], "act": "issue"}


def _version(world: World):
    return {**_lines(world), "act": "save"}


def _entered(world: World):
    return {"amount": "50", "method": "cash", "day": "2026-11-02"}


def _given(world: World):
    return {"document": [world.kept["free"]], "amount": ["10"]}


def _loaded(world: World):
    text = file(
        part(OWN_ACCOUNT, "0.00", "9.00", "0.00", "9.00"), paper("78", "9.00", OWN_ACCOUNT), accounts=(OWN_ACCOUNT,)
    )
    return {"file": SimpleUploadedFile("kl.txt", text.encode())}


def _requisites(world: World):
    return {"name": "ООО", "inn": "7707083893", "vat": "none", "pay_days": "5"}


def _account(world: World):
    return {"bank": "Банк", "bik": "044525225", "number": OWN_ACCOUNT}


def _refund(world: World):
    return {"amount": "1", "operation": str(uuid.uuid4())}


def _act(name: str, act: str, data=None, roles: str = TAKE) -> Row:
    kept = {"take-back": "given"}.get(act, name)
    return Row(
        "billing:payment-act",
        "POST",
        roles=roles,
        answer=(302,),
        args=one(kept, act=act),
        data=data or (lambda world: {}),
    )


def _sign(world: World):
    return {"sign": world.kept["sign"]}


def _tried(world: World):
    return {"outer_id": world.kept["tried"]}


ROWS = [
    Row("billing:home", roles=SEE, answer=(302,)),
    Row("billing:documents", roles=SEE),
    Row("billing:documents-export", roles=EXPORTS, args=lambda world: {"code": "csv"}),
    Row("billing:document-new", roles=ISSUE),
    Row("billing:document-new", "POST", roles=ISSUE, answer=(302,), data=_lines),
    Row(
        "billing:client-documents",
        roles=SEE,
        args=lambda world: {"public_id": world.kept["payer"].public_id},
        by_record=True,
    ),
    Row("billing:order-papers", roles=SEE_OF_ORDERS, args=one("order"), by_record=True),
    Row("billing:document", roles=SEE, args=one("invoice"), by_record=True),
    Row("billing:document-change", roles=ISSUE, args=one("draft"), by_record=True),
    Row(
        "billing:document-change",
        "POST",
        roles=ISSUE,
        answer=(302,),
        args=one("draft"),
        data=_version,
        by_record=True,
    ),
    Row("billing:document-file", roles=SEE, args=one("invoice", ending="pdf"), by_record=True),
    Row(
        "billing:document-kept",
        roles=SEE,
        args=lambda world: {"public_id": world.kept["invoice"], "version": 1},
        by_record=True,
    ),
    Row(
        "billing:document-page",
        roles=SEE,
        args=lambda world: {"public_id": world.kept["invoice"], "page": 1},
        by_record=True,
    ),
    Row("billing:document-act", "POST", roles=ISSUE, answer=(302,), args=one("draft", act="issue"), by_record=True),
    Row("billing:payments", roles=SEE_MONEY),
    Row("billing:payments-export", roles=EXPORTS, args=lambda world: {"code": "csv"}),
    Row("billing:payment-new", roles=TAKE),
    Row("billing:payment-new", "POST", roles=TAKE, answer=(302,), data=_entered),
    Row("billing:payment", roles=SEE_MONEY, args=one("payment")),
    _act("payment", "give", _given),
    _act("payment", "take-back", lambda world: {"allocation": world.kept["allocation"]}),
    _act("payment", "aside"),
    _act("payment", "refund", lambda world: {"amount": "1", "method": "cash"}),
    _act("payment", "void"),
    Row(
        "billing:document-link",
        "POST",
        roles=ISSUE,
        answer=(302,),
        args=one("invoice", act="open"),
        by_record=True,
    ),
    Row("billing:payment-refund-online", "POST", roles=TAKE, answer=(302,), args=one("by_link"), data=_refund),
    Row("billing:pay", args=_sign, is_open=True, names_company=True),
    Row("billing:pay", "POST", answer=(302,), args=_sign, is_open=True),
    Row("billing:pay-file", answer=(404,), args=_sign, is_open=True),
    Row(
        "billing:hook",
        "POST",
        answer=(400,),
        args=lambda world: {"key": world.kept["hook"]},
        is_open=True,
    ),
    Row("billing:sandbox", args=_tried, is_open=True),
    Row("billing:sandbox", "POST", answer=(302,), args=_tried, is_open=True),
    Row("billing:providers", roles=SET_UP),
    Row("billing:provider-new", roles=SET_UP),
    Row(
        "billing:provider-new",
        "POST",
        roles=SET_UP,
        answer=(302,),
        data=lambda world: {"kind": "sandbox", "name": "x"},
    ),
    Row("billing:provider", roles=SET_UP, args=one("provider")),
    Row(
        "billing:provider",
        "POST",
        roles=SET_UP,
        answer=(302,),
        args=one("provider"),
        data=lambda world: {"name": "x"},
    ),
    Row("billing:surplus-act", "POST", roles=TAKE, answer=(302,), args=one("surplus", act="back"), data=_refund),
    Row("billing:surplus-act", "POST", roles=TAKE, answer=(302,), args=one("surplus", act="keep")),
    Row("billing:statements", roles=SEE_MONEY),
    Row("billing:statements", "POST", roles=TAKE, answer=(302,), data=_loaded),
    Row("billing:statement", roles=SEE_MONEY, args=one("statement")),
    Row("billing:debts", roles=SEE_MONEY),
    Row(
        "billing:debts",
        "POST",
        roles=SET_UP,
        answer=(302,),
        data=lambda world: {"client": world.kept["payer"].public_id, "limit": "5"},
    ),
    Row("billing:requisites", roles=SET_UP),
    Row("billing:requisites-new", roles=SET_UP),
    Row("billing:requisites-new", "POST", roles=SET_UP, answer=(302,), data=_requisites),
    Row("billing:requisites-one", roles=SET_UP, args=one("own")),
    Row("billing:requisites-one", "POST", roles=SET_UP, answer=(302,), args=one("own"), data=_requisites),
    Row("billing:account-add", "POST", roles=SET_UP, answer=(302,), args=one("own"), data=_account),
    Row("billing:account-drop", "POST", roles=SET_UP, answer=(302,), args=one("bank_account")),
    Row("billing:picture", "POST", roles=SET_UP, answer=(302,), args=one("own", slot="logo")),
    Row("billing:numbering", roles=SET_UP),
    Row(
        "billing:numbering", "POST", roles=SET_UP, answer=(302,), data=lambda world: {"kind": "act", "pattern": "{n}"}
    ),
    Row("billing:templates", roles=SET_UP),
    Row("billing:template-new", roles=SET_UP),
    Row(
        "billing:template-new",
        "POST",
        roles=SET_UP,
        answer=(302,),
        data=lambda world: {"name": "Письмо", "body": "<p>Да</p>"},
    ),
    Row("billing:template", roles=SET_UP, args=one("paper_text")),
    Row(
        "billing:template",
        "POST",
        roles=SET_UP,
        answer=(302,),
        args=one("paper_text"),
        data=lambda world: {"name": "Письмо", "body": "x"},
    ),
    Row("billing:template-file", roles=SET_UP, args=one("word_text")),
    Row("billing:template-drop", "POST", roles=SET_UP, answer=(302,), args=one("paper_text")),
]
