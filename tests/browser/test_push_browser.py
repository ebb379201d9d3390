"""A device is given by one press, and its service worker shows what comes while no page is in sight.

A browser without a screen has neither a push service nor notices: the address is lent by a stand-in of the service, and
what the worker shows is written down. The push itself, from its sealing to the worker's event, is real.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browsing import PHONE, eventually, until, worker
from django.db import transaction
from test_access_pages import AXE, RUN

from voronka.accounts.testing import make_company
from voronka.kit import webpush
from voronka.kit.tenancy import company_context
from voronka.work import services
from voronka.work.models import PushDevice
from voronka.work.tests.push_peer import Device, Service

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What the push service of a browser would give: an address and the keys of the device behind it.
LEND = """(lent) => {
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (s) => s.charCodeAt(0));
  const made = (endpoint, key) => ({
    endpoint, options: { applicationServerKey: key }, unsubscribe: async () => { held = null; return true; },
    getKey: (name) => bytes(name === "auth" ? lent.secret : lent.point).buffer,
  });
  let held = null;
  Object.defineProperty(Notification, "permission", { get: () => "granted" });
  Notification.requestPermission = async () => "granted";
  PushManager.prototype.getSubscription = async () => held;
  PushManager.prototype.subscribe = async (options) => held = made(lent.endpoint, options.applicationServerKey.buffer);
  try {
    const before = JSON.parse(localStorage.getItem("v-push"));
    if (before) held = made(before.endpoint, bytes(before.key).buffer);
  } catch { /* a page without storage */ }
}"""
WRITE_DOWN = """() => {
  self.shown = [];
  self.registration.getNotifications = async ({ tag }) => self.shown.filter((one) => one.tag === tag);
  self.registration.showNotification = async (title, more) => {
    self.shown.push({ title, timestamp: Date.now(), ...more });
  };
}"""


def shot(page, name):
    folder = os.environ.get("VORONKA_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def service(settings, monkeypatch):
    settings.ALLOW_PRIVATE_WEBHOOKS = ["127.0.0.0/8"]
    monkeypatch.setenv("VORONKA_ALLOW_PRIVATE_WEBHOOKS", "127.0.0.0/8")  # for the worker beside the test
    one = Service()
    yield one
    one.close()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_device_is_given_told_and_the_notice_opened(visit, service, tmp_path, language):
    cast = make_company(now=datetime.now(UTC))
    device = Device(service, "phone", webpush.public_key())
    size = {"viewport": PHONE} if language == "ru" else {}
    page = visit(cast.owner, language=language, bypass_csp=True, **size)
    page.add_init_script(f"({LEND})({json.dumps(device.fields)})")
    page.goto("/reminders/")
    until(page, "!document.querySelector('[data-give]').hidden")
    shot(page, f"push-before-{language}")
    page.click("[data-give]")
    until(page, "!!document.querySelector('.v-device-list')")
    page.add_script_tag(path=AXE)
    assert page.evaluate(RUN, None) == []
    shot(page, f"push-given-{language}")
    with company_context(cast.company_id), transaction.atomic():
        assert PushDevice.objects.count() == 1
    now = datetime.now(UTC)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        row = services.remind_me(actor=cast.owner, text="Посмотреть почту", at=now, now=now)
    # A worker looks at reminders as it begins and four times a minute from then on.
    with worker(tmp_path / "worker.log"):
        eventually(lambda: device.seen, 60)
    said, _head = device.seen[0]
    assert said["title"] == "Посмотреть почту"
    (script,) = page.context.service_workers
    script.evaluate(WRITE_DOWN)
    known = []
    devtools = page.context.new_cdp_session(page)
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda told: known.extend(told["registrations"]))
    devtools.send("ServiceWorker.enable")
    until(page, "true")
    number = known[-1]["registrationId"]
    push = {"origin": page.url.partition("/reminders")[0], "registrationId": number, "data": json.dumps(said)}
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true})")
    page.goto("about:blank")
    devtools.send("ServiceWorker.deliverPushMessage", push)
    eventually(lambda: script.evaluate("self.shown.length") == 1)
    devtools.send("ServiceWorker.deliverPushMessage", push)
    eventually(lambda: script.evaluate("self.shown.length") == 2)
    first, again = script.evaluate("self.shown")
    assert (first["title"], first["tag"], first["data"]) == (
        "Посмотреть почту",
        row.public_id,
        {"url": "/reminders/"},
    )
    # The same once more within a minute makes no second sound.
    assert (first["renotify"], again["renotify"]) == (True, False)
    # Nothing leads out of the product, whatever a notice says.
    assert script.evaluate("goTo('https://example.com/').then(() => 'stayed')") == "stayed"
