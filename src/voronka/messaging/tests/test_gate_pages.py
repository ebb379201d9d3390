"""Pages of the gate: rules, texts of consents, the client's messages with why, his consents with their proof."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.kit.errors import Denied, Invalid
from voronka.kit.tenancy import company_context
from voronka.messaging import services
from voronka.messaging.models import BlockedAddress, ChannelRules, ConsentText, GateSettings, Message
from voronka.messaging.ports import Handed
from voronka.messaging.testing import Post, channel, draft, make_reader
from voronka.people.models import Consent, ContactPoint

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
FORM = {
    "is_on": "on", "quiet_begins": "21:30", "quiet_ends": "09:00", "most": "3", "days": "14", "email_is_on": "on",
    "email_days": "7", "sms_is_on": "on", "sms_quiet": "on", "sms_most": "1", "sms_days": "30", "push_days": "7",
    "telegram_days": "7", "chat_days": "7",
}  # fmt: skip


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


def test_rules_are_kept_and_shown_again(owner, browser: Browser) -> None:
    address = reverse("messaging:rules")
    page = browser.get(address).content.decode()
    assert 'value="22:00"' in page
    assert 'value="08:00"' in page
    assert browser.post(address, FORM).status_code == 302
    row = GateSettings.objects.get()
    assert (row.quiet_begins, row.quiet_ends, row.most, row.days) == (21 * 60 + 30, 9 * 60, 3, 14)
    kept = {one.channel: (one.is_on, one.is_quiet_for_service, one.most) for one in ChannelRules.objects.all()}
    assert kept["sms"] == (True, True, 1)
    assert kept["push"] == (False, False, None)
    assert 'value="21:30"' in browser.get(address).content.decode()
    assert browser.post(address, FORM | {"is_on": ""}).status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet_begins": "25:00"}, {"quiet_ends": "утром"}, {"most": "0"}, {"days": "1000"}, {"sms_most": "-1"},
        {"email_days": ""}, {"most": "9" * 40}, {"quiet_begins": "٠٩:٠٠"},
    ],
)  # fmt: skip
def test_wrong_rules_are_refused_in_words_and_nothing_changes(owner, browser: Browser, wrong) -> None:
    answer = browser.post(reverse("messaging:rules"), FORM | wrong)
    assert answer.status_code == 422
    assert "aria-invalid" in answer.content.decode()
    assert not GateSettings.objects.exists()


def test_a_text_of_a_consent_makes_versions_and_the_old_ones_stay(owner, cast: Cast, browser: Browser) -> None:
    address = reverse("messaging:consent-texts")
    sent = {"purpose": "advertising", "channel": "any", "text": "Согласен на новости"}
    for text in ("Согласен на новости", "Согласен на новости", "Согласен на новости и скидки"):
        assert browser.post(address, sent | {"text": text}).status_code == 302
    assert list(ConsentText.objects.order_by("id").values_list("version", "text")) == [
        (1, "Согласен на новости"), (2, "Согласен на новости и скидки"),
    ]  # fmt: skip
    assert browser.post(address, sent | {"text": "  "}).status_code == 422
    assert browser.post(address, sent | {"purpose": "spying"}).status_code == 422
    with pytest.raises(Denied):
        services.publish_consent_text(actor=cast.colleague, purpose="advertising", channel="any", text="x")
    with pytest.raises(Invalid):
        services.publish_consent_text(actor=owner, purpose="advertising", channel="any", text="x\0")


def test_a_consent_is_given_with_the_text_of_the_day_and_withdrawn(owner, browser: Browser) -> None:
    client = make_reader(at=NOON, agrees=None)
    services.publish_consent_text(actor=owner, purpose="advertising", channel="any", text="Хочу новости")
    address = reverse("messaging:client-consents", args=[client.public_id])
    sent = {"purpose": "advertising", "channel": "email", "given": "yes", "source": "По телефону"}
    assert browser.post(address, sent).status_code == 302
    services.publish_consent_text(actor=owner, purpose="advertising", channel="any", text="Хочу ещё")
    assert browser.post(address, sent | {"given": "no"}).status_code == 302
    assert list(Consent.objects.order_by("id").values_list("given", "text_version", "source")) == [
        (True, "advertising/any/1", "По телефону"), (False, "", "По телефону"),
    ]  # fmt: skip
    page = browser.get(address).content.decode()
    assert "Хочу новости" in page
    assert "Хочу ещё" not in page
    assert browser.post(address, sent | {"source": ""}).status_code == 422
    assert browser.post(address, sent | {"channel": "pigeon"}).status_code == 422
    assert Consent.objects.count() == 2


def test_the_card_says_why_and_settles_the_unknown(owner, browser: Browser, django_assert_max_num_queries) -> None:
    client, post = make_reader(at=NOON, agrees=None), Post()
    ContactPoint.objects.create(client=client, kind="email", value="a@example.com")
    post.answer = lambda one: Handed(one.message_id, "unknown")
    now = datetime.now(UTC)
    with channel("email", post):
        services.plan([draft(client, now, subject="Реклама")], now=now)
        services.plan([draft(client, now, subject="Чек", traffic="service")], now=now)
        services.send_due("email", now=now)
        with django_assert_max_num_queries(40):
            page = browser.get(reverse("messaging:client-messages", args=[client.public_id])).content.decode()
    page = page.replace("\u00a0", " ")
    assert "клиент не давал согласия на рекламу" in page
    assert "Неизвестно, ушло ли" in page
    unknown = Message.objects.get(state="unknown")
    assert browser.post(reverse("messaging:settle", args=[unknown.public_id]), {"went": "yes"}).status_code == 302
    assert Message.objects.get(pk=unknown.pk).state == "accepted"
    assert browser.post(reverse("messaging:settle", args=[unknown.public_id]), {"went": "yes"}).status_code == 409


def test_an_address_may_be_written_to_again(owner, browser: Browser) -> None:
    services.block("email", "anna@example.com", "bounce", words="550", at=NOON + timedelta(days=1))
    page = browser.get(reverse("messaging:rules")).content.decode()
    assert "an…@ex….com" in page
    assert "anna@" not in page
    row = BlockedAddress.objects.get()
    assert browser.post(reverse("messaging:unblock", args=[row.public_id])).status_code == 302
    assert browser.post(reverse("messaging:unblock", args=[row.public_id])).status_code == 404
    assert not BlockedAddress.objects.exists()


def test_a_manager_reads_his_own_clients_only_and_sets_nothing_up(owner, cast: Cast) -> None:
    manager = sign_in(Browser(), cast.colleague)
    own, other = make_reader(at=NOON), make_reader(at=NOON)
    for card, actor in ((own, cast.colleague), (other, cast.owner)):
        card.responsible_id = actor.employee_id
        card.save()
    assert manager.get(reverse("messaging:client-messages", args=[own.public_id])).status_code == 200
    assert manager.get(reverse("messaging:client-messages", args=[other.public_id])).status_code in {403, 404}
    for name in ("messaging:rules", "messaging:consent-texts"):
        assert manager.get(reverse(name)).status_code == 403
