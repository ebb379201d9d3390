"""Addresses of signing in, of the profile and of settings."""

from isolation_table import NOW, SECRET, Row, World

from voronka.accounts import services
from voronka.accounts.models import Employee
from voronka.accounts.testing import PASSWORD
from voronka.kit.models import Change

OWNER = "owner"


def build(world: World) -> None:
    """Make an invited employee, one who is gone, and a change in the history."""
    given = {"first_name": SECRET, "last_name": "Новик", "role": "manager", "actor": world.owner, "now": NOW}
    invited, token = services.add_employee(email="invited@example.com", **given)
    gone, _ = services.add_employee(email="gone@example.com", **given)
    services.dismiss_employee(actor=world.owner, employee_id=gone)
    services.change_company(actor=world.owner, changes={"call_opens_minute": 600})
    services.add_team(actor=world.owner, name=f"{SECRET} один")
    views = {
        name: services.save_view(
            actor=world.people[role],
            subject="client",
            name=f"{SECRET} {name}",
            query="q=a",
            is_shared=shared,
            now=NOW,
        ).public_id
        for name, role, shared in (("own", "manager", False), ("shared", "owner", True), ("dropped", "owner", True))
    }
    services.drop_view(actor=world.owner, public_id=views["dropped"], now=NOW)
    services.notify(
        employee_ids=[world.people["manager"].employee_id],
        code="mention",
        subject_kind="client",
        subject_id=1,
        by=world.owner.employee_id,
        now=NOW,
    )
    services.keep_export(actor=world.owner, now=NOW)
    world.kept |= {
        "token": token,
        "views": views,
        "invited": Employee.objects.get(pk=invited).public_id,
        "gone": Employee.objects.get(pk=gone).public_id,
        "manager": Employee.objects.get(pk=world.people["manager"].employee_id).public_id,
        "change": Change.objects.filter(table="accounts_company").latest("id").pk,
    }


def _of(key: str):
    return lambda world: {"public_id": world.kept[key]}


def _employee(world: World) -> dict[str, str]:
    return {"first_name": "Нина", "last_name": "Новик", "role": "manager", "zone": "Europe/Moscow"}


def _company(world: World) -> dict[str, str]:
    return {
        "name": f"{SECRET} два",
        "zone": "Asia/Omsk",
        "country": "RU",
        "currency": "RUB",
        "language": "ru",
        "call_opens_minute": "540",
        "call_closes_minute": "1200",
    }


def _clients(world: World) -> dict[str, str]:
    return {"code": "client"}


def _view(name: str):
    return lambda world: {"public_id": world.kept["views"][name]}


ROWS = [
    # --- ways in: open to everybody, and of no use without a secret
    Row("account_login", is_open=True, answer=(200, 302)),
    Row("account_login", "POST", is_open=True, answer=(200, 302), data=lambda w: {"login": "x@y.z", "password": "x"}),
    Row("account_logout", is_open=True, answer=(200, 302)),
    Row("account_logout", "POST", is_open=True, answer=(302,)),
    Row("account_inactive", is_open=True),
    Row("account_reset_password", is_open=True, answer=(200, 302)),
    Row(
        "account_reset_password",
        "POST",
        is_open=True,
        answer=(302,),
        data=lambda w: {"email": "nobody@example.com"},
    ),
    Row("account_reset_password_done", is_open=True),
    Row("account_reset_password_from_key_done", is_open=True, answer=(200, 302)),
    Row(
        "account_reset_password_from_key",
        is_open=True,
        args=lambda w: {"uidb36": "1", "key": "x-y"},
    ),
    Row(
        "account_reset_password_from_key",
        "POST",
        is_open=True,
        args=lambda w: {"uidb36": "1", "key": "x-y"},
        data=lambda w: {"password1": PASSWORD, "password2": PASSWORD},
    ),
    Row("accounts:start", is_open=True, answer=(404,)),
    Row(
        "accounts:start",
        "POST",
        is_open=True,
        answer=(404,),
        data=lambda w: {
            "name": "B",
            "owner_name": "B",
            "email": "b@example.com",
            "password": PASSWORD,
            "zone": "UTC",
        },
    ),
    Row("accounts:join", is_open=True, answer=(404,), args=lambda w: {"token": w.kept["token"][:-3] + "xyz"}),
    Row(
        "accounts:join",
        "POST",
        is_open=True,
        answer=(404,),
        args=lambda w: {"token": w.kept["token"][:-3] + "xyz"},
        data=lambda w: {"password": PASSWORD},
    ),
    Row("accounts:nowhere", is_open=True, answer=(302,)),
    Row("accounts:language", "POST", is_open=True, answer=(302,), data=lambda w: {"language": "ru"}),
    Row("mfa_login_webauthn", is_open=True, answer=(302,)),
    Row("mfa_login_webauthn", "POST", is_open=True, answer=(302,), data=lambda w: {"credential": "{}"}),
    Row("mfa_authenticate", is_open=True, answer=(302,)),
    Row("mfa_authenticate", "POST", is_open=True, answer=(302,), data=lambda w: {"code": "123456"}),
    # --- one's own account: everybody who is signed in
    Row("account_reauthenticate"),
    Row("account_reauthenticate", "POST", answer=(302,), data=lambda w: {"password": PASSWORD}),
    Row("account_change_password"),
    Row(
        "account_change_password",
        "POST",
        answer=(302,),
        data=lambda w: {"oldpassword": PASSWORD, "password1": PASSWORD + "-new", "password2": PASSWORD + "-new"},
    ),
    Row("mfa_index"),
    Row("mfa_reauthenticate", answer=(200, 302)),
    Row("mfa_reauthenticate", "POST", answer=(200, 302), data=lambda w: {"code": "123456"}),
    Row("mfa_activate_totp", answer=(200, 302)),
    Row("mfa_activate_totp", "POST", answer=(200, 302), data=lambda w: {"code": "123456"}),
    Row("mfa_deactivate_totp", answer=(404,)),
    Row("mfa_deactivate_totp", "POST", answer=(404,)),
    Row("mfa_view_recovery_codes", answer=(404,)),
    Row("mfa_generate_recovery_codes", answer=(200, 302)),
    Row("mfa_generate_recovery_codes", "POST", answer=(200, 302)),
    Row("mfa_download_recovery_codes", answer=(404,)),
    Row("mfa_list_webauthn"),
    Row("mfa_add_webauthn", answer=(200, 302)),
    Row("mfa_add_webauthn", "POST", answer=(200, 302), data=lambda w: {"credential": "{}", "name": "x"}),
    Row("mfa_reauthenticate_webauthn", answer=(200, 302)),
    Row("mfa_reauthenticate_webauthn", "POST", answer=(200, 302), data=lambda w: {"credential": "{}"}),
    Row("mfa_remove_webauthn", answer=(302, 404), args=lambda w: {"pk": 1}),
    Row("mfa_remove_webauthn", "POST", answer=(302, 404), args=lambda w: {"pk": 1}),
    Row("mfa_edit_webauthn", answer=(302, 404), args=lambda w: {"pk": 1}),
    Row("mfa_edit_webauthn", "POST", answer=(302, 404), args=lambda w: {"pk": 1}, data=lambda w: {"name": "x"}),
    Row("usersessions_list"),
    Row("usersessions_list", "POST", answer=(302,)),
    Row("accounts:profile"),
    Row(
        "accounts:profile",
        "POST",
        answer=(302,),
        data=lambda w: {"first_name": "Пётр", "last_name": "Петров", "zone": "UTC"},
    ),
    Row("accounts:theme", "POST", answer=(302,), data=lambda w: {"theme": "dark"}),
    Row("accounts:place", "POST", roles=OWNER, answer=(302,), data=lambda w: {"place": str(w.owner.employee_id)}),
    # --- saved lists and notices
    Row("accounts:views", args=_clients),
    Row("accounts:views-save", "POST", answer=(302,), args=_clients, data=lambda w: {"name": "Мои", "query": "q=b"}),
    Row("accounts:view", answer=(302,), args=_view("shared")),
    Row("accounts:view", roles="manager", answer=(302,), args=_view("own"), by_record=True),
    Row(
        "accounts:view-change",
        "POST",
        roles="owner head marketer",
        answer=(302,),
        args=_view("shared"),
        data=lambda w: {"name": "Иначе"},
    ),
    Row(
        "accounts:view-change",
        "POST",
        roles="manager",
        answer=(302,),
        args=_view("own"),
        data=lambda w: {"query": "q=c"},
        by_record=True,
    ),
    Row("accounts:view-drop", "POST", roles="owner head marketer", answer=(302,), args=_view("shared")),
    Row("accounts:view-drop", "POST", roles="manager", answer=(302,), args=_view("own"), by_record=True),
    Row("accounts:view-restore", "POST", roles="owner head marketer", answer=(302,), args=_view("dropped")),
    Row("accounts:colleagues"),
    Row("accounts:notices"),
    Row("accounts:notices-read", "POST", answer=(302,)),
    # --- settings
    Row("accounts:settings", roles="owner head manager marketer cashier reader accountant"),
    Row("accounts:company", roles=OWNER),
    Row("accounts:company", "POST", roles=OWNER, answer=(302,), data=_company),
    Row("accounts:form-key", "POST", roles=OWNER, answer=(302,)),
    Row("accounts:export", roles=OWNER),
    Row("accounts:export", "POST", roles=OWNER, answer=(302,)),
    Row("accounts:export-take", roles=OWNER),
    Row("accounts:exports", roles=OWNER),
    Row("accounts:modules", roles=OWNER),
    Row("accounts:modules", "POST", roles=OWNER, answer=(302,), data=lambda w: {"on": "import"}),
    Row("accounts:networks", roles=OWNER),
    Row("accounts:networks", "POST", roles=OWNER, answer=(302,), data=lambda w: {"networks": "127.0.0.0/8"}),
    Row("accounts:roles", roles=OWNER),
    Row(
        "accounts:role-add",
        "POST",
        roles=OWNER,
        answer=(302,),
        data=lambda w: {"name": "Стажёр", "like": "manager"},
    ),
    Row(
        "accounts:role-rename",
        "POST",
        roles=OWNER,
        answer=(302,),
        args=lambda w: {"code": "cashier"},
        data=lambda w: {"name": "Касса"},
    ),
    Row(
        "accounts:role-delete",
        "POST",
        roles=OWNER,
        answer=(302,),
        args=lambda w: {"code": "cashier"},
        data=lambda w: {"successor": "reader"},
    ),
    Row("accounts:role", roles=OWNER, args=lambda w: {"code": "manager"}),
    Row(
        "accounts:role",
        "POST",
        roles=OWNER,
        answer=(302,),
        args=lambda w: {"code": "manager"},
        data=lambda w: {"kit.see_history": "3"},
    ),
    Row("accounts:employees", roles=OWNER),
    Row("accounts:employee-add", roles=OWNER),
    Row(
        "accounts:employee-add",
        "POST",
        roles=OWNER,
        data=lambda w: {**_employee(w), "email": "new@example.com"},
    ),
    Row("accounts:employee", roles=OWNER, args=_of("manager")),
    Row("accounts:employee", "POST", roles=OWNER, answer=(302,), args=_of("manager"), data=_employee),
    Row("accounts:employee-dismiss", "POST", roles=OWNER, answer=(302,), args=_of("manager")),
    Row("accounts:employee-return", "POST", roles=OWNER, args=_of("gone")),
    Row("accounts:employee-invite", "POST", roles=OWNER, args=_of("invited")),
    Row("accounts:team-add", "POST", roles=OWNER, answer=(302,), data=lambda w: {"team_name": "Новая"}),
    Row("accounts:history", roles="owner head reader"),
    Row(
        "accounts:history-restore",
        "POST",
        roles=OWNER,
        answer=(302,),
        args=lambda w: {"change_id": w.kept["change"]},
        data=lambda w: {"column": "call_opens_minute"},
    ),
]
