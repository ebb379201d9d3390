"""The list of surveys, and what each has come to."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from voronka.accounts import queries as accounts
from voronka.accounts import services as employees
from voronka.care.models import Response, Survey
from voronka.care.permissions import SET_UP
from voronka.care.queries import results
from voronka.care.queries.results import Ask, Figures
from voronka.care.queries.surveys import get_rules, get_survey, list_surveys, version_of
from voronka.care.rules import questions as rules
from voronka.care.services.answering import answer_lines
from voronka.care.services.texts import rating_words
from voronka.care.services.words import CHANNELS, MOMENTS, delay_words, mean, percent, way_words
from voronka.kit import wording
from voronka.kit.actors import EXPORT, Actor
from voronka.kit.listfile import FORMATS, ListFile, handed_over
from voronka.kit.pieces import Stat
from voronka.kit.screens import actor_of, signed_in
from voronka.kit.subjects import all_subject_kinds
from voronka.kit.tables.writers import Writable
from voronka.orders import queries as orders
from voronka.people import queries as people

LATELY = 30


@signed_in
@require_GET
def surveys(request: HttpRequest) -> HttpResponse:
    """Show the surveys with what the last days brought."""
    actor = actor_of(request)
    rows = list_surveys(actor)
    today = timezone.now().astimezone(actor.zone).date()
    ask = Ask(since=today - timedelta(days=LATELY))
    figures = results.figures_of(actor, [one.pk for one in rows], ask)
    context = {
        "rows": [
            {
                "survey": one,
                "moment": MOMENTS[one.moment],
                "delay": delay_words(one.delay_hours) if one.writes else "",
                "way": way_words(one),
                "figures": figures[one.pk],
                "share": percent(figures[one.pk].share, actor),
                "mean": mean(figures[one.pk].mean, actor),
            }
            for one in rows
        ],
        "days": LATELY,
        "again": get_rules().again_days,
        "may_set_up": actor.may(SET_UP),
    }
    return render(request, "care/surveys.html", context)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def ask_of(request: HttpRequest) -> Ask:
    """Read what the address asks for; what cannot be read narrows nothing."""
    asked = request.GET
    chosen = asked.get("manager", "")
    manager: int | None = None
    if chosen == "none":
        manager = 0
    elif chosen:
        manager = next((one.pk for one in accounts.list_employees(active=False) if one.public_id == chosen), None)
    return Ask(
        _day(asked.get("since", "")),
        _day(asked.get("until", "")),
        manager,
        asked.get("bad") == "1",
        asked.get("channel", "") if asked.get("channel") in CHANNELS else "",
    )


@signed_in
@require_GET
def survey(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what a survey has come to, by days and manager, and the answers themselves."""
    actor = actor_of(request)
    row = get_survey(actor, public_id)
    ask, version = ask_of(request), version_of(row)
    found = results.figures_of(actor, [row.pk], ask)[row.pk]
    text = request.GET.get("before", "")
    before = int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else None
    page, after = results.read_page(actor, row, ask, before=before)
    managers = results.by_manager(actor, row, ask)
    names = accounts.employee_names([one for one, _figures in managers if one is not None])
    context = {
        "row": row,
        "moment": MOMENTS[row.moment],
        "delay": delay_words(row.delay_hours) if row.writes else "",
        "way": way_words(row),
        "asked": request.GET,
        "since": ask.since.isoformat() if ask.since else "",
        "until": ask.until.isoformat() if ask.until else "",
        "managers": [("", _("all")), ("none", _("nobody")), *_people()],
        "manager": request.GET.get("manager", ""),
        "only_bad": ask.only_bad,
        "channels": [("", pgettext("survey", "anywhere")), *((code, str(words)) for code, words in CHANNELS.items())],
        "channel": ask.channel,
        "stats": _stats(found, actor, row),
        "bars": _bars(found) if row.moment != "left" else [],
        "options": [
            (text, [(words, count, _width(count, counts)) for words, count in counts])
            for text, counts in results.options_of(actor, row, version, ask)
        ],
        "by_manager": [
            {
                "name": names.get(pk or 0, _("nobody")),
                "figures": one,
                "share": percent(one.share, actor),
                "mean": mean(one.mean, actor),
            }
            for pk, one in managers
        ],
        "answers": _answers(page, actor),
        "next_url": _address(request, before=str(after)) if after else "",
        "first_url": _address(request, before="") if before else "",
        "files": _files(request, actor, row),
        "may_set_up": actor.may(SET_UP),
        "questions": [one.text for one in rules.read(version.questions)],
        "ask": version.ask,
        "bad_upto": version.bad_upto,
    }
    return render(request, "care/survey.html", context)


def _people() -> list[tuple[str, str]]:
    return [(one.public_id, str(one.name)) for one in accounts.list_employees()]


def _address(request: HttpRequest, **changes: str) -> str:
    kept = [(name, str(value)) for name, value in request.GET.items() if name not in changes]
    return f"?{urlencode([*kept, *((name, value) for name, value in changes.items() if value)])}"


def _files(request: HttpRequest, actor: Actor, row: Survey) -> list[tuple[str, str]]:
    if not actor.may(EXPORT):
        return []
    query = urlencode([(name, str(value)) for name, value in request.GET.items() if name != "before"])
    return [
        (code.upper(), f"{reverse('care:answers-file', args=[row.public_id, code])}{'?' if query else ''}{query}")
        for code in FORMATS
    ]


def _stats(found: Figures, actor: Actor, row: Survey) -> list[Stat]:
    def number(value: int) -> str:
        return wording.number(value, actor.language)

    share = percent(found.share, actor) if found.invited else ""
    stats = [
        Stat(pgettext("survey", "Asked"), number(found.invited)),
        Stat(pgettext("survey", "Opened"), number(found.opened)),
        Stat(pgettext("survey", "Answered"), number(found.answered), share),
    ]
    if row.moment != "left":
        stats.append(Stat(_("Mean rating"), mean(found.mean, actor)))
        stats.append(Stat(_("Bad ratings"), number(found.bad), tone="late" if found.bad else ""))
    return stats


def _width(count: int, counts: Sequence[tuple[str, int]]) -> int:
    most = max((one for _words, one in counts), default=0)
    return round(420 * count / most) if most else 0


def _bars(found: Figures) -> list[tuple[int, str, int, int]]:
    """Return the ratings from the best on: rating, its words, how many, the width of its bar."""
    words, most = rating_words(), max(found.stars)
    return [
        (n, words[n], found.stars[n - 1], round(420 * found.stars[n - 1] / most) if most else 0)
        for n in (5, 4, 3, 2, 1)
    ]


def _clients(actor: Actor, rows: Sequence[Response]) -> Mapping[int, tuple[str, str]]:
    """Return name and address of the clients that the actor may see, by id."""
    ids = {one.invitation.client_id for one in rows if one.invitation.client_id is not None}
    return {
        one.pk: (people.name_shown(actor, one.name), reverse("people:client-detail", args=[one.public_id]))
        for one in people.list_clients(actor).filter(pk__in=ids)
    }


def _about(rows: Sequence[Response]) -> dict[int, tuple[str, str]]:
    """Return name and address of the orders that were asked about, by their ids."""
    kind = next(one for one in all_subject_kinds() if one.kind == "order")
    ids = [one.invitation.subject_id for one in rows if one.invitation.subject_kind == "order"]
    addresses = _order_addresses(ids)
    return {pk: (name, addresses.get(pk, "")) for pk, name in kind.names(ids).items()} if ids else {}


def _order_addresses(ids: Sequence[int]) -> dict[int, str]:
    return {pk: reverse("orders:order", args=[sign]) for pk, sign in orders.public_ids("order", ids).items()}


def _answers(rows: Sequence[Response], actor: Actor) -> list[dict[str, Any]]:
    clients, about = _clients(actor, rows), _about(rows)
    words, hides = rating_words(), people.hides_any(actor)
    return [
        {
            "row": one,
            "at": one.at.astimezone(actor.zone),
            "is_changed": one.changed_at != one.at,
            "how": CHANNELS.get(one.invitation.channel, ""),
            "client": clients.get(one.invitation.client_id or 0),
            "about": about.get(one.invitation.subject_id) if one.invitation.subject_kind == "order" else None,
            "manager": one.manager.name if one.manager else "",
            "words": words.get(one.rating or 0, ""),
            "lines": answer_lines(one.invitation.version, one, hides=hides) if one.invitation.version else [],
            "task": reverse("work:task", args=[one.task.public_id]) if one.task else "",
        }
        for one in rows
    ]


@signed_in
@require_GET
def answers_file(request: HttpRequest, public_id: str, code: str) -> HttpResponse:
    """Give the answers as a file. The right is its own, the act is logged."""
    actor = actor_of(request)
    row = get_survey(actor, public_id)
    ask, is_left, hides = ask_of(request), row.moment == "left", people.hides_any(actor)
    asked = [one for one in rules.read(version_of(row).questions) if not (hides and one.kind == "text")]

    def rows() -> Iterator[Sequence[Writable]]:
        for page in results.walk(actor, row, ask):
            clients, about = _clients(actor, page), _about(page)
            for one in page:
                yield [
                    one.at.astimezone(actor.zone).strftime("%Y-%m-%d %H:%M"),
                    clients.get(one.invitation.client_id or 0, ("",))[0],
                    about.get(one.invitation.subject_id, ("",))[0] if one.invitation.subject_kind == "order" else "",
                    one.manager.name if one.manager else "",
                    str(CHANNELS.get(one.invitation.channel, "")),
                    *([] if is_left else [one.rating or ""]),
                    *(rules.words(one.answers[q.key]) if q.key in one.answers else "" for q in asked),
                ]

    heads = [_("When"), _("Client"), _("Order"), _("Manager"), _("How asked")]
    made = ListFile(
        what="survey_answers",
        name=pgettext("file", "answers"),
        heads=[*heads, *([] if is_left else [pgettext("survey", "Rating")]), *(one.text for one in asked)],
        count=lambda most: results.list_rows(actor, row, ask)[:most].count(),
        rows=rows,
        query=[row.name],
    )
    return handed_over(employees.take_list_out(actor=actor, made=made, code=code, now=timezone.now()))
