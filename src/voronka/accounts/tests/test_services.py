"""Companies, places and roles, as the services keep them."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

from voronka.accounts import queries, services
from voronka.accounts.models import Company, Employee, Role, User
from voronka.accounts.permissions import MANAGE_EMPLOYEES, MANAGE_ROLES
from voronka.accounts.rules import SHIPPED_ROLES
from voronka.accounts.services import invitations
from voronka.accounts.testing import NOW, PASSWORD, actor_of, add_person, make_company, make_owner, user_of
from voronka.kit.actors import CHANGE_SETTINGS, SEE_HISTORY, Reach, all_rights
from voronka.kit.errors import Denied, Invalid, NotFound, Refusal
from voronka.kit.models import Change, EventRow
from voronka.kit.tenancy import company_context


@pytest.fixture
def cast(db):
    return make_company()


@pytest.fixture
def inside(cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id, origin="test"):
        yield cast


def test_a_new_company_has_its_roles_and_its_owner(inside):
    assert [role.code for role in queries.list_roles()] == list(SHIPPED_ROLES)
    assert queries.get_company_rules().name == "Bellwether"
    assert all(inside.owner.reach(right) is Reach.ALL for right in all_rights())
    assert EventRow.objects.filter(name="accounts.CompanyFounded", subject_id=inside.company_id).count() == 1


def test_the_defaults_of_a_company_are_those_of_its_row(inside):
    Company.objects.update(zone="Asia/Omsk", country="KZ", currency="KZT", call_opens_minute=601, strict_feed=True)
    with CaptureQueriesContext(connection) as caught:
        rules = queries.get_company_rules()
    assert len(caught) == 1
    row = Company.objects.get()
    told = {name: getattr(rules, name) for name in rules.__slots__}
    assert told == {name: row.pk if name == "company_id" else getattr(row, name) for name in rules.__slots__}
    with company_context(0), pytest.raises(NotFound):
        queries.get_company_rules()


def test_shipped_roles_have_what_the_parts_ship(inside):
    for right in all_rights():
        assert inside.colleague.reach(right) == right.shipped.get("manager", Reach.NONE)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " \u200b"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"owner_email": "nobody"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "password12345678"[:8]}, "password"),
        ({"zone": "Europe/Atlantis"}, "zone"),
        ({"currency": "XXX"}, "currency"),
        ({"owner_name": ""}, "owner_name"),
    ],
)
def test_wrong_input_founds_nothing(db, wrong, field):
    given = {"name": "A", "owner_email": "a@example.com", "password": PASSWORD, "owner_name": "A", "now": NOW}
    with pytest.raises(Invalid) as refusal:
        services.found_company(**(given | wrong))
    assert field in refusal.value.fields
    assert not queries.any_company()
    assert not User.objects.exists()


def test_an_address_that_signs_in_keeps_its_password(db):
    first = make_owner()
    email = user_of(first).email
    with pytest.raises(Refusal):
        services.found_company(
            name="Second", owner_email=email, password="another-long-password", owner_name="A", now=NOW
        )
    second, _ = services.found_company(name="Second", owner_email=email, password=None, owner_name="A", now=NOW)
    assert {company for company, _ in queries.places_of_user(user_of(first).pk)} == {first.company_id, second}
    assert user_of(first).check_password(PASSWORD)


def test_the_first_company_closes_the_door(db):
    given = {"name": "A", "password": PASSWORD, "owner_name": "A", "zone": "UTC", "language": "en", "now": NOW}
    services.found_first_company(owner_email="a@example.com", **given)
    with pytest.raises(NotFound):
        services.found_first_company(owner_email="b@example.com", **given)
    assert not User.objects.filter(email="b@example.com").exists()


def test_an_invitation_is_for_one_person_once_and_for_a_week(inside):
    employee_id, token = _invite(inside)
    assert queries.find_actor(inside.company_id, employee_id) is None, "nobody has the place before he joins"
    assert services.read_invitation(token, now=NOW).needs_password
    with pytest.raises(NotFound):
        services.read_invitation(token, now=NOW + invitations.VALID_FOR + timedelta(seconds=1))
    for forged in ("", "x", token[:-2], token + "a", token.replace(":", ".")):
        with pytest.raises(NotFound):
            services.read_invitation(forged, now=NOW)
    with pytest.raises(Invalid):
        services.join(token=token, user_id=None, password="short", now=NOW)
    services.join(token=token, user_id=None, password=PASSWORD, now=NOW)
    assert queries.find_actor(inside.company_id, employee_id) is not None
    with pytest.raises(NotFound):
        services.join(token=token, user_id=None, password="quite-another-password", now=NOW)
    assert Employee.objects.get(pk=employee_id).user_id
    assert user_of_place(employee_id).check_password(PASSWORD)


def test_a_new_invitation_ends_the_old_one(inside):
    employee_id, token = _invite(inside)
    fresh = services.invite_again(actor=inside.owner, employee_id=employee_id, now=NOW)
    with pytest.raises(NotFound):
        services.join(token=token, user_id=None, password=PASSWORD, now=NOW)
    services.join(token=fresh, user_id=None, password=PASSWORD, now=NOW)
    with pytest.raises(Refusal):
        services.invite_again(actor=inside.owner, employee_id=employee_id, now=NOW)


def test_an_address_registered_elsewhere_opens_nothing_by_itself(inside):
    """Somebody of another company may have made the account: only its owner, signed in, takes the place."""
    stranger = user_of(inside.stranger)
    _, token = _invite(inside, email=stranger.email)
    for user_id in (None, user_of(inside.colleague).pk):
        with pytest.raises(Denied):
            services.join(token=token, user_id=user_id, password="a-password-of-a-thief", now=NOW)
    assert inside.company_id not in {company for company, _ in queries.places_of_user(stranger.pk)}
    services.join(token=token, user_id=stranger.pk, password=None, now=NOW)
    assert inside.company_id in {company for company, _ in queries.places_of_user(stranger.pk)}
    stranger.refresh_from_db()
    assert stranger.check_password(PASSWORD)


def test_nobody_gives_more_than_he_has(inside):
    head = add_person(inside.owner, "head")
    _give(inside, "head", {MANAGE_EMPLOYEES.code: 3, MANAGE_ROLES.code: 3})
    head = actor_of(inside.company_id, head.employee_id)
    roles = {role.code: role for role in queries.list_roles()}
    with pytest.raises(Denied):
        _invite(inside, actor=head, role="owner")
    with pytest.raises(Denied):
        _change(inside, head, head.employee_id, role="owner")
    with pytest.raises(Denied):
        services.dismiss_employee(actor=head, employee_id=inside.owner.employee_id)
    with pytest.raises(Denied):
        services.change_role_rights(actor=head, role_id=roles["head"].pk, rights={CHANGE_SETTINGS.code: 3})
    with pytest.raises(Denied):
        services.change_role_rights(actor=head, role_id=roles["owner"].pk, rights={SEE_HISTORY.code: 0})
    assert not actor_of(inside.company_id, head.employee_id).may(CHANGE_SETTINGS)
    _invite(inside, actor=head, role="manager")


@pytest.mark.parametrize("rights", [{"no.right": 3}, {"kit.see_history": 1}, {"kit.see_history": 9}])
def test_wrong_rights_are_refused(inside, rights):
    with pytest.raises(Invalid):
        _give(inside, "manager", rights)


def test_a_changed_role_works_at_once_and_is_told(inside):
    assert not inside.colleague.may(SEE_HISTORY)
    assert _give(inside, "manager", {SEE_HISTORY.code: 3}) == [SEE_HISTORY.code]
    assert actor_of(inside.company_id, inside.colleague.employee_id).may(SEE_HISTORY)
    assert _give(inside, "manager", {SEE_HISTORY.code: 3}) == []
    assert EventRow.objects.filter(name="accounts.RoleChanged").count() == 1


@pytest.mark.parametrize("role", [code for code in SHIPPED_ROLES if code != "owner"])
def test_only_who_may_manages_people_and_settings(inside, role):
    actor = add_person(inside.owner, role)
    refused = [
        lambda: _invite(inside, actor=actor),
        lambda: _change(inside, actor, inside.colleague.employee_id, role="manager"),
        lambda: services.dismiss_employee(actor=actor, employee_id=inside.colleague.employee_id),
        lambda: services.return_employee(actor=actor, employee_id=inside.colleague.employee_id, now=NOW),
        lambda: services.change_role_rights(actor=actor, role_id=queries.list_roles()[2].pk, rights={}),
        lambda: services.change_company(actor=actor, changes={"name": "Stolen"}),
        lambda: services.renew_form_key(actor=actor),
        lambda: services.add_team(actor=actor, name="Team"),
    ]
    for attempt in refused:
        with pytest.raises(Denied):
            attempt()
    assert queries.get_company_rules().name == "Bellwether"


def test_a_dismissed_employee_is_out_and_may_come_back(inside):
    place = inside.company_id, inside.colleague.employee_id
    services.dismiss_employee(actor=inside.owner, employee_id=inside.colleague.employee_id)
    assert queries.find_actor(*place) is None
    assert services.return_employee(actor=inside.owner, employee_id=place[1], now=NOW) is None
    assert queries.find_actor(*place) is not None


def test_the_last_owner_stays(inside):
    owner_id = inside.owner.employee_id
    with pytest.raises(Refusal):
        services.dismiss_employee(actor=inside.owner, employee_id=owner_id)
    with pytest.raises(Refusal):
        _change(inside, inside.owner, owner_id, role="manager")
    _invite(inside, role="owner")
    with pytest.raises(Refusal):  # an invited owner who never came does not count
        services.dismiss_employee(actor=inside.owner, employee_id=owner_id)
    second = add_person(inside.owner, "owner")
    services.dismiss_employee(actor=second, employee_id=owner_id)
    assert queries.find_actor(inside.company_id, owner_id) is None


def test_strangers_are_not_found(inside):
    with company_context(inside.other_company_id):
        alien_role = Role.objects.get(code="manager").pk
    with pytest.raises(NotFound):
        services.dismiss_employee(actor=inside.owner, employee_id=inside.stranger.employee_id)
    with pytest.raises(NotFound):
        services.change_role_rights(actor=inside.owner, role_id=alien_role, rights={})


def test_settings_are_checked_and_their_history_kept(inside):
    services.change_company(actor=inside.owner, changes={"name": "Новое имя", "strict_feed": True})
    change = Change.objects.get(table="accounts_company")
    assert change.before == {"name": "Bellwether", "strict_feed": False}
    assert change.actor == {"employee": inside.owner.employee_id, "origin": "test"}
    for changes in ({"call_opens_minute": 1300}, {"zone": "x"}, {"company_id": 1}, {"form_key": "mine"}):
        with pytest.raises(Invalid):
            services.change_company(actor=inside.owner, changes=changes)
    assert Company.objects.get().call_opens_minute == 540


class TestRaces:
    """On real connections; each with a control that shows the race once its lock is gone."""

    pytestmark = pytest.mark.django_db(transaction=True)

    def test_two_owners_cannot_dismiss_each_other(self):
        assert self._dismiss_each_other() == 1

    def test_control_without_the_lock_nobody_is_left(self, monkeypatch):
        monkeypatch.setattr(models.QuerySet, "select_for_update", lambda self, *args, **kwargs: self)
        assert self._dismiss_each_other() == 0

    def test_who_sends_one_field_writes_over_nothing_else(self):
        assert self._change_both(last_name="Novik") == ("head", "Novik")

    def test_control_who_sends_all_he_read_takes_the_other_change_back(self):
        assert self._change_both(last_name="Novik", role="manager") == ("manager", "Novik")

    def _change_both(self, **sent: str) -> tuple[str, str]:
        """Return role and surname after one gave another role while a second sent his change."""
        owner = make_owner()
        mate = add_person(owner, "manager")
        held = threading.Event()

        def rival() -> None:
            held.wait(10)
            with company_context(owner.company_id):
                try:
                    services.change_employee(actor=owner, employee_id=mate.person_id, **sent)
                finally:
                    connection.close()

        thread = threading.Thread(target=rival)
        thread.start()
        with company_context(owner.company_id):
            with transaction.atomic():
                services.change_employee(actor=owner, employee_id=mate.person_id, role="head")
                held.set()
                thread.join(1)
            thread.join(10)
        with company_context(owner.company_id), transaction.atomic():
            found = Employee.objects.select_related("role").get(pk=mate.person_id)
            return found.role.code, found.last_name

    def _dismiss_each_other(self) -> int:
        """Return how many owners are left after each of two dismissed the other at the same moment."""
        first = make_owner()
        second = add_person(first, "owner")
        held = threading.Event()

        def rival() -> None:
            held.wait(10)
            with company_context(second.company_id):
                try:
                    services.dismiss_employee(actor=second, employee_id=first.employee_id)
                except Refusal:
                    pass
                finally:
                    connection.close()

        thread = threading.Thread(target=rival)
        thread.start()
        with company_context(first.company_id):
            with transaction.atomic():
                services.dismiss_employee(actor=first, employee_id=second.employee_id)
                held.set()
                thread.join(1)  # with the lock the rival waits for us; without it he is done by now
            thread.join(10)
        with company_context(first.company_id), transaction.atomic():
            return Employee.objects.filter(role__code="owner", is_active=True).count()

    def test_of_many_first_companies_one_is_made(self):
        made = _at_once(8, self._found_first)
        assert sorted(made) == [False] * 7 + [True]

    def test_control_without_the_lock_several_are_made(self, monkeypatch):
        from voronka.accounts.services import companies

        monkeypatch.setattr(companies, "_one_founder_at_a_time", lambda: None)
        together = threading.Barrier(4)
        look = queries.any_company

        def look_together() -> bool:
            found = look()
            together.wait(10)
            return found

        monkeypatch.setattr(companies.queries, "any_company", look_together)
        assert sum(_at_once(4, self._found_first)) > 1

    @staticmethod
    def _found_first(number: int) -> bool:
        try:
            services.found_first_company(
                name=f"Company {number}",
                owner_email=f"{number}@example.com",
                password=PASSWORD,
                owner_name="A",
                zone="UTC",
                language="en",
                now=NOW,
            )
        except NotFound:
            return False
        return True


def _at_once(many, act):
    start, results = threading.Barrier(many), []

    def run(number: int) -> None:
        start.wait(10)
        try:
            results.append(act(number))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return results


def _invite(cast, *, actor=None, role="manager", email="new@example.com"):
    return services.add_employee(
        actor=actor or cast.owner, email=email, first_name="Nina", last_name="Novik", role=role, now=NOW
    )


def _change(cast, actor, employee_id, *, role):
    return services.change_employee(
        actor=actor,
        employee_id=employee_id,
        first_name="A",
        last_name="B",
        role=role,
        team_id=None,
        zone="Europe/Moscow",
    )


def _give(cast, role, rights):
    role_id = Role.objects.get(code=role).pk
    return services.change_role_rights(actor=cast.owner, role_id=role_id, rights=rights)


def user_of_place(employee_id):
    return User.objects.get(pk=Employee.objects.get(pk=employee_id).user_id)
