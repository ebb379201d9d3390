"""Devices are told while no page is open: sealed, once, by right, and only as long as the person is signed in."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client as Browser

from voronka.accounts import services as accounts
from voronka.accounts.testing import add_person, make_company, sign_in, user_of
from voronka.deals.testing import make_client
from voronka.kit import outbox, webpush
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.events import listeners
from voronka.kit.models import OutgoingItem
from voronka.kit.tenancy import company_context
from voronka.people.services import add_note
from voronka.work import services
from voronka.work.models import PushDevice, Reminder
from voronka.work.rules.hours import Hours
from voronka.work.rules.reminders import may_push
from voronka.work.rules.schedule import USUAL_WEEK, Schedule
from voronka.work.tests.push_peer import Device, Service

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(settings):
    settings.ALLOW_PRIVATE_WEBHOOKS = ["127.0.0.0/8"]
    one = Service()
    yield one
    one.close()


@pytest.fixture
def cast():
    cast = make_company(now=datetime.now(UTC))
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        services.set_week(actor=cast.owner, employee_id=None, week=[Hours(0, 1440)] * 7, lunch=None)
    return cast


def browser_of(actor, language="en"):
    user = user_of(actor)
    user.language = language
    user.save(update_fields=["language"])
    browser = sign_in(Browser(), actor)
    browser.get("/reminders/")
    return browser


def give(browser, service, name="phone"):
    device = Device(service, name, webpush.public_key())
    answer = browser.post(
        "/reminders/devices", device.fields, headers={"User-Agent": "Mozilla/5.0 (Linux; Android 16) Chrome/150.0"}
    )
    assert answer.status_code == 204
    return device


def work_off(cast, now=None):
    """Do what the worker does: number events, let the listener write, hand over what is due."""
    listeners.number_events()
    one = next(one for one in listeners.all_listeners() if one.name == "work.push")
    while listeners.drain(one, cast.company_id):
        pass
    return outbox.send_due(cast.company_id, now=now or datetime.now(UTC) + timedelta(seconds=1))


def remind(actor, text):
    with company_context(actor.company_id, employee_id=actor.employee_id):
        now = datetime.now(UTC)
        row = services.remind_me(actor=actor, text=text, at=now, now=now)
    services.remind_company(actor.company_id, now=datetime.now(UTC))
    return row


def test_a_reminder_comes_to_every_device_of_the_person_and_to_nobody_else(cast, service):
    mine, other = browser_of(cast.owner), browser_of(cast.colleague)
    phone, desk, foreign = give(mine, service), give(mine, service, "desk"), give(other, service, "foreign")
    row = remind(cast.owner, "Посмотреть почту")
    assert work_off(cast) == 2
    assert [[said for said, _head in one.seen] for one in (phone, desk, foreign)] == [
        [{"title": "Посмотреть почту", "body": "", "url": "/reminders/", "tag": row.public_id}],
        [{"title": "Посмотреть почту", "body": "", "url": "/reminders/", "tag": row.public_id}],
        [],
    ]
    _said, head = phone.seen[0]
    assert (head["urgency"], head["topic"], head["ttl"]) == ("high", row.public_id, "14400")
    with company_context(cast.company_id), transaction.atomic():
        assert "почту" not in str(list(OutgoingItem.objects.values_list("payload", flat=True)))
        assert phone.endpoint not in str(list(PushDevice.objects.values_list("sign", "agent")))
    assert work_off(cast) == 0
    page = mine.get("/reminders/").content.decode()
    assert page.count("Chrome, Android") == 2
    assert "told last" in page
    assert phone.endpoint not in page


def test_a_mention_comes_in_the_readers_language_and_nothing_that_was_read(cast, service):
    phone = give(browser_of(cast.owner, "ru"), service)
    with company_context(cast.company_id, employee_id=cast.colleague.employee_id):
        client = make_client(name="Анна Смирнова")
        add_note(
            actor=cast.colleague, client_id=client.pk, text=f"@{cast.owner.name} посмотрите", now=datetime.now(UTC)
        )
    work_off(cast)
    ((said, head),) = phone.seen
    assert said["title"].endswith("упоминает вас: Анна Смирнова")
    assert (said["url"], head["urgency"]) == (f"/clients/{client.public_id}/", "normal")
    with company_context(cast.company_id, employee_id=cast.colleague.employee_id):
        add_note(actor=cast.colleague, client_id=client.pk, text=f"@{cast.owner.name} и ещё", now=datetime.now(UTC))
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        accounts.read_notices(actor=cast.owner, now=datetime.now(UTC))
    work_off(cast)
    assert len(phone.seen) == 1


def test_what_was_dealt_with_or_has_grown_old_is_not_told(cast, service):
    phone = give(browser_of(cast.owner), service)
    row = remind(cast.owner, "Почта")
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        services.settle_reminder(actor=cast.owner, public_id=row.public_id, now=datetime.now(UTC))
    work_off(cast)
    remind(cast.owner, "Отчёт")
    work_off(cast, now=datetime.now(UTC) - timedelta(seconds=30))  # not yet due
    with company_context(cast.company_id), transaction.atomic():
        OutgoingItem.objects.filter(state="waiting").update(made_at=datetime.now(UTC) - timedelta(hours=5))
    work_off(cast)
    assert phone.seen == []
    assert service.asked == 0


@pytest.mark.parametrize("how", ["signs out", "password", "dismissed"])
def test_a_device_is_silent_when_the_sign_in_has_ended(cast, service, how):
    person = add_person(cast.owner, "manager")
    browser = browser_of(person)
    phone = give(browser, service)
    row = remind(person, "Почта")
    if how == "signs out":
        browser.post("/account/logout/")
    elif how == "password":
        user = user_of(person)
        user.set_password("another-long-password-21")
        user.save()
    else:
        with company_context(cast.company_id, employee_id=cast.owner.employee_id):
            accounts.dismiss_employee(actor=cast.owner, employee_id=person.employee_id)
    work_off(cast)
    assert phone.seen == []
    with company_context(cast.company_id), transaction.atomic():
        assert Reminder.objects.get().pk == row.pk
        assert how == "dismissed" or not PushDevice.objects.exists()


def test_a_busy_service_is_asked_again_and_one_that_knows_the_device_no_more_never(cast, service):
    phone = give(browser_of(cast.owner), service)
    remind(cast.owner, "Почта")
    service.answers = [503]
    now = datetime.now(UTC) + timedelta(seconds=2)
    assert work_off(cast, now) == 1
    assert work_off(cast, now + timedelta(minutes=1)) == 0
    assert work_off(cast, now + timedelta(minutes=6)) == 1
    assert len(phone.seen) == 1
    remind(cast.owner, "Отчёт")
    service.answers = [410]
    work_off(cast)
    with company_context(cast.company_id), transaction.atomic():
        assert not PushDevice.objects.exists()
    remind(cast.owner, "Письмо")
    asked = service.asked
    work_off(cast)
    assert service.asked == asked


def test_another_key_of_the_server_makes_the_device_forgotten(cast, service):
    browser = browser_of(cast.owner)
    device = Device(service, "phone", "another key")
    assert browser.post("/reminders/devices", device.fields).status_code == 204
    remind(cast.owner, "Почта")
    work_off(cast)
    assert device.seen == []
    with company_context(cast.company_id), transaction.atomic():
        assert not PushDevice.objects.exists()


def test_addresses_that_no_push_service_has_are_refused(cast, service, settings):
    browser = browser_of(cast.owner)
    good = Device(service, "phone", webpush.public_key()).fields
    settings.ALLOW_PRIVATE_WEBHOOKS = []
    for wrong in ({"endpoint": good["endpoint"]}, {"endpoint": "file:///etc/passwd"}, {"endpoint": ""},
                  {"endpoint": "https://x/" + "a" * 1_000}, {"point": "AAAA"}, {"secret": ""}):  # fmt: skip
        answer = browser.post("/reminders/devices", {**good, "endpoint": "https://push.example.com/1", **wrong})
        assert answer.status_code == 422, wrong
    # An address inside of the company's own network is kept by nobody's mistake, and never spoken to.
    assert browser.post("/reminders/devices", {**good, "endpoint": "https://127.0.0.1/1"}).status_code == 204
    remind(cast.owner, "Почта")
    work_off(cast)
    assert service.asked == 0
    with company_context(cast.company_id), transaction.atomic():
        assert not PushDevice.objects.exists()


def test_devices_are_listed_tried_and_dropped_by_their_own_person_only(cast, service):
    mine, other = browser_of(cast.owner), browser_of(cast.colleague)
    phone = give(mine, service)
    assert give(mine, service).endpoint == phone.endpoint  # given again: the same row
    phone = service.devices["/push/phone"]
    assert mine.post("/reminders/devices/try").status_code == 302
    assert work_off(cast) == 1
    assert phone.seen[0][0]["tag"] == "try"
    with company_context(cast.company_id, employee_id=cast.colleague.employee_id), transaction.atomic():
        (device,) = PushDevice.objects.all()
        with pytest.raises(NotFound):
            services.drop_device(actor=cast.colleague, public_id=device.public_id)
    assert other.post(f"/reminders/devices/{device.public_id}/drop").status_code == 404
    assert mine.post(f"/reminders/devices/{device.public_id}/drop").status_code == 302
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        assert services.list_devices(cast.owner) == []
        for number in range(services.pushing.MOST_DEVICES + 2):
            given = services.Given(f"{phone.endpoint}{number}", phone.fields["point"], phone.fields["secret"])
            services.add_device(actor=cast.owner, given=given, sign_in="x", now=datetime.now(UTC))
        kept = services.list_devices(cast.owner)
        assert len(kept) == services.pushing.MOST_DEVICES
        assert kept[-1].endpoint.endswith("phone2")
        with pytest.raises(Invalid):
            services.add_device(actor=cast.owner, given=services.Given("https://x", "", ""), sign_in="x",
                                now=datetime.now(UTC))  # fmt: skip


def test_out_of_working_hours_only_what_is_timed_comes():
    schedule = Schedule(zone="Asia/Vladivostok", week=USUAL_WEEK)
    night, noon = datetime(2026, 11, 25, 15, tzinfo=UTC), datetime(2026, 11, 25, 2, tzinfo=UTC)
    assert may_push("notice", noon, schedule, is_always=False)
    assert not may_push("notice", night, schedule, is_always=False)
    assert not may_push("remark", night, schedule, is_always=False)
    assert may_push("notice", night, schedule, is_always=True)
    for kind in ("promise", "deadline", "own"):
        assert may_push(kind, night, schedule, is_always=False)
    sunday = datetime(2026, 11, 29, 2, tzinfo=UTC)
    assert not may_push("assigned", sunday, schedule, is_always=False)
