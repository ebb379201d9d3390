"""Settings: roles, what each may do, see and use."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.accounts import queries, services
from voronka.accounts.forms import NewRoleForm, RoleNameForm, SuccessorForm, take, typed
from voronka.accounts.models import Role
from voronka.accounts.permissions import MANAGE_ROLES
from voronka.accounts.rules import OWNER, SHIPPED_ROLES, allowed_reach, limits_of_role
from voronka.kit import modules
from voronka.kit.actors import Access, Actor, Reach, Right, all_rights
from voronka.kit.limits import LimitedField, limited_fields
from voronka.kit.screens import actor_of, all_sections, signed_in

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

USED = "use."


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role in the list: how many people have it, and what it amounts to in a few words."""

    role: Role
    people: int
    words: str
    is_owner: bool
    is_own: bool


@signed_in
@require_GET
def role_list(request: HttpRequest) -> HttpResponse:
    """List the roles with their people, and what every role may do, side by side."""
    actor_of(request).require(MANAGE_ROLES)
    return _list_page(request, NewRoleForm(), status=200)


def _list_page(request: HttpRequest, form: NewRoleForm, *, status: int) -> HttpResponse:
    roles = queries.list_roles()
    reaches = [queries.reach_of_role(role) for role in roles]
    counts = queries.count_by_role()
    groups = [
        (title, [(right, [_told(right, reach[right.code]) for reach in reaches]) for right in rights])
        for title, rights in _by_part()
    ]
    context = {
        "lines": [_line(role, reach, counts.get(role.pk, 0)) for role, reach in zip(roles, reaches, strict=True)],
        "roles": roles,
        "groups": groups,
        "form": form,
    }
    return render(request, "accounts/roles.html", context, status=status)


def _line(role: Role, reach: dict[str, Reach], people: int) -> RoleLine:
    count = sum(1 for one in reach.values() if one is not Reach.NONE)
    parts = [ngettext("%(n)s right of %(all)s", "%(n)s rights of %(all)s", count) % {"n": count, "all": len(reach)}]
    hidden = sum(1 for one in limits_of_role(role.code, role.fields).values() if one is Access.HIDDEN)
    if hidden:
        parts.append(ngettext("%(n)s hidden field", "%(n)s hidden fields", hidden) % {"n": hidden})
    is_owner = role.code == OWNER
    words = _("everything, always") if is_owner else " · ".join(parts)
    return RoleLine(role, people, words, is_owner, role.code not in SHIPPED_ROLES)


@signed_in
@require_POST
def role_add(request: HttpRequest) -> HttpResponse:
    """Make a role like another one, and go on to change it."""
    actor = actor_of(request)
    actor.require(MANAGE_ROLES)
    form, made = NewRoleForm(typed(request)), list[Role]()
    if take(form, lambda: made.append(services.make_role(actor=actor, **form.cleaned_data))):
        messages.success(request, _("The role is made. Say now what it may do."))
        return redirect("accounts:role", made[0].code)
    return _list_page(request, form, status=422)


@signed_in
@require_http_methods(["GET", "POST"])
def role_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Show and change what one role may do, see and use."""
    actor, role = _asked(request, code)
    if request.method == "POST":
        services.change_role(actor=actor, role_id=role.pk, wanted=_choices_of(request))
        messages.success(request, _("Saved: it holds from the next click of its people."))
        return redirect("accounts:role", code)
    return _role_page(request, role)


def _asked(request: HttpRequest, code: str) -> tuple[Actor, Role]:
    actor = actor_of(request)
    actor.require(MANAGE_ROLES)
    return actor, queries.get_role(code)


def _choices_of(request: HttpRequest) -> services.RoleChoices:
    """Read the form of a role; lists of what it uses count only where the form shows them."""
    posted = request.POST
    rights = {one.code: _number(posted[one.code]) for one in all_rights() if one.code in posted}
    fields = {one.code: _number(posted[one.code]) for one in limited_fields() if one.code in posted}
    if "uses" not in posted:
        return services.RoleChoices(rights=rights, fields=fields)
    used = used_of(request)
    return services.RoleChoices(
        rights=rights,
        fields=fields,
        modules_off=[one.code for one in modules.all_modules() if f"module:{one.code}" not in used],
        unused=sorted(services.unusable_codes() - used),
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) == 1 else -1


def _role_page(
    request: HttpRequest,
    role: Role,
    *,
    name_form: RoleNameForm | None = None,
    successor_form: SuccessorForm | None = None,
    status: int = 200,
) -> HttpResponse:
    reaches = queries.reach_of_role(role)
    people = [one for one in queries.list_employees() if one.role_id == role.pk]
    context = {
        "role": role,
        "is_owner": role.code == OWNER,
        "groups": [
            (title, [(right, int(reaches[right.code]), _choices(right)) for right in rights])
            for title, rights in _by_part()
        ],
        "fields": _field_groups(role),
        "accesses": _accesses(),
        "uses": use_groups(role.unused, role.modules_off),
        "people": people,
        "name_form": name_form or RoleNameForm(initial={"name": role.name}),
        "successor_form": successor_form or SuccessorForm(but=role.code),
    }
    return render(request, "accounts/role.html", context, status=status)


@signed_in
@require_POST
def role_rename(request: HttpRequest, code: str) -> HttpResponse:
    """Give a role another name."""
    actor, role = _asked(request, code)
    form = RoleNameForm(typed(request))
    if take(form, lambda: services.rename_role(actor=actor, role_id=role.pk, **form.cleaned_data)):
        messages.success(request, _("Saved"))
        return redirect("accounts:role", code)
    return _role_page(request, role, name_form=form, status=422)


@signed_in
@require_POST
def role_delete(request: HttpRequest, code: str) -> HttpResponse:
    """Delete a role; its people get another one."""
    actor, role = _asked(request, code)
    form = SuccessorForm(typed(request), but=role.code)
    if take(form, lambda: services.delete_role(actor=actor, role_id=role.pk, **form.cleaned_data)):
        messages.success(request, _("The role “%(name)s” is deleted.") % {"name": role.name})
        return redirect("accounts:roles")
    return _role_page(request, role, successor_form=form, status=422)


def _by_part() -> "list[tuple[str | _StrPromise, list[Right]]]":
    titles = {
        "people": _("Clients"),
        "deals": _("Deals"),
        "work": _("Tasks"),
        "messaging": _("Letters"),
        "catalogue": _("Goods"),
        "stock": _("Stock"),
        "audience": _("Reports"),
        "connect": _("Other programs"),
        "accounts": _("People and data"),
        "kit": _("The whole company"),
    }
    order = {part: number for number, part in enumerate(titles)}
    grouped = groupby(all_rights(), key=lambda right: right.code.partition(".")[0])
    parts = sorted(((part, list(rights)) for part, rights in grouped), key=lambda one: order.get(one[0], len(order)))
    return [(titles.get(part, part), rights) for part, rights in parts]


def _choices(right: Right) -> list[tuple[int, str]]:
    return [(int(reach), _word(right, reach)) for reach in allowed_reach(right)]


def _told(right: Right, reach: Reach) -> tuple[str, bool]:
    return _word(right, reach), bool(reach)


def _word(right: Right, reach: Reach) -> str:
    if not right.by_record:
        return _("yes") if reach else _("no")
    return {Reach.NONE: _("no"), Reach.OWN: _("own"), Reach.TEAM: _("of the team"), Reach.ALL: _("all")}[reach]


def _accesses() -> list[tuple[int, str]]:
    return [(2, _("sees and changes")), (1, _("only sees")), (0, _("does not see"))]


def _field_groups(role: Role) -> list[tuple[str, list[tuple[LimitedField, int]]]]:
    titles = {"client": _("Fields of clients"), "deal": _("Fields of deals")}
    limits = limits_of_role(role.code, role.fields)
    grouped: dict[str, list[tuple[LimitedField, int]]] = {}
    for one in limited_fields():
        grouped.setdefault(one.subject, []).append((one, int(limits.get(one.code, Access.EDIT))))
    return [(titles.get(subject, subject), fields) for subject, fields in grouped.items()]


def use_groups(
    unused: Collection[str], off: Collection[str] | None = None
) -> "list[tuple[str | _StrPromise, list[tuple[str, str | _StrPromise, bool]]]]":
    """Return what may be left out, under heads: (name of the input, title, used); modules where `off` is given."""
    known = services.unusable_codes()
    found: dict[str | _StrPromise, list[tuple[str, str | _StrPromise, bool]]] = {}
    found[_("Sections of the menu")] = [
        (f"{USED}section:{one.code}", one.title, f"section:{one.code}" not in unused)
        for one in all_sections()
        if f"section:{one.code}" in known
    ]
    if off is not None:
        found[_("Modules")] = [
            (f"{USED}module:{one.code}", one.title, one.code not in off) for one in modules.all_modules()
        ]
    for item in modules.all_items():
        found.setdefault(item.group, []).append((f"{USED}{item.code}", item.title, item.code not in unused))
    return list(found.items())


def used_of(request: HttpRequest) -> set[str]:
    """Return the codes of what is ticked as used."""
    return {name.removeprefix(USED) for name in request.POST if name.startswith(USED)}
