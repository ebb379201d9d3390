"""Webhooks against a real peer on loopback: signatures, retries over days, 410, pauses, replays, inner addresses."""

import base64
import hashlib
import hmac
import http.server
import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import OperationalError, connection, transaction

from voronka.accounts.testing import make_company, sign_in
from voronka.connect.models import Webhook, WebhookAttempt, WebhookDelivery
from voronka.connect.rules.backoff import WAITS, wait_after
from voronka.connect.services import deliveries, notices, webhooks
from voronka.kit.errors import Conflict, Denied, Invalid
from voronka.kit.events import listeners
from voronka.kit.tenancy import company_context
from voronka.people.testing import make_client

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
EVENTS = ["people.ClientCreated", "people.NoteAdded"]


class Peer:
    """A receiver on loopback: keeps what came, answers as told, in turn."""

    def __init__(self):
        self.heard, self.answers = [], []
        peer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                peer.heard.append((self.path, {name.lower(): one for name, one in self.headers.items()}, body))
                status, headers = peer.answers.pop(0) if peer.answers else (204, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "4" if status == 500 else "0")
                self.end_headers()
                if status == 500:
                    self.wfile.write("Ой".encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


@pytest.fixture
def peer(settings):
    settings.ALLOW_PRIVATE_WEBHOOKS = ["127.0.0.0/8"]
    one = Peer()
    yield one
    one.close()


@pytest.fixture
def cast():
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        yield cast


def add(cast, peer, **more):
    listeners.number_events()
    return webhooks.add_webhook(actor=cast.owner, url=peer.url, events=EVENTS, now=NOW, **more)


def happen(cast, number=1):
    clients = [make_client(cast.owner, f"Смирнова Анна {number}") for number in range(number)]
    listeners.number_events()
    return clients


def verify(secret, headers, body):
    """Check a message as the specification tells receivers to."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{wanted}" in headers["webhook-signature"].split(" ")


def test_an_event_goes_out_once_signed_with_public_ids(cast, peer):
    hook = add(cast, peer)
    client = happen(cast)[0]
    assert deliveries.work_off(cast.company_id, now=NOW) == 1
    assert deliveries.work_off(cast.company_id, now=NOW + timedelta(hours=1)) == 0
    ((path, headers, body),) = peer.heard
    assert path == "/hook"
    assert verify(hook.secret, headers, body)
    assert not verify(hook.secret, headers, body[:-1] + b" ")
    said = json.loads(body)
    assert said["type"] == "people.ClientCreated"
    assert said["data"] == {"client": client.public_id, "channel": "hand"}
    assert headers["webhook-id"] == WebhookDelivery.objects.get().message_id
    assert WebhookDelivery.objects.get().state == "sent"
    attempt = WebhookAttempt.objects.get()
    assert "webhook-signature" not in attempt.sent_headers
    assert hook.secret not in json.dumps([attempt.sent_headers, attempt.answer])


def test_what_was_before_the_webhook_and_other_kinds_of_events_are_not_told(cast, peer):
    happen(cast, 2)
    add(cast, peer)
    deliveries.work_off(cast.company_id, now=NOW)
    assert peer.heard == []


def test_a_new_secret_and_the_old_one_both_sign_for_a_day(cast, peer):
    hook = add(cast, peer)
    old = hook.secret
    new = webhooks.rotate_secret(actor=cast.owner, public_id=hook.public_id, now=NOW).secret
    happen(cast)
    deliveries.work_off(cast.company_id, now=NOW + timedelta(hours=23))
    happen(cast)
    deliveries.work_off(cast.company_id, now=NOW + timedelta(hours=25))
    (_p, first, first_body), (_q, second, second_body) = peer.heard
    assert verify(old, first, first_body)
    assert verify(new, first, first_body)
    assert verify(new, second, second_body)
    assert not verify(old, second, second_body)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT secret || old_secret FROM connect_webhook")
            kept = cursor.fetchone()[0]
    assert old not in kept
    assert new not in kept


def test_failures_are_tried_again_over_three_days_under_the_same_id(cast, peer):
    add(cast, peer)
    happen(cast)
    peer.answers = [(500, {})] * 3
    at = NOW
    deliveries.work_off(cast.company_id, now=at)
    for number in range(3):
        row = WebhookDelivery.objects.get()
        waited = row.next_at - at
        assert WAITS[number] <= waited <= WAITS[number] * 1.2
        assert deliveries.work_off(cast.company_id, now=row.next_at - timedelta(seconds=1)) == 0
        at = row.next_at
        deliveries.work_off(cast.company_id, now=at)
    assert WebhookDelivery.objects.get().state == "sent"
    assert len({headers["webhook-id"] for _path, headers, _body in peer.heard}) == 1
    assert len(peer.heard) == 4
    assert [one.status for one in WebhookAttempt.objects.order_by("id")] == [500, 500, 500, 204]
    assert WebhookAttempt.objects.order_by("id").first().answer == "Ой"
    assert Webhook.objects.get().failing_since is None


def test_the_waits_add_up_to_three_days_and_end():
    whole = sum((wait_after(number, 0) for number in range(1, len(WAITS) + 1)), timedelta())
    assert timedelta(hours=72) < whole < timedelta(hours=80)
    assert wait_after(len(WAITS) + 1, 0) is None


def test_an_address_that_asks_for_more_time_gets_it(cast, peer):
    add(cast, peer)
    happen(cast)
    peer.answers = [(429, {"Retry-After": "600"})]
    deliveries.work_off(cast.company_id, now=NOW)
    assert WebhookDelivery.objects.get().next_at == NOW + timedelta(seconds=600)


def test_gone_switches_off_and_cancels_what_waits(cast, peer):
    add(cast, peer)
    happen(cast, 3)
    peer.answers = [(410, {})]
    deliveries.work_off(cast.company_id, now=NOW)
    assert Webhook.objects.get().state == "gone"
    assert sorted(WebhookDelivery.objects.values_list("state", flat=True)) == ["cancelled", "cancelled", "failed"]
    happen(cast)
    assert deliveries.work_off(cast.company_id, now=NOW + timedelta(days=1)) == 0
    assert len(peer.heard) == 1


def test_three_days_of_failure_pause_it_and_its_maker_is_told(cast, peer, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    hook = add(cast, peer)
    happen(cast)
    peer.answers = [(500, {})] * 30
    at, jobs = NOW, []
    for _number in range(12):
        deliveries.work_off(cast.company_id, now=at)
        row = WebhookDelivery.objects.get()
        if Webhook.objects.get().state != "active":
            break
        at = row.next_at
    assert Webhook.objects.get().state == "failing"
    assert timedelta(hours=72) <= at - NOW <= timedelta(hours=100)
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs")
        jobs = [row[0] for row in cursor.fetchall()]
    assert "connect.pause_letter" in jobs
    assert notices.send_pause_letter(webhook_id=hook.pk)
    assert "не отвечал" in mail.outbox[0].body or "three days" in mail.outbox[0].body
    assert hook.url in mail.outbox[0].body
    assert deliveries.companies_with_work(at + timedelta(days=3)) == []


def test_switched_on_again_what_happened_meanwhile_is_sent_or_not(cast, peer):
    hook = add(cast, peer)
    webhooks.pause_webhook(actor=cast.owner, public_id=hook.public_id, now=NOW)
    happen(cast, 2)
    assert deliveries.work_off(cast.company_id, now=NOW) == 0
    webhooks.resume_webhook(actor=cast.owner, public_id=hook.public_id, now=NOW, catch_up=True)
    assert deliveries.work_off(cast.company_id, now=NOW) == 2
    webhooks.pause_webhook(actor=cast.owner, public_id=hook.public_id, now=NOW)
    happen(cast, 2)
    webhooks.resume_webhook(actor=cast.owner, public_id=hook.public_id, now=NOW)
    assert deliveries.work_off(cast.company_id, now=NOW) == 0


def test_messages_are_sent_once_more_by_hand_one_or_all(cast, peer):
    hook = add(cast, peer)
    happen(cast, 3)
    deliveries.work_off(cast.company_id, now=NOW)
    one = WebhookDelivery.objects.first()
    again = deliveries.replay(actor=cast.owner, public_id=hook.public_id, deliveries=[one.public_id], now=NOW)
    assert again == 1
    assert deliveries.work_off(cast.company_id, now=NOW) == 1
    assert [headers["webhook-id"] for _p, headers, _b in peer.heard].count(one.message_id) == 2
    WebhookDelivery.objects.update(state="failed")
    since = NOW - timedelta(days=1)
    assert deliveries.replay_failed(actor=cast.owner, public_id=hook.public_id, since=since, now=NOW) == 3
    with pytest.raises(Denied):
        deliveries.replay_failed(actor=cast.colleague, public_id=hook.public_id, since=since, now=NOW)
    webhooks.pause_webhook(actor=cast.owner, public_id=hook.public_id, now=NOW)
    with pytest.raises(Conflict):
        deliveries.send_test(actor=cast.owner, public_id=hook.public_id, now=NOW)


def test_a_redirect_to_an_inner_address_is_not_followed(cast, peer):
    add(cast, peer)
    happen(cast)
    peer.answers = [(302, {"Location": f"http://127.0.0.1:{peer.port}/secret"})]
    deliveries.work_off(cast.company_id, now=NOW)
    assert [path for path, _headers, _body in peer.heard] == ["/hook"]
    assert WebhookDelivery.objects.get().state == "waiting"
    assert WebhookAttempt.objects.get().status == 302


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "0177.0.0.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.7", "169.254.169.254"],
)
def test_inner_numbers_are_refused_when_it_is_saved(cast, peer, settings, host):
    settings.ALLOW_PRIVATE_WEBHOOKS = []
    with pytest.raises(Invalid) as refused:
        webhooks.add_webhook(actor=cast.owner, url=f"http://{host}:{peer.port}/", events=EVENTS, now=NOW)
    assert "url" in refused.value.fields
    assert peer.heard == []


def test_a_name_that_leads_inside_is_refused_when_it_is_sent(cast, peer, settings):
    hook = add(cast, peer)
    Webhook.objects.filter(pk=hook.pk).update(url=f"http://localhost:{peer.port}/hook")
    settings.ALLOW_PRIVATE_WEBHOOKS = []
    happen(cast)
    deliveries.work_off(cast.company_id, now=NOW)
    assert peer.heard == []
    assert WebhookAttempt.objects.get().error == "private"
    assert WebhookDelivery.objects.get().state == "waiting"


def test_a_worker_that_died_in_the_middle_leaves_its_message_to_the_next(cast, peer):
    add(cast, peer)
    happen(cast)
    deliveries.read_events(now=NOW)
    with transaction.atomic():
        deliveries._claim(NOW)  # and here the worker dies
    assert deliveries.send_due(now=NOW + timedelta(minutes=1)) == 0
    assert deliveries.send_due(now=NOW + timedelta(minutes=6)) == 1
    assert len(peer.heard) == 1


def test_one_silent_address_does_not_hold_up_the_others(cast, peer):
    silent = add(cast, peer)
    Webhook.objects.filter(pk=silent.pk).update(url="http://127.0.0.1:1/")
    add(cast, peer)
    happen(cast, 4)
    deliveries.work_off(cast.company_id, now=NOW)
    assert len(peer.heard) == 4
    assert WebhookAttempt.objects.filter(delivery__webhook=silent).count() == 1
    assert WebhookDelivery.objects.filter(webhook=silent, state="waiting").count() == 4


def test_an_event_that_one_webhook_cannot_be_told_of_reaches_the_others(cast, peer, monkeypatch):
    broken, sound = add(cast, peer), add(cast, peer)
    usual = deliveries._message

    def breaks_of_the_first(webhook, document, now):
        if webhook == broken:
            raise ZeroDivisionError
        return usual(webhook, document, now)

    monkeypatch.setattr(deliveries, "_message", breaks_of_the_first)
    happen(cast)
    assert deliveries.work_off(cast.company_id, now=NOW) == 1
    assert WebhookDelivery.objects.get().webhook_id == sound.pk
    assert deliveries.companies_with_work(NOW) == [], "what breaks is looked at once, not each second for ever"
    broken.refresh_from_db()
    assert (broken.state, sound.state) == ("broken", "active")
    monkeypatch.setattr(deliveries, "_message", usual)
    webhooks.resume_webhook(actor=cast.owner, public_id=broken.public_id, now=NOW, catch_up=True)
    assert deliveries.work_off(cast.company_id, now=NOW) == 1, "its place in the log has stayed where it was"


def test_a_secret_that_is_none_switches_its_webhook_off_and_holds_up_no_other(cast, peer, settings, client):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    broken, sound = add(cast, peer), add(cast, peer)
    Webhook.objects.filter(pk=broken.pk).update(secret="whsec_это не секрет")
    happen(cast, 2)
    deliveries.work_off(cast.company_id, now=NOW)
    assert len(peer.heard) == 2
    assert sorted(WebhookDelivery.objects.filter(webhook=sound).values_list("state", flat=True)) == ["sent", "sent"]
    states = WebhookDelivery.objects.filter(webhook=broken).order_by("id").values_list("state", flat=True)
    assert list(states) == ["failed", "waiting"], "what broke is given up; what waits behind it is kept"
    assert Webhook.objects.get(pk=broken.pk).state == "broken"
    assert WebhookAttempt.objects.get(delivery__webhook=broken).error == "broken"
    assert deliveries.companies_with_work(NOW + timedelta(days=3)) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'webhook_id' FROM procrastinate_jobs WHERE task_name = 'connect.pause_letter'")
        assert cursor.fetchall() == [(str(broken.pk),)]
    assert notices.send_pause_letter(webhook_id=broken.pk)
    assert "сломалась" in mail.outbox[0].body or "broke on it" in mail.outbox[0].body
    sign_in(client, cast.owner)
    page = f"/settings/webhooks/{broken.public_id}/"
    assert "программа на нём сломалась" in client.get(page).content.decode()
    tried = WebhookDelivery.objects.get(webhook=broken, state="failed")
    assert "сломалась на этом" in client.get(f"{page}deliveries/{tried.public_id}/").content.decode()
    webhooks.rotate_secret(actor=cast.owner, public_id=broken.public_id, now=NOW - timedelta(days=2))
    webhooks.resume_webhook(actor=cast.owner, public_id=broken.public_id, now=NOW, catch_up=True)
    assert deliveries.work_off(cast.company_id, now=NOW) == 1, "the one behind what broke"


def test_an_answer_that_cannot_be_written_down_is_not_asked_for_again(cast, peer, monkeypatch):
    broken, sound = add(cast, peer), add(cast, peer)
    monkeypatch.setattr(deliveries, "_readable", lambda start: "\0" if start else "")
    happen(cast)
    peer.answers = [(500, {})]
    deliveries.work_off(cast.company_id, now=NOW)
    assert len(peer.heard) == 2
    assert sorted(WebhookDelivery.objects.values_list("state", flat=True)) == ["failed", "sent"]
    assert sorted(Webhook.objects.values_list("state", flat=True)) == ["active", "broken"]
    deliveries.work_off(cast.company_id, now=NOW + timedelta(days=1))
    assert len(peer.heard) == 2
    assert {broken.pk, sound.pk} == set(Webhook.objects.values_list("id", flat=True))


PASSING = [OperationalError("deadlock detected"), MemoryError(), OSError(24, "Too many open files")]


@pytest.mark.parametrize("fault", PASSING, ids=lambda one: type(one).__name__)
def test_a_database_or_a_machine_that_is_busy_switches_no_webhook_off(cast, peer, monkeypatch, fault):
    add(cast, peer)

    def is_busy(*_given, **_named):
        raise fault

    with monkeypatch.context() as patched:
        patched.setattr(deliveries, "_message", is_busy)
        happen(cast)
        assert deliveries.work_off(cast.company_id, now=NOW) == 0
    assert Webhook.objects.get().state == "active"
    with monkeypatch.context() as patched:
        patched.setattr(deliveries, "signatures", is_busy)
        assert deliveries.work_off(cast.company_id, now=NOW) == 1
    assert Webhook.objects.get().state == "active"
    row = WebhookDelivery.objects.get()
    assert (row.state, WebhookAttempt.objects.get().error) == ("waiting", "connection")
    with monkeypatch.context() as patched:
        patched.setattr(deliveries, "_readable", is_busy)
        assert deliveries.work_off(cast.company_id, now=row.next_at) == 1
    row.refresh_from_db()
    assert (row.state, Webhook.objects.get().state) == ("waiting", "active"), "its answer may yet be written down"
    assert deliveries.work_off(cast.company_id, now=row.next_at) == 1
    row.refresh_from_db()
    assert row.state == "sent"


def test_old_messages_are_forgotten_and_waiting_ones_are_not(cast, peer):
    add(cast, peer)
    happen(cast, 2)
    deliveries.work_off(cast.company_id, now=NOW)
    first = WebhookDelivery.objects.order_by("id").first()
    WebhookDelivery.objects.filter(pk=first.pk).update(state="waiting")
    deliveries.forget_old(now=NOW + timedelta(days=31))
    assert list(WebhookDelivery.objects.values_list("id", flat=True)) == [first.pk]


def test_every_kind_of_event_has_words_and_a_payload_that_is_told():
    from voronka.connect.services import outward
    from voronka.connect.services.words import EVENT_NAMES
    from voronka.kit.events import all_kinds

    kinds = all_kinds()
    assert set(kinds) - set(EVENT_NAMES) == set(), "say what these events are called in connect/services/words.py"
    for name, kind in kinds.items():
        assert outward.schema_of(kind)["properties"], name
        assert all(one != {} for one in outward.schema_of(kind)["properties"].values()), name


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_it_on_connections_without_an_open_transaction(peer, settings):
    """As the worker runs it: every statement has to bring its own transaction, or the walls would show it nothing."""
    from voronka.connect import jobs

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cast = make_company()
    now = datetime.now(UTC)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        with transaction.atomic():
            listeners.number_events()
            hook = webhooks.add_webhook(actor=cast.owner, url=peer.url, events=EVENTS, now=now)
            make_client(cast.owner, "Смирнова Анна")
        listeners.number_events()
    assert deliveries.companies_with_work(now) == [cast.company_id]
    jobs.look_for_deliveries(now)
    jobs.deliver_job(of_company=cast.company_id)
    jobs.deliver_job(of_company=cast.company_id)
    jobs.look_for_old_rows(now)
    jobs.forget_job(of_company=cast.company_id)
    assert len(peer.heard) == 1
    with company_context(cast.company_id), transaction.atomic():
        assert WebhookDelivery.objects.get().state == "sent"
        assert WebhookAttempt.objects.get().status == 204
    with company_context(cast.company_id, strict=True):
        assert notices.send_pause_letter(webhook_id=hook.pk)
    assert deliveries.companies_with_work(now) == []
