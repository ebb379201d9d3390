"""Operations on roles: what each may do, sees and uses."""

from django.utils.translation import gettext_lazy
from ninja import Router

from voronka.accounts import queries as accounts
from voronka.accounts import services
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.rules import scopes
from voronka.connect.schemas import roles as docs
from voronka.connect.schemas.common import IdInPath
from voronka.kit import modules
from voronka.kit.actors import Reach, all_rights
from voronka.kit.limits import limited_fields
from voronka.kit.screens import all_sections

router = Router(tags=["staff"])
rights = Router(tags=["staff"])
MANAGES = "accounts.manage_roles"


def _shown(code: str) -> docs.Role:
    row = accounts.get_role(code)
    return docs.role_out(row, accounts.count_by_role().get(row.pk, 0))


@operation(
    router,
    "GET",
    "",
    scope=scopes.STAFF_READ,
    answer=docs.RoleList,
    right=MANAGES,
    summary=gettext_lazy("List the roles with what each may do"),
)
def list_roles(request: ApiRequest) -> docs.RoleList:
    """Return the roles, the shipped ones in their usual order."""
    counts = accounts.count_by_role()
    return docs.RoleList(items=[docs.role_out(one, counts.get(one.pk, 0)) for one in accounts.list_roles()])


@operation(
    router,
    "GET",
    "/{role}",
    scope=scopes.STAFF_READ,
    answer=docs.Role,
    right=MANAGES,
    summary=gettext_lazy("Show a role"),
)
def get_role(request: ApiRequest, role: IdInPath) -> docs.Role:
    """Return a role by its code."""
    return _shown(role)


@operation(
    router,
    "POST",
    "",
    scope=scopes.STAFF_WRITE,
    answer=docs.Role,
    status=201,
    summary=gettext_lazy("Make a role like another one"),
)
def make_role(request: ApiRequest, sent: docs.NewRole) -> Reply:
    """Make a role of the company's own."""
    row = services.make_role(actor=request.auth.actor, name=sent.name, like=sent.like)
    return Reply(docs.role_out(row, 0), headers={"Location": f"/api/v1/roles/{row.code}"})


@operation(
    router,
    "PATCH",
    "/{role}",
    scope=scopes.STAFF_WRITE,
    answer=docs.Role,
    summary=gettext_lazy("Change a role: its name, rights, hidden fields, what it leaves out"),
)
def change_role(request: ApiRequest, role: IdInPath, sent: docs.RoleChanges) -> docs.Role:
    """Change what is sent; it holds from the next request of its people."""
    actor, held = request.auth.actor, accounts.get_role(role)
    if sent.name is not None:
        services.rename_role(actor=actor, role_id=held.pk, name=sent.name)
    if sent.model_fields_set - {"name"}:
        wanted = services.RoleChoices(
            rights={code: int(docs.REACHES[word]) for code, word in sent.rights.items()},
            fields={code: int(docs.ACCESSES[word]) for code, word in sent.fields.items()},
            modules_off=sent.modules_off,
            unused=sent.unused,
        )
        services.change_role(actor=actor, role_id=held.pk, wanted=wanted)
    return _shown(role)


@operation(
    router,
    "POST",
    "/{role}/delete",
    scope=scopes.STAFF_WRITE,
    answer=docs.RoleEnded,
    summary=gettext_lazy("Delete a role; its people get another one"),
)
def delete_role(request: ApiRequest, role: IdInPath, sent: docs.RoleEnd) -> docs.RoleEnded:
    """Delete a role and give its people the role `successor`."""
    actor = request.auth.actor
    moved = services.delete_role(actor=actor, role_id=accounts.get_role(role).pk, successor=sent.successor)
    return docs.RoleEnded(employees=moved)


@operation(
    rights,
    "GET",
    "",
    scope=scopes.STAFF_READ,
    answer=docs.RightList,
    right=MANAGES,
    summary=gettext_lazy("List the rights, fields, modules and buttons that roles are made of"),
)
def list_rights(request: ApiRequest) -> docs.RightList:
    """Return all that roles are made of."""
    unusable = services.unusable_codes()
    sections = [docs.Item(code=f"section:{one.code}", name=str(one.title)) for one in all_sections()]
    items = [docs.Item(code=one.code, name=str(one.title)) for one in modules.all_items()]
    return docs.RightList(
        rights=[
            docs.Right(
                code=one.code,
                name=str(one.name),
                about=str(one.about),
                reaches=[docs.REACH_WORDS[reach] for reach in (Reach if one.by_record else (Reach.NONE, Reach.ALL))],
                by_program=one.code not in scopes.PEOPLE_ONLY,
            )
            for one in all_rights()
        ],
        fields=[
            docs.LimitedField(code=one.code, subject=one.subject, name=str(one.name)) for one in limited_fields()
        ],
        modules=[docs.Item(code=one.code, name=str(one.title)) for one in modules.all_modules()],
        unusable=[one for one in [*sections, *items] if one.code in unusable],
    )
