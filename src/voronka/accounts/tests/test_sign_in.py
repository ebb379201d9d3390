"""Signing in: throttle, second factor, sessions, links. Over HTTP, as a browser would."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core import mail
from django.test import Client
from django.urls import reverse

from voronka.accounts import services
from voronka.accounts.models import User
from voronka.accounts.services.letters import reset_path
from voronka.accounts.testing import NOW, PASSWORD, add_person, make_company, sign_in, user_of
from voronka.kit.tenancy import company_context

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NEW = "another-lantern-57-rowan"


@pytest.fixture
def cast():
    return make_company()


def enter(client, user, password=PASSWORD, **extra):
    return client.post(reverse("account_login"), {"login": user.email, "password": password}, **extra)


def is_in(client):
    return client.get(reverse("accounts:profile")).status_code == 200


def code_now(secret=SECRET):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_address_and_password_open_the_door(cast):
    client = Client()
    assert not is_in(client)
    assert enter(client, user_of(cast.colleague)).status_code == 302
    page = client.get(reverse("accounts:profile"))
    assert page.status_code == 200
    assert cast.colleague.name in page.content.decode()


def test_a_page_asked_for_is_returned_to(cast):
    client = Client()
    asked = client.get("/me/?x=1")
    assert asked.status_code == 302
    there = client.post(asked.url, {"login": user_of(cast.owner).email, "password": PASSWORD})
    assert there.url == "/me/?x=1"


BACK = [
    ("http://testserver/settings/company/?x=1", "/settings/company/?x=1"),
    ("http://evil.example/settings/", "/"),
    ("http://testserver//evil.example/", "/"),
    ("http://testserver:x/", "/"),
    ("", "/"),
]


@pytest.mark.parametrize(("seen", "back"), BACK)
def test_who_sent_a_form_without_a_session_returns_to_the_page_of_the_form(cast, seen, back):
    plain = Client().post(reverse("accounts:theme"), {"theme": "dark"}, headers={"Referer": seen})
    piece = Client().get("/me/", headers={"HX-Request": "true", "HX-Current-URL": seen})
    for address in (plain.headers["Location"], piece.headers["HX-Redirect"]):
        there = Client().post(address, {"login": user_of(cast.owner).email, "password": PASSWORD})
        assert there.url == back


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_led_to_a_foreign_address(cast, target):
    client = Client()
    answer = client.post(
        reverse("account_login") + "?next=" + target,
        {"login": user_of(cast.owner).email, "password": PASSWORD, "next": target},
    )
    assert "evil" not in answer.url
    assert "javascript" not in answer.url


def test_a_wrong_password_and_an_unknown_address_look_alike(cast):
    known, unknown = Client(), Client()
    right = known.post(
        reverse("account_login"), {"login": user_of(cast.owner).email, "password": "wrong-wrong-wrong"}
    )
    wrong = unknown.post(reverse("account_login"), {"login": "nobody@example.com", "password": "wrong-wrong-wrong"})
    assert right.status_code == wrong.status_code == 200
    assert _shape(right, user_of(cast.owner).email) == _shape(wrong, "nobody@example.com")


def _shape(answer, email):
    text = re.sub(r'csrfmiddlewaretoken" value="\w+"|X-CSRFToken.*?}', "", answer.content.decode())
    return text.replace(email, "ADDRESS")


def test_there_is_no_signing_up_and_no_changing_of_addresses(client):
    for path in ("signup/", "email/", "confirm-email/", "confirm-email/x/", "login/code/", "3rdparty/"):
        assert client.get("/account/" + path).status_code == 404


def test_five_wrong_passwords_shut_the_door_for_a_while(cast):
    user = user_of(cast.owner)
    for _ in range(5):
        enter(Client(), user, "wrong-wrong-wrong")
    client = Client()
    assert enter(client, user).status_code == 200
    assert not is_in(client)


@pytest.mark.parametrize(("proxies", "let_in"), [(0, 0), (1, 0), (2, 0)])
def test_a_forged_forwarding_header_does_not_open_the_throttle(cast, settings, proxies, let_in):
    """Different addresses and people: the limit of the visitor's address alone holds it."""
    settings.TRUSTED_PROXIES = proxies
    answers = []
    for n in range(14):
        forged = ", ".join([f"10.9.{n}.{n}", *["203.0.113.7"] * proxies])
        answer = Client().post(
            reverse("account_login"),
            {"login": f"nobody-{n}@example.com", "password": "wrong-wrong-wrong"},
            headers={"x-forwarded-for": forged},
        )
        answers.append("Слишком много" in answer.content.decode() or "Too many" in answer.content.decode())
    assert answers == [False] * 10 + [True] * 4


def test_behind_a_proxy_two_visitors_do_not_share_a_limit(cast, settings):
    settings.TRUSTED_PROXIES = 1
    for _ in range(12):
        enter(Client(), user_of(cast.stranger), "wrong-wrong-wrong", headers={"x-forwarded-for": "203.0.113.7"})
    client = Client()
    assert enter(client, user_of(cast.owner), headers={"x-forwarded-for": "203.0.113.8"}).status_code == 302


def test_the_second_factor_is_set_up_and_asked(cast):
    client, user = Client(), user_of(cast.owner)
    enter(client, user)
    assert client.get(reverse("mfa_activate_totp")).status_code == 302, "the password is asked once more"
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    secret = client.session["mfa.totp.secret"]
    assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 200
    assert client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)}).status_code == 302
    kept = Authenticator.objects.get(user=user, type="totp")
    assert secret not in str(kept.data), "the secret is kept encrypted"
    codes = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert len(re.findall(r"<code>\w+</code>", codes)) == 10

    again = Client()
    assert enter(again, user).url == reverse("mfa_authenticate")
    assert not is_in(again)
    assert again.post(reverse("mfa_authenticate"), {"code": "123"}).status_code == 200
    assert not is_in(again)


def test_a_code_and_a_recovery_code_open_once(cast):
    user = user_of(cast.owner)
    TOTP.activate(user, SECRET)
    recovery = RecoveryCodes.activate(user).get_unused_codes()[0]
    code = code_now()
    outcomes = []
    for given in (code, code, recovery, recovery):
        client = Client()
        enter(client, user)
        client.post(reverse("mfa_authenticate"), {"code": given})
        outcomes.append(is_in(client))
    assert outcomes == [True, False, True, False]


def _two_sessions(user):
    mine, other = Client(), Client()
    for client in (mine, other):
        enter(client, user)
        assert is_in(client)
    return mine, other


def _ended(client):
    answer = client.get(reverse("accounts:profile"), headers={"accept": "application/json"})
    return answer.status_code == 401


def test_a_new_password_ends_the_other_sessions(cast):
    user = user_of(cast.owner)
    mine, other = _two_sessions(user)
    answer = mine.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    )
    assert answer.status_code == 302
    assert is_in(mine)
    assert _ended(other)


def test_a_short_or_common_password_is_refused(cast):
    client = sign_in(Client(), cast.owner)
    for weak in ("short", "qazwsxedcrfvtgb", user_of(cast.owner).email):
        answer = client.post(
            reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
        )
        assert answer.status_code == 200
    assert user_of(cast.owner).check_password(PASSWORD)


def test_a_reset_by_letter_ends_all_sessions(cast):
    user = user_of(cast.owner)
    mine, other = _two_sessions(user)
    user.refresh_from_db()
    _reset(Client(), reset_path(user), NEW)
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert _ended(mine)
    assert _ended(other)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["added", "removed", "reset"])
def test_a_changed_second_factor_ends_the_other_sessions(change):
    user = user_of(make_company().owner)
    if change == "added":
        mine, other = _two_sessions(user)
        mine.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        mine.get(reverse("mfa_activate_totp"))
        code = code_now(mine.session["mfa.totp.secret"])
        mine.post(reverse("mfa_activate_totp"), {"code": code})
    else:
        mine, other = _two_sessions(user)
        TOTP.activate(user, SECRET)
        RecoveryCodes.activate(user)
        mine.post(reverse("mfa_reauthenticate"), {"code": code_now()})
        page = "mfa_deactivate_totp" if change == "removed" else "mfa_generate_recovery_codes"
        assert mine.post(reverse(page)).status_code == 302
    assert is_in(mine)
    assert _ended(other)


def test_a_page_costs_few_statements_before_its_view(cast, django_assert_num_queries):
    """The session, the person, his place, two counts of the top bar; seen is noted once in five minutes."""
    client = Client()
    enter(client, user_of(cast.owner))
    client.get(reverse("accounts:settings"))
    with django_assert_num_queries(9) as seen:  # savepoints stand for BEGIN and COMMIT inside a test
        client.get(reverse("accounts:settings"))
    written = [one["sql"] for one in seen.captured_queries if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == []


def test_other_sessions_can_be_ended_by_hand(cast):
    mine, other = _two_sessions(user_of(cast.owner))
    assert mine.get(reverse("usersessions_list")).status_code == 200
    mine.post(reverse("usersessions_list"))
    assert is_in(mine)
    assert _ended(other)


def test_a_dismissed_employee_is_out_at_once(cast):
    client = sign_in(Client(), cast.colleague)
    assert is_in(client)
    with company_context(cast.company_id):
        services.dismiss_employee(actor=cast.owner, employee_id=cast.colleague.employee_id)
    assert _ended(client)
    assert client.get(reverse("accounts:profile")).status_code == 302


def test_the_place_of_another_in_the_session_opens_nothing(cast):
    client = sign_in(Client(), cast.colleague)
    session = client.session
    session["place"] = [cast.other_company_id, cast.stranger.employee_id]
    session.save()
    assert cast.stranger.name not in client.get(reverse("accounts:profile")).content.decode()


class TestLinks:
    def test_the_letter_of_a_new_password(self, cast, settings):
        user = user_of(cast.owner)
        for email in (user.email, "nobody@example.com"):
            answer = Client().post(reverse("account_reset_password"), {"email": email})
            assert answer.url == reverse("account_reset_password_done"), "known and unknown look alike"
        services.send_reset_letter(user_id=user.pk, site="http://testserver/")
        [letter] = mail.outbox
        assert letter.to == [user.email]
        path = re.search(r"http://testserver(/\S+)", letter.body).group(1)
        assert _reset(Client(), path, NEW)
        user.refresh_from_db()
        assert user.check_password(NEW)

    def test_a_link_works_once(self, cast):
        user = user_of(cast.owner)
        path = reset_path(user)
        assert _reset(Client(), path, NEW)
        assert not _reset(Client(), path, PASSWORD)
        user.refresh_from_db()
        assert user.check_password(NEW)

    def test_a_link_of_one_person_is_not_another_ones(self, cast):
        mine, victim = user_of(cast.stranger), user_of(cast.owner)
        key = reset_path(mine).rstrip("/").rsplit("/", 1)[1].partition("-")[2]
        prefix = reset_path(victim).rstrip("/").rsplit("/", 1)[1].partition("-")[0]
        assert not _reset(Client(), reverse("account_reset_password_from_key", args=[prefix, key]), NEW)
        victim.refresh_from_db()
        assert victim.check_password(PASSWORD)

    def test_a_link_grows_old(self, cast, settings):
        path = reset_path(user_of(cast.owner))
        settings.PASSWORD_RESET_TIMEOUT = -1
        assert not _reset(Client(), path, NEW)

    @pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:80@evil.example"])
    def test_a_forged_host_is_refused(self, cast, settings, host):
        settings.ALLOWED_HOSTS = ["localhost"]
        for path in (reverse("account_login"), reverse("account_reset_password")):
            answer = Client().post(path, {"email": user_of(cast.owner).email}, headers={"host": host})
            assert answer.status_code == 400
        forwarded = Client().post(
            reverse("account_reset_password"),
            {"email": user_of(cast.owner).email},
            headers={"host": "localhost", "x-forwarded-host": host},
        )
        assert forwarded.url.startswith("/account/")

    def test_an_invitation_over_http(self, cast):
        with company_context(cast.company_id):
            _, token = services.add_employee(
                actor=cast.owner,
                email="nina@example.com",
                first_name="Nina",
                last_name="N",
                role="manager",
                now=_now(),
            )
        path = reverse("accounts:join", args=[token])
        client = Client()
        assert "nina@example.com" in client.get(path).content.decode()
        assert client.post(path, {"password": "short"}).status_code == 422
        assert client.post(path, {"password": PASSWORD}).status_code == 302
        assert is_in(client)
        assert Client().get(path).status_code == 404
        assert Client().post(path, {"password": NEW}).status_code == 404
        assert User.objects.get(email="nina@example.com").check_password(PASSWORD)

    def test_an_invitation_is_not_for_whoever_is_signed_in(self, cast):
        with company_context(cast.company_id):
            _, token = services.add_employee(
                actor=cast.owner,
                email=user_of(cast.stranger).email,
                first_name="S",
                last_name="S",
                role="manager",
                now=_now(),
            )
        path = reverse("accounts:join", args=[token])
        thief = sign_in(Client(), cast.colleague)
        assert thief.post(path).status_code == 403
        assert Client().post(path, {"password": NEW}).status_code == 403
        him = sign_in(Client(), cast.stranger)
        assert him.post(path).status_code == 302
        assert "Bellwether" in him.get(reverse("accounts:profile")).content.decode()


def test_the_first_company_over_http(client):
    assert client.get(reverse("account_login")).url == reverse("accounts:start")
    assert client.get(reverse("accounts:start")).status_code == 200
    given = {
        "name": "Ладная кухня",
        "owner_name": "Анна Ветрова",
        "email": "anna@example.com",
        "password": PASSWORD,
        "zone": "Asia/Omsk",
    }
    assert client.post(reverse("accounts:start"), {**given, "password": "short"}).status_code == 422
    assert client.post(reverse("accounts:start"), given).status_code == 302
    assert "Ветрова" in client.get(reverse("accounts:profile")).content.decode()
    for verb in (client.get, client.post):
        assert verb(reverse("accounts:start"), given).status_code == 404
    assert User.objects.count() == 1


def test_language_and_colours_are_remembered(cast):
    visitor = Client()
    visitor.post(reverse("accounts:language"), {"language": "en", "next": "/account/login/"})
    assert "Sign in" in visitor.get(reverse("account_login")).content.decode()
    assert visitor.post(reverse("accounts:language"), {"language": "xx", "next": "//evil.example"}).url == "/"
    client = sign_in(Client(), cast.owner)
    client.post(reverse("accounts:language"), {"language": "en"})
    client.post(reverse("accounts:theme"), {"theme": "dark"})
    assert (user_of(cast.owner).language, user_of(cast.owner).theme) == ("en", "dark")
    assert client.post(reverse("accounts:theme"), {"theme": "<script>"}).status_code == 422


def test_a_person_of_two_companies_goes_from_one_to_the_other(cast):
    user = user_of(cast.owner)
    second, place = services.found_company(
        name="Second", owner_email=user.email, password=None, owner_name="Olga", now=NOW
    )
    client = sign_in(Client(), cast.owner)
    assert client.post(reverse("accounts:place"), {"place": cast.stranger.employee_id}).status_code == 404
    assert client.post(reverse("accounts:place"), {"place": place}).status_code == 302
    assert client.session["place"] == [second, place]


def test_somebody_without_a_company_is_told_so(cast):
    client = Client()
    lonely = User.objects.create_user("lonely@example.com", PASSWORD)
    enter(client, lonely)
    answer = client.get(reverse("accounts:profile"))
    assert answer.url == reverse("accounts:nowhere")
    assert client.get(answer.url).status_code == 403


def test_demo_logins_are_shown_in_the_demo_only(cast, settings, tmp_path):
    settings.HOME = tmp_path
    from voronka.accounts.queries import DemoLogin

    services.keep_demo_logins([DemoLogin("Анна", "Менеджер", "anna@demo.example", PASSWORD)])
    assert "anna@demo.example" not in Client().get(reverse("account_login")).content.decode()
    settings.IS_DEMO = True
    assert "anna@demo.example" in Client().get(reverse("account_login")).content.decode()


def test_every_role_sees_its_profile(cast):
    for role in ("head", "reader", "cashier"):
        assert is_in(sign_in(Client(), add_person(cast.owner, role)))


def _reset(client, path, password):
    """Follow a link of a letter and choose a password; tells whether it was taken."""
    page = client.get(path)
    if page.status_code != 302:
        return False
    return client.post(page.url, {"password1": password, "password2": password}).status_code == 302


def _now():
    from django.utils import timezone

    return timezone.now()
