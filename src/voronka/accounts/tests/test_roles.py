"""Roles of the company's own: made, narrowed, renamed, deleted, and taken away while a page is open."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from voronka.accounts import queries, services
from voronka.accounts.models import Employee, Role
from voronka.accounts.permissions import MANAGE_ROLES
from voronka.accounts.services import RoleChoices
from voronka.accounts.testing import Cast, actor_of, add_person, make_company, sign_in
from voronka.kit.actors import EXPORT, SEE_HISTORY, Access, Actor
from voronka.kit.errors import Denied, Invalid, NotFound, Refusal
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Iterator[Cast]:
    made = make_company()
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        yield made


def made_role(cast: Cast, **choices: object) -> Role:
    role = services.make_role(actor=cast.owner, name="Стажёр", like="manager")
    if choices:
        services.change_role(actor=cast.owner, role_id=role.pk, wanted=RoleChoices(**choices))  # type: ignore[arg-type]
    role.refresh_from_db()
    return role


def again(actor: Actor) -> Actor:
    assert actor.employee_id is not None
    return actor_of(actor.company_id, actor.employee_id)


def test_a_copy_may_what_its_model_may(cast: Cast) -> None:
    model = Role.objects.get(code="manager")
    services.change_role(actor=cast.owner, role_id=model.pk, wanted=RoleChoices(fields={"client.phone": 0}))
    role = made_role(cast)
    model.refresh_from_db()
    assert queries.reach_of_role(role) == queries.reach_of_role(model)
    assert role.fields == {"client.phone": 0}
    assert EventRow.objects.filter(name="accounts.RoleMade").count() == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "Manager", "mANAGER"])
def test_a_role_needs_a_name_of_its_own(cast: Cast, name: str) -> None:
    before = Role.objects.count()
    Role.objects.filter(code="manager").update(name="Manager")
    with pytest.raises(Invalid) as refusal:
        services.make_role(actor=cast.owner, name=name, like="reader")
    assert set(refusal.value.fields) == {"name"}
    assert Role.objects.count() == before


def test_limits_reach_the_actor_and_go_again(cast: Cast) -> None:
    role = made_role(cast, fields={"client.phone": 0, "deal.sum": 1})
    trainee = add_person(cast.owner, role.code)
    assert (trainee.sees("client.phone"), trainee.writes("deal.sum"), trainee.sees("deal.sum")) == (
        False,
        False,
        True,
    )
    services.change_role(actor=cast.owner, role_id=role.pk, wanted=RoleChoices(fields={"client.phone": 2}))
    assert again(trainee).limits == {"deal.sum": Access.READ}


@pytest.mark.parametrize("fields", [{"client.nothing": 0}, {"client.phone": 3}, {"client.phone": -1}])
def test_an_unknown_field_is_refused(cast: Cast, fields: dict[str, int]) -> None:
    role = made_role(cast)
    with pytest.raises(Invalid):
        services.change_role(actor=cast.owner, role_id=role.pk, wanted=RoleChoices(fields=fields))
    assert Role.objects.get(pk=role.pk).fields == {}


def test_the_owners_role_is_narrowed_by_nobody(cast: Cast) -> None:
    owner = Role.objects.get(code="owner")
    with pytest.raises(Denied):
        services.change_role(actor=cast.owner, role_id=owner.pk, wanted=RoleChoices(fields={"client.phone": 0}))
    with pytest.raises(Denied):
        services.delete_role(actor=cast.owner, role_id=owner.pk, successor="head")
    assert again(cast.owner).limits == {}


def test_nobody_opens_for_others_what_is_closed_to_himself(cast: Cast) -> None:
    """A deputy who sees no phones makes no role that does, and gives nobody such a role."""
    role = services.make_role(actor=cast.owner, name="Заместитель", like="owner")
    services.change_role(actor=cast.owner, role_id=role.pk, wanted=RoleChoices(fields={"client.phone": 0}))
    deputy = add_person(cast.owner, role.code)
    for refused in (
        lambda: services.make_role(actor=deputy, name="Новая", like="manager"),
        lambda: services.change_role(actor=deputy, role_id=role.pk, wanted=RoleChoices(fields={"client.phone": 1})),
        lambda: services.delete_role(actor=deputy, role_id=Role.objects.get(code="reader").pk, successor=role.code),
        lambda: services.add_employee(
            actor=deputy, email="a@example.com", first_name="A", last_name="B", role="manager", now=cast_now()
        ),
    ):
        with pytest.raises(Denied), transaction.atomic():
            refused()
    made = services.make_role(actor=deputy, name="Под заместителем", like=role.code)
    assert made.fields == {"client.phone": 0}


def cast_now():  # type: ignore[no-untyped-def]
    from voronka.accounts.testing import NOW

    return NOW


def test_a_deleted_role_leaves_its_people_to_the_successor(cast: Cast) -> None:
    role = made_role(cast)
    trainee = add_person(cast.owner, role.code)
    assert services.delete_role(actor=cast.owner, role_id=role.pk, successor="reader") == 1
    assert Employee.objects.get(pk=trainee.employee_id).role.code == "reader"
    assert not Role.objects.filter(pk=role.pk).exists()
    event = EventRow.objects.get(name="accounts.RoleDeleted")
    assert event.payload["employees"] == 1


@pytest.mark.parametrize("successor", ["", "nobody", "own-itself"])
def test_a_role_with_people_needs_a_successor(cast: Cast, successor: str) -> None:
    role = made_role(cast)
    trainee = add_person(cast.owner, role.code)
    with pytest.raises(Invalid) as refusal:
        services.delete_role(
            actor=cast.owner, role_id=role.pk, successor=role.code if successor == "own-itself" else successor
        )
    assert set(refusal.value.fields) == {"successor"}
    assert Employee.objects.get(pk=trainee.employee_id).role_id == role.pk


def test_nobody_deletes_his_own_role(cast: Cast) -> None:
    role = services.make_role(actor=cast.owner, name="Заместитель", like="owner")
    deputy = add_person(cast.owner, role.code)
    with pytest.raises(Refusal):
        services.delete_role(actor=deputy, role_id=role.pk, successor="reader")
    assert Role.objects.filter(pk=role.pk).exists()


def test_the_pages_of_roles(cast: Cast, client: Client) -> None:
    sign_in(client, cast.owner)
    answer = client.post(reverse("accounts:role-add"), {"name": "Стажёр", "like": "manager"})
    role = Role.objects.get(name="Стажёр")
    assert answer.headers["Location"] == reverse("accounts:role", args=[role.code])
    page = client.get(answer.headers["Location"]).content.decode().replace("\u00a0", " ")
    for right in (EXPORT, SEE_HISTORY, MANAGE_ROLES):
        with translation.override("ru"):
            assert str(right.about) in page
    sent = {"kit.export": "3", "client.phone": "0", "uses": "1", "use.section:people": "1"}
    assert client.post(reverse("accounts:role", args=[role.code]), sent).status_code == 302
    role.refresh_from_db()
    assert (role.rights["kit.export"], role.fields) == (3, {"client.phone": 0})
    assert "section:people" not in role.unused
    assert "section:workplace" in role.unused
    assert client.post(reverse("accounts:role-rename", args=[role.code]), {"name": ""}).status_code == 422
    assert client.post(reverse("accounts:role-rename", args=[role.code]), {"name": "Ученик"}).status_code == 302
    assert client.post(reverse("accounts:role-delete", args=[role.code]), {"successor": ""}).status_code == 422
    assert client.post(reverse("accounts:role-delete", args=[role.code]), {"successor": "reader"}).status_code == 302
    assert not Role.objects.filter(pk=role.pk).exists()


@pytest.mark.parametrize("address", ["accounts:role", "accounts:role-rename", "accounts:role-delete"])
def test_a_role_deleted_while_its_page_is_open_is_told_so(cast: Cast, client: Client, address: str) -> None:
    role = made_role(cast)
    services.delete_role(actor=cast.owner, role_id=role.pk, successor="reader")
    answer = sign_in(client, cast.owner).post(
        reverse(address, args=[role.code]), {"name": "x", "successor": "reader"}
    )
    assert answer.status_code == 404
    assert "её кто-то удалил" in answer.content.decode()


def test_a_right_taken_away_while_a_page_is_open_is_named(cast: Cast, client: Client) -> None:
    """The page of roles is open; meanwhile the role loses the right: the next click says which, and changes nothing."""
    role = services.make_role(actor=cast.owner, name="Заместитель", like="owner")
    deputy = add_person(cast.owner, role.code)
    sign_in(client, deputy)
    assert client.get(reverse("accounts:roles")).status_code == 200
    services.change_role(actor=cast.owner, role_id=role.pk, wanted=RoleChoices(rights={MANAGE_ROLES.code: 0}))
    answer = client.post(reverse("accounts:role", args=["manager"]), {"kit.export": "3"})
    assert answer.status_code == 403
    with translation.override("ru"):
        assert str(MANAGE_ROLES.name) in answer.content.decode()
    assert "kit.export" not in Role.objects.get(code="manager").rights or (
        Role.objects.get(code="manager").rights["kit.export"] == 0
    )


def test_a_role_of_another_company_is_not_there(cast: Cast, client: Client) -> None:
    role = made_role(cast)
    answer = sign_in(client, cast.stranger).post(reverse("accounts:role", args=[role.code]), {"client.phone": "0"})
    assert answer.status_code == 404
    with company_context(cast.other_company_id), pytest.raises(NotFound):
        services.rename_role(actor=cast.stranger, role_id=role.pk, name="Чужая")
