"""Settings of SMS in the browser: providers, senders, a message to try, the counter, errors, the launch checklist."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client as Browser
from hypothesis import given
from hypothesis import strategies as st

from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.kit.errors import Refusal
from voronka.kit.tenancy import company_context
from voronka.messaging.channels.smpp.standin import Habits, centre
from voronka.messaging.channels.smsc.standin import Smsc
from voronka.messaging.models import SmsBalance, SmsProvider, SmsSender, SmsTry
from voronka.messaging.queries import sms as queries
from voronka.messaging.rules import launch
from voronka.messaging.rules.forecast import forecast
from voronka.messaging.rules.opting import is_stop
from voronka.messaging.rules.sms import mobile_number
from voronka.messaging.services import sms_providers, sms_tries
from voronka.messaging.services.sms_faults import FAULTS
from voronka.messaging.tests.sms_peer import sms_peer

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
LOCAL = ["127.0.0.0/8"]
SMPP = {
    "kind": "smpp", "name": "Центр", "host": "127.0.0.1", "port": "2775", "system_id": "voronka", "tls": "no",
    "window": "10", "alphabet": "gsm", "secret": "secret", "for_service": "1", "is_on": "1", "price": "4,5",
}  # fmt: skip


@pytest.fixture
def cast() -> Cast:
    return make_company()


@pytest.fixture
def browser(cast: Cast) -> Browser:
    return sign_in(Browser(), cast.owner)


def add(cast: Cast, kind: str, settings: dict[str, str] | None = None, **more) -> SmsProvider:
    draft = sms_providers.SmsProviderDraft(kind, f"Провайдер {kind}", settings or {}, **more)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        return sms_providers.save_sms_provider(actor=cast.owner, draft=draft, now=NOW)


@pytest.mark.django_db
def test_a_provider_is_added_and_changed_and_its_secret_is_never_shown(cast: Cast, browser: Browser) -> None:
    assert "SMPP 3.4" in browser.get("/settings/sms/new/").content.decode()
    assert browser.get("/settings/sms/new/?kind=smpp").status_code == 200
    answer = browser.post("/settings/sms/new/", SMPP)
    assert answer.status_code == 302
    page = browser.get(answer["Location"]).content.decode()
    assert "secret" not in page.replace('name="secret"', "").replace('id="secret"', "").replace('for="secret"', "")
    with company_context(cast.company_id):
        row = SmsProvider.objects.get()
        assert (row.secret, row.price, row.settings["window"]) == ("secret", Decimal("4.5"), "10")
    assert browser.post(answer["Location"], SMPP | {"secret": "", "window": "50"}).status_code == 302
    with company_context(cast.company_id):
        row = SmsProvider.objects.get()
        assert (row.secret, row.settings["window"]) == ("secret", "50")
    assert "Центр" in browser.get("/settings/sms/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changed",
    [{"port": "0"}, {"port": "x"}, {"window": "1000"}, {"host": ""}, {"host": "сервер"}, {"secret": ""},
     {"tls": "maybe"}, {"price": "дорого"}, {"price": "-1"}, {"for_service": None}, {"kind": "pigeon"},
     {"system_id": "\x00"}],
)  # fmt: skip
def test_a_wrong_provider_comes_back_with_its_problems(cast: Cast, browser: Browser, changed: dict) -> None:
    sent = {name: value for name, value in (SMPP | changed).items() if value is not None}
    assert browser.post("/settings/sms/new/", sent).status_code == 422
    with company_context(cast.company_id):
        assert not SmsProvider.objects.exists()


@pytest.mark.django_db
def test_names_of_senders_with_how_far_they_are(cast: Cast, browser: Browser) -> None:
    row = add(cast, "sandbox")
    place = f"/settings/sms/{row.public_id}/senders"
    given_name = {
        "sender": "Shop",
        "operator": "mts",
        "traffic": "service",
        "state": "asked",
        "asked_on": "2026-11-20",
    }
    assert browser.post(place, given_name).status_code == 302
    for changed in ({"sender": "Магазин"}, {"sender": "Twelve-signs"}, {"sender": ""}, {"state": "soon"},
                    {"operator": "x"}, {"asked_on": "завтра"}, {}):  # fmt: skip
        assert browser.post(place, given_name | changed).status_code == 422
    with company_context(cast.company_id):
        made = SmsSender.objects.get()
    assert browser.post(f"{place}/{made.public_id}", given_name | {"state": "registered"}).status_code == 302
    with company_context(cast.company_id):
        assert SmsSender.objects.get().state == "registered"
    assert browser.post(f"{place}/{made.public_id}/drop").status_code == 302
    assert browser.post(f"{place}/{made.public_id}/drop").status_code == 404


@pytest.mark.django_db
def test_the_counter_shows_parts_and_what_makes_them_dear(cast: Cast, browser: Browser) -> None:
    row = add(cast, "sandbox", price=Decimal("4.5"))
    text = "Order “A-17” is <b>ready</b>. " + "x" * 100
    said = browser.post("/settings/sms/count", {"text": text, "provider": row.public_id}).content.decode()
    assert "2 части" in said
    assert "9 ₽" in said.replace("\xa0", " ")
    assert said.count("<mark>“</mark>") == 2
    assert "&lt;b&gt;" in said
    assert "<b>ready" not in said
    assert "Заменить: 1 часть" in said
    assert "Латиницей: 1 часть" in browser.post("/settings/sms/count", {"text": "Заказ готов"}).content.decode()
    assert (
        browser.post("/settings/sms/count", {"text": "\ud83d"[:0] + "😀" * 600, "provider": "x"}).status_code == 200
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "state", "code"),
    [("+79160000011", "accepted", ""), ("89160000007", "rejected", "bad_number"), ("9160000003", "retry", "no_money"),
     ("+7 916 000-00-00", "unknown", "no_answer")],
)  # fmt: skip
def test_the_sandbox_shows_every_fate(cast: Cast, browser: Browser, number: str, state: str, code: str) -> None:
    row = add(cast, "sandbox")
    sent = {"provider": row.public_id, "address": number, "sender": "Shop", "text": "Проба"}
    assert browser.post("/settings/sms/try/", sent).status_code == 302
    with company_context(cast.company_id):
        made = SmsTry.objects.get()
    assert (made.state, made.code) == (state, code)
    page = browser.get("/settings/sms/try/").content.decode()
    assert not code or str(FAULTS[code].cure)[:10] in page or "v-late" in page
    if state == "accepted":
        assert browser.post(f"/settings/sms/try/{made.public_id}/ask").status_code == 302
        with company_context(cast.company_id):
            assert SmsTry.objects.get().state == "delivered"


@pytest.mark.django_db
@pytest.mark.parametrize("changed", [{"address": "12"}, {"address": ""}, {"text": " "}, {"text": "я" * 1001},
                                     {"sender": ""}])  # fmt: skip
def test_nothing_wrong_is_sent(cast: Cast, browser: Browser, changed: dict[str, str]) -> None:
    row = add(cast, "sandbox")
    sent = {"provider": row.public_id, "address": "+79160000011", "sender": "Shop", "text": "Проба"} | changed
    assert browser.post("/settings/sms/try/", sent).status_code == 422
    with company_context(cast.company_id):
        assert not SmsTry.objects.exists()


@pytest.mark.django_db
def test_the_sandbox_says_what_it_does_and_has_no_cabinet(cast: Cast, browser: Browser) -> None:
    assert "?kind=sandbox" in browser.get("/settings/sms/").content.decode(), "what to begin with is one press away"
    row = add(cast, "sandbox")
    page = browser.get("/settings/sms/try/").content.decode()
    assert "0020" in page
    sent = {"provider": row.public_id, "address": "+79120000001", "text": "Здравствуйте", "sender": ""}
    assert "например MyShop" in browser.post("/settings/sms/try/", sent).content.decode()
    assert "в его кабинете" not in browser.get("/settings/sms/").content.decode()


@pytest.mark.django_db
def test_tries_end_when_there_are_too_many(cast: Cast) -> None:
    row = add(cast, "sandbox")
    draft = sms_tries.TryDraft(row.public_id, "+79160000011", "Shop", "Проба")
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        for number in range(sms_tries.MOST_A_DAY):
            sms_tries.send_try(actor=cast.owner, draft=draft, now=NOW + timedelta(minutes=number))
        with pytest.raises(Refusal):
            sms_tries.send_try(actor=cast.owner, draft=draft, now=NOW + timedelta(hours=2))
        sms_tries.send_try(actor=cast.owner, draft=draft, now=NOW + timedelta(days=2))


@pytest.mark.django_db
def test_a_real_session_sends_and_learns_how_numbers_are_written(cast: Cast, settings) -> None:
    settings.ALLOW_PRIVATE_WEBHOOKS = LOCAL
    with centre(Habits(ids=("hex", "dec"))) as made:
        keys = {name: SMPP[name] for name in ("host", "system_id", "tls", "window", "alphabet")}
        row = add(cast, "smpp", keys | {"port": str(made.port)}, secret="secret")
        draft = sms_tries.TryDraft(row.public_id, "+79160000011", "Shop", "Заказ готов")
        with company_context(cast.company_id, employee_id=cast.owner.employee_id):
            found = sms_tries.send_try(actor=cast.owner, draft=draft, now=NOW)
            assert (found.state, found.ended_at, found.parts) == ("delivered", NOW, 1)
            row.refresh_from_db()
            assert (row.answer_form, row.receipt_form) == ("hex", "dec")
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        found = sms_tries.send_try(actor=cast.owner, draft=draft, now=NOW)
        assert (found.state, found.code) == ("retry", "provider_down")


@pytest.mark.django_db
def test_the_balance_is_read_kept_and_foretold(cast: Cast, browser: Browser, settings) -> None:
    settings.ALLOW_PRIVATE_WEBHOOKS = LOCAL
    with sms_peer(Smsc()) as peer:
        keys = {"login": "shop", "address": f"{peer.base}/sys", "test": "no"}
        row = add(cast, "smsc", keys, secret="secret", low_money=Decimal(500))
        with company_context(cast.company_id):
            old = NOW - timedelta(days=5)
            SmsBalance.objects.create(provider=row, amount=Decimal(200), at=old)
        with company_context(cast.company_id, employee_id=cast.owner.employee_id):
            sms_providers.read_balance(actor=cast.owner, public_id=row.public_id, now=NOW)
            [state] = queries.list_providers(NOW)
        assert state.money is not None
        assert (state.money.left, state.money.a_day, state.is_low) == (Decimal(100), Decimal(20), True)
        assert state.money.ends_at == NOW + timedelta(days=5)
        assert browser.post(f"/settings/sms/{row.public_id}/balance").status_code == 302
        peer.provider.secret = "changed"
        refused = browser.post(f"/settings/sms/{row.public_id}/balance")
        assert 400 <= refused.status_code < 500
        assert "Неверные логин или ключ" in refused.content.decode()


@pytest.mark.django_db
def test_the_checklist_looks_by_itself(cast: Cast, browser: Browser) -> None:
    def states() -> dict[str, str]:
        with company_context(cast.company_id):
            return {one.code: one.state for one in queries.launch_points(NOW)}

    assert set(states().values()) == {"todo"}
    assert browser.get("/settings/sms/checklist/").status_code == 200
    row = add(cast, "smsc", {"login": "a", "address": "https://smsc.ru/sys", "test": "no"}, secret="s")
    assert (states()["provider"], states()["security"], states()["sender"]) == ("done", "done", "todo")
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        draft = sms_providers.SenderDraft("Shop", state="registered")
        sms_providers.save_sender(actor=cast.owner, provider_id=row.public_id, draft=draft)
    assert states()["sender"] == "done"
    with company_context(cast.company_id):
        for state, parts in (("delivered", 3), ("rejected", 1)):
            SmsTry.objects.create(provider=row, address="7916", sender="Shop", text="я", state=state, parts=parts,
                                  alphabet="ucs2", made_at=NOW)  # fmt: skip
        SmsProvider.objects.update(low_money=Decimal(100))
        SmsBalance.objects.create(provider=row, amount=Decimal(500), at=NOW)
    assert set(states().values()) == {"done"}


@pytest.mark.django_db
def test_errors_have_their_cause_and_cure_in_both_languages(browser: Browser) -> None:
    page = browser.get("/settings/sms/errors/").content.decode()
    assert page.count("<tr id=") == len(FAULTS)
    assert "ESME_RTHROTTLED" in page
    assert "error_code 6" in page


@pytest.mark.django_db
def test_rights(cast: Cast) -> None:
    row = add(cast, "sandbox")
    manager, stranger = sign_in(Browser(), cast.colleague), sign_in(Browser(), cast.stranger)
    for path in ("", "new/", "try/", "errors/", "checklist/", f"{row.public_id}/"):
        assert manager.get(f"/settings/sms/{path}").status_code == 403
    assert stranger.get(f"/settings/sms/{row.public_id}/").status_code == 404
    sent = {"provider": row.public_id, "address": "+79160000011", "sender": "Shop", "text": "Проба"}
    assert manager.post("/settings/sms/try/", sent).status_code == 403
    assert stranger.post("/settings/sms/try/", sent).status_code == 404
    with company_context(cast.company_id):
        assert not SmsTry.objects.exists()


@given(st.lists(st.tuples(st.integers(0, 20), st.decimals(0, 10_000, places=2)), max_size=12))
def test_a_forecast_is_never_of_the_past(read: list) -> None:
    readings = [(NOW - timedelta(days=days), amount) for days, amount in sorted(read, key=lambda one: -one[0])]
    found = forecast(readings, NOW)
    assert (found is None) is (not readings)
    if found is not None:
        assert found.left == readings[-1][1]
        assert found.ends_at is None or found.ends_at >= NOW
        assert found.a_day >= 0


def test_topping_up_is_no_saving() -> None:
    days = [(10, 1000), (5, 500), (4, 2500), (0, 1500)]
    found = forecast([(NOW - timedelta(days=day), Decimal(amount)) for day, amount in days], NOW)
    assert found is not None
    assert (found.a_day, found.ends_at) == (Decimal(150), NOW + timedelta(days=10))


@pytest.mark.parametrize(
    ("text", "is_so"),
    [("СТОП", True), ("stop.", True), ("Стоп!", True), ("отпишите меня", True), ("ЫЕЩЗ", True), ("cnjg", True),
     ("Отказ от рекламы", True), ("стоп-кран заказали вчера вечером мы", False), ("Когда стоп?", False), ("", False),
     ("Спасибо", False), ("👎", False)],
)  # fmt: skip
def test_stop_words(text: str, is_so: bool) -> None:
    assert is_stop(text) is is_so


@pytest.mark.parametrize(
    ("text", "number"),
    [("+7 (916) 000-00-11", "79160000011"), ("8 916 000 00 11", "79160000011"), ("9160000011", "79160000011"),
     ("+79160000011", "79160000011"), ("+375291234567", "375291234567"), ("84951234567", ""), ("112", ""), ("", ""),
     ("+7916000001", ""), ("79160000011x", ""), ("٧٩١٦٠٠٠٠٠١١", "")],
)  # fmt: skip
def test_numbers_that_sms_may_go_to(text: str, number: str) -> None:
    assert mobile_number(text) == number


def test_one_name_for_both_is_only_a_warning() -> None:
    both = frozenset({"service", "advertising"})
    names = frozenset({("Shop", "service"), ("Shop", "advertising")})
    provider = launch.Provider(True, both, True, False, False, None, names)
    found = {one.code: (one.state, one.why) for one in launch.check([provider], [], NOW)}
    assert found["traffic"] == ("warn", "shared")
    assert found["balance"] == ("warn", "by_hand")
    assert found["sender"] == ("done", "")
