"""Doubtful rows, one at a time: the row beside the card it may belong to, settled by a key."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from voronka.kit.screens import actor_of, signed_in
from voronka.kit.templatetags.kit import number, phone
from voronka.people.models import Client, ContactPoint
from voronka.people.queries import imports as queries
from voronka.people.rules.import_plan import ReadRow
from voronka.people.services import imports as services
from voronka.people.services.imports.words import target_word
from voronka.people.views.imports import words

COMPARED = ("birthday", "city", "address", "position", "inn", "purchases_sum", "comment")


@dataclass(frozen=True, slots=True)
class Line:
    """One field of the row and of the card, side by side."""

    name: str
    of_row: str
    of_card: str
    is_same: bool


@signed_in
@require_GET
def question(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask about the first doubtful row that waits, or about the one named."""
    actor = actor_of(request)
    run = services.get_run(actor, public_id)
    asked = request.GET.get("row", "")
    row = queries.find_question(run, int(asked)) if asked.isdecimal() and len(asked) < 10 else None
    row = row or queries.find_question(run)
    if row is None:
        return redirect("people:import", public_id)
    read = services.read_question(run, row)
    client, contacts = queries.get_candidate(actor, row)
    stages, _at = words.stages(run)
    context = {
        "run": run,
        "stages": stages,
        "at": 4,
        "file_line": words.file_line(run),
        "row": row,
        "lines": _lines(read, client, contacts),
        "client": client,
        "left": run.asked,
    }
    return render(request, "people/import_question.html", context)


def _lines(read: ReadRow, client: Client | None, contacts: list[ContactPoint]) -> list[Line]:
    lines = [_line(_("Name"), str(read.values["name"]), client.name if client else "")]
    for kind, name in (("phone", _("Phone")), ("email", _("E-mail"))):
        of_row = ", ".join(_shown(one.kind, one.value) for one in read.contacts if one.kind == kind)
        of_card = ", ".join(_shown(one.kind, one.value) for one in contacts if one.kind == kind)
        lines.append(_line(name, of_row, of_card))
    lines += [
        _line(target_word(name, {}), _text(read.values.get(name)), _text(getattr(client, name, None)))
        for name in COMPARED
    ]
    return [line for line in lines if line.of_row or line.of_card]


def _line(name: str, of_row: str, of_card: str) -> Line:
    return Line(name, of_row, of_card, is_same=bool(of_row) and of_row.lower() == of_card.lower())


def _shown(kind: str, value: str) -> str:
    return phone(value) if kind == "phone" else value


def _text(value: object) -> str:
    if value is None or value == "":
        return ""
    if hasattr(value, "strftime"):
        return f"{value:%d.%m.%Y}"
    return str(value) if isinstance(value, str) else number(value)


@signed_in
@require_POST
def answer(request: HttpRequest, public_id: str, row: int) -> HttpResponse:
    """Take the answer and ask the next."""
    services.answer_question(
        actor=actor_of(request),
        public_id=public_id,
        number=row,
        answer=request.POST.get("answer", "")[:10],
        now=timezone.now(),
    )
    return redirect("people:import-questions", public_id)
