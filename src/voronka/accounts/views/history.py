"""Settings: the history of changes."""

import json
import re
from datetime import datetime
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from voronka.accounts import queries
from voronka.kit import history, wording
from voronka.kit.screens import actor_of, signed_in

_EMPLOYEES = "accounts_employee"
_MINUTES = frozenset({"call_opens_minute", "call_closes_minute", "lunch_starts_minute", "lunch_ends_minute"})
_SECRET = frozenset({"secret", "password"})
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+\d\d:\d\d")


@signed_in
@require_GET
def change_list(request: HttpRequest) -> HttpResponse:
    """Show who changed what: everything, one table, or one record."""
    actor = actor_of(request)
    table, row_id, before = request.GET.get("table", ""), _number(request, "row"), _number(request, "before")
    changes = history.list_changes(actor=actor, table=table, row_id=row_id, before=before)
    people = queries.employee_names(_people(changes))
    names = history.names_of(changes, actor=actor) | {(_EMPLOYEES, pk): name for pk, name in people.items()}
    zone = actor.zone.key
    rows = []
    for change in changes:
        said = partial(_said, change.table, names=names, zone=zone)
        fields = [(one, said(one, one.old), said(one, one.new)) for one in change.fields]
        rows.append((change, _who(change, people), fields))
    context = {
        "rows": rows,
        "table": table,
        "row": row_id or "",
        "tables": history.known_tables(),
        "next": changes[-1].id if len(changes) == history.PAGE else None,
    }
    return render(request, "accounts/history.html", context)


@signed_in
@require_POST
def change_restore(request: HttpRequest, change_id: int) -> HttpResponse:
    """Put back what a field held before a change."""
    history.restore(actor=actor_of(request), change_id=change_id, column=request.POST.get("column", ""))
    messages.success(request, _("The earlier value is back."))
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if safe else "accounts:history")


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _who(change: history.RowChange, names: dict[int, str]) -> str:
    if change.employee_id is None:
        return _("the system")
    return names.get(change.employee_id, f"№ {change.employee_id}")


def _people(changes: list[history.RowChange]) -> list[int]:
    """Return the ids of those who changed something, and of those whom a changed field names."""
    named = {
        value
        for change in changes
        for field in change.fields
        if field.points_at == _EMPLOYEES
        for value in (field.old, field.new)
        if isinstance(value, int)
    }
    return sorted(named | {one.employee_id for one in changes if one.employee_id is not None})


def _said(
    table: str, field: history.FieldChange, value: object, *, names: dict[tuple[str, int], str], zone: str
) -> str:
    """Return a value of a field: a record by its name, a state in words, minutes by the clock; no secret."""
    if field.column in _SECRET and value:
        return "•••"
    if field.points_at and isinstance(value, int):
        return names.get((field.points_at, value), f"№ {value}")
    if word := history.word_of(table, field.column, value):
        return word
    if field.column in _MINUTES and isinstance(value, int):
        return f"{value // 60}:{value % 60:02}"
    return _text(value, zone)


def _text(value: object, zone: str) -> str:
    """Return a column's value as people read it, moments by the clock of `zone`, sums as sums; long ones are cut."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return wording.moment(datetime.fromisoformat(value), zone, timezone.now(), wording.tongue(get_language()))
    if isinstance(value, float):  # sums and amounts
        return wording.number(int(value) if value.is_integer() else value, wording.tongue(get_language()))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else text[:299] + "…"
