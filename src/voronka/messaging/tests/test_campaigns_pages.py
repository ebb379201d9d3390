"""Pages of campaigns and of texts of SMS: from the form to the results; an SMS by a button."""

import html
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.kit.steps import StepContext
from voronka.kit.subjects import Subject
from voronka.kit.tenancy import company_context
from voronka.messaging import services
from voronka.messaging.models import Campaign, Message, MessageTouch, Template
from voronka.messaging.queries import list_templates
from voronka.messaging.services import campaigns, sms_providers
from voronka.messaging.services.blocks import BlocksDraft, save_blocks
from voronka.messaging.steps import SendSms
from voronka.messaging.testing import Post, channel, make_campaign, make_reader
from voronka.people.models import Client, ContactPoint

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def cast() -> Cast:
    return make_company()


@pytest.fixture
def owner(cast: Cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        yield cast.owner


@pytest.fixture
def browser(cast: Cast) -> Browser:
    return sign_in(Browser(), cast.owner)


def plain(page) -> str:
    return page.content.decode().replace("\xa0", " ")


def reader(name: str = "Анна", phone: str = "+79161234567") -> Client:
    client = make_reader(name, at=NOON)
    ContactPoint.objects.create(client=client, kind="email", value=f"c{client.pk}@example.com", position=0)
    ContactPoint.objects.create(client=client, kind="phone", value=phone, position=0)
    return client


def test_a_campaign_of_letters_by_its_pages(owner, browser: Browser) -> None:
    client = reader()
    template = services.save_template(actor=owner, name="Осень", subject="Скидки", body="Привет, {{ client.name }}!")
    form = {
        "name": "Осенняя", "channel": "email", "traffic": "advertising", "template_1": template.public_id,
        "share_1": "50", "way": "clock", "day": "2026-12-01", "hour": "10:30", "a_minute": "100", "window_days": "5",
    }  # fmt: skip
    new = reverse("messaging:campaign-new")
    wrong = browser.post(new, form | {"hour": "", "window_days": "900"})
    assert wrong.status_code == 422
    assert "Укажите день и час." in wrong.content.decode()
    page = browser.post(new, form, follow=True)
    row = Campaign.objects.get()
    assert (row.minute, str(row.on_day), row.a_minute, row.window_days) == (630, "2026-12-01", 100, 5)
    assert "по часам самого клиента" in plain(page)
    edit = reverse("messaging:campaign-edit", args=[row.public_id])
    assert 'value="10:30"' in browser.get(edit).content.decode()
    browser.post(edit, form | {"way": "now", "version": "1", "a_minute": ""})
    assert browser.post(edit, form | {"version": "1"}).status_code == 409  # somebody was quicker
    checked = browser.get(reverse("messaging:campaign-check", args=[row.public_id])).content.decode()
    assert "Получат" in checked
    address = reverse("messaging:campaign", args=[row.public_id])
    assert "Привет, Анна!" in browser.get(address).content.decode(), "and a way to send it to oneself, unasked"
    shown = browser.get(address, {"q": "Анна"}).content.decode()
    assert "Привет, Анна!" in shown
    sent = browser.post(
        reverse("messaging:campaign-test", args=[row.public_id]), {"client": client.public_id, "number": "1"}
    )
    assert sent.status_code == 302
    assert Message.objects.get().cause_kind == "test"
    act = reverse("messaging:campaign-act", args=[row.public_id])
    browser.post(act, {"act": "start"})
    row.refresh_from_db()
    assert row.state == "running"
    campaigns.look(now=row.started_at)
    progress = browser.get(reverse("messaging:campaign-progress", args=[row.public_id]))
    assert "Остановить насовсем" in progress.content.decode()
    browser.post(act, {"act": "pause"})
    browser.post(act, {"act": "stop"})
    assert browser.get(reverse("messaging:campaign-progress", args=[row.public_id])).headers["HX-Refresh"] == "true"
    who = plain(browser.get(reverse("messaging:campaign-recipients", args=[row.public_id])))
    assert "Рассылка «Осенняя»: не ушло: рассылку остановили." in who
    assert "Осенняя" in browser.get(reverse("messaging:campaigns"), {"look": "ended"}).content.decode()
    assert "Осенняя" not in browser.get(reverse("messaging:campaigns"), {"look": "draft"}).content.decode()
    letter = Message.objects.exclude(cause_kind="test").get()
    for kind, is_human, reason in (("open", False, "apple"), ("open", True, ""), ("click", True, "")):
        MessageTouch.objects.create(message=letter, kind=kind, at=row.started_at, is_human=is_human, reason=reason)
    told = " ".join(re.sub("<[^>]*>", " ", plain(browser.get(address))).split())
    assert "Передано" in told
    assert "Дошло до клиента" not in told, "no server of mail says that a letter was put before its reader"
    assert "Открыли 1 1 1" in told  # one letter, by a person and by a machine
    assert "Перешли по ссылке 1 0 1" in told
    assert "1 — защита приватности Apple загружает все картинки" in told.replace("\xa0", " ")
    browser.post(act, {"act": "copy"})
    copy = Campaign.objects.get(state="draft")
    browser.post(reverse("messaging:campaign-act", args=[copy.public_id]), {"act": "delete"})
    assert Campaign.objects.count() == 1


def test_a_drawn_letter_is_looked_at_as_its_client_gets_it(owner, browser: Browser, cast: Cast) -> None:
    client = reader()
    blocks = [
        {"kind": "heading", "text": "Столы для {{ client.name }}", "align": "left"},
        {"kind": "footer", "text": "Ответьте на это письмо"},
    ]
    template = save_blocks(actor=owner, draft=BlocksDraft("Столы", "Столы", blocks))
    letters = [campaigns.VariantDraft(template.public_id, 1)]
    drawn, worded = make_campaign(owner, now=NOON, variants=letters), make_campaign(owner, now=NOON)
    address = reverse("messaging:campaign", args=[drawn.public_id])
    page = browser.get(address, {"client": client.public_id}).content.decode()
    [frame] = re.findall(r'<iframe\s+src="([^"]*)"', page)
    answer = browser.get(address + html.unescape(frame))
    assert (answer.status_code, answer["X-Frame-Options"]) == (200, "SAMEORIGIN")
    assert answer["Content-Security-Policy"].endswith("sandbox")
    assert "<h1" in answer.content.decode().split("Столы для Анна")[0]
    other = reverse("messaging:campaign", args=[worded.public_id])
    assert "<iframe" not in browser.get(other, {"client": client.public_id}).content.decode()
    look = {"client": client.public_id, "look": "1"}
    assert browser.get(other, look).status_code == 404
    assert browser.get(address, look | {"look": "7"}).status_code == 404
    assert sign_in(Browser(), cast.stranger).get(address, look).status_code == 404


def test_a_list_of_clients_leads_to_a_campaign_to_it(owner, browser: Browser) -> None:
    reader("Анна")
    chosen = reader("Борис", "+79161234568")
    template = services.save_template(actor=owner, name="Осень", subject="Скидки", body="Привет!")
    page = browser.get("/clients/", {"q": "Борис"}).content.decode()
    (address,) = [html.unescape(one) for one in re.findall(r'href="(/campaigns/new/[^"]*)"', page)]
    form = browser.get(address).content.decode()
    assert "список, из которого вы пришли" in form
    (query,) = re.findall(r'name="query" value="([^"]*)"', form)
    sent = {"name": "Борису", "channel": "email", "traffic": "service", "template_1": template.public_id,
            "share_1": "50", "way": "now", "window_days": "7", "query": html.unescape(query)}  # fmt: skip
    assert browser.post(reverse("messaging:campaign-new"), sent).status_code == 302
    row = Campaign.objects.get()
    campaigns.start(actor=owner, public_id=row.public_id, now=NOON)
    campaigns.look(now=NOON)
    assert list(Message.objects.values_list("client_id", flat=True)) == [chosen.pk]


def test_the_list_asks_no_more_for_more_rows(owner, browser: Browser) -> None:
    def statements(count: int) -> int:
        for n in range(count):
            make_campaign(owner, now=NOON, name=f"Рассылка {n}")
        with CaptureQueriesContext(connection) as context:
            assert browser.get(reverse("messaging:campaigns")).content.decode().count("Рассылка ") >= count
        return len(context)

    statements(1)
    assert statements(2) == statements(12)


def test_a_campaign_of_sms_counts_parts_and_money_before_it_goes(owner, browser: Browser) -> None:
    provider = sms_providers.SmsProviderDraft("sandbox", "Песочница", price=4, for_advertising=True)
    sms_providers.save_sms_provider(actor=owner, draft=provider, now=NOON)
    reader("Анна")
    reader("Очень длинное имя, с которым текст уже не помещается в одну часть", "+79161234568")
    make_reader("Без телефона", at=NOON)
    page = browser.post(
        reverse("messaging:sms-text-new"),
        {"name": "Скидка", "body": "{{ client.name }}, скидка 10 %", "act": "preview", "q": "Анна"},
    ).content.decode()
    assert "Анна, скидка 10 %" in page
    browser.post(reverse("messaging:sms-text-new"), {"name": "Скидка", "body": "{{ client.name }}, скидка 10 %"})
    (template,) = list_templates("sms")
    assert list_templates() == []
    draft = campaigns.CampaignDraft("SMS", "sms", [campaigns.VariantDraft(template.public_id)])
    row = campaigns.save_campaign(actor=owner, draft=draft, now=NOON)
    found = campaigns.check(actor=owner, row=row, now=NOON)
    assert (found.total, found.goes, found.parts, found.cost) == (3, 2, 3, 12)
    assert found.refused == {"no_address": 1}
    post = Post()
    with channel("sms", post):
        campaigns.start(actor=owner, public_id=row.public_id, now=NOON)
        campaigns.look(now=NOON)
        while services.send_due("sms", now=NOON):
            pass
    assert sorted(one.address for one in post.got) == ["+79161234567", "+79161234568"]
    assert sorted(Message.objects.filter(state="accepted").values_list("parts", "cost")) == [(1, 4), (2, 8)]
    wrong = browser.post(reverse("messaging:sms-text-new"), {"name": "", "body": "{{ client.nmae }}"})
    assert wrong.status_code == 422
    browser.post(reverse("messaging:sms-text-delete", args=[template.public_id]))
    assert not Template.objects.get().is_active


def test_a_button_sends_an_sms_and_its_undo_calls_it_back(owner) -> None:
    client = reader()
    template = services.save_template(
        actor=owner, name="Готов", subject="", body="{{ client.first_name }}, заказ готов", channel="sms"
    )
    step = SendSms(template=template.public_id)
    assert step.problems() == []
    context = StepContext(
        actor=owner, now=NOON, subject=Subject("deal", 1), client_id=client.pk, cause=uuid.uuid4(), draft=None
    )
    with channel("sms", Post()):
        (told,) = step.preview(context)
        assert told.words == "SMS “Анна, заказ готов”"
        (told,) = step.run(context)
        step.run(context)
    row = Message.objects.get()
    assert (row.channel, row.body, row.address, row.state) == ("sms", "Анна, заказ готов", "+79161234567", "planned")
    assert row.due_at > NOON
    services.call_back(context.cause, now=NOON + timedelta(seconds=5))
    assert Message.objects.get().state == "cancelled"
    services.delete_template(actor=owner, public_id=template.public_id)
    assert step.problems() == ["The text is gone: choose another."]
