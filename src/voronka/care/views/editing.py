"""A survey written: every act is a button of the form, so that it works without script, which only carries rows."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from voronka.care import services
from voronka.care.models import Survey, SurveyVersion
from voronka.care.permissions import SET_UP
from voronka.care.queries.surveys import get_rules, get_survey, version_of
from voronka.care.rules import questions as rules
from voronka.care.rules.letters import looked_at
from voronka.care.rules.questions import Question
from voronka.care.services.texts import FIELDS, Unwritten, preview, rating_words
from voronka.care.services.words import KINDS, MOMENTS, WHENS
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.framing import framed
from voronka.kit.screens import actor_of, signed_in
from voronka.people import queries as people

BARE = '<!DOCTYPE html><meta charset="utf-8"><body style="background:#f3f2ee"><div class="v-sheet"></div></body>'
NAMES = {
    "name": 200, "moment": 20, "delay": 6, "unit": 10, "subject": 400, "body": 20_000, "sms": 1_000, "ask": 400,
    "bad_upto": 2, "thanks": 600, "version": 9, "who": 200,
}  # fmt: skip


@signed_in
@require_http_methods(["GET", "POST"])
def survey_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Make a survey, or change one; `what` is the pressed button: save, look, add, or drop with a row's number."""
    actor = actor_of(request)
    actor.require(SET_UP)
    row = get_survey(actor, public_id) if public_id else None
    if request.method == "GET" and "look" in request.GET:
        return _looked(_look(actor, _draft(_whole(_of(row)[0]), []), ""))
    if request.method == "GET":
        return _form(request, actor, row, *_of(row))
    typed = {name: request.POST.get(name, "")[:most].replace("\0", "") for name, most in NAMES.items()}
    typed |= {name: "yes" if request.POST.get(name) else "" for name in ("by_email", "by_sms")}
    asked = _questions(request.POST)
    what = request.POST.get("what", "save")
    if what == "add" and len(asked) < rules.MOST_QUESTIONS:
        asked.append(Question("", ""))
    elif what.startswith("drop-"):
        asked = [one for number, one in enumerate(asked) if what != f"drop-{number}"]
    if what != "save" and what != "look":
        return _form(request, actor, row, typed, asked)
    draft = _draft(typed, asked)
    try:
        if what == "look":
            return _looked(_look(actor, draft, typed["who"]))
        version = int(typed["version"]) if typed["version"].isdecimal() else None
        saved = services.save_survey(
            actor=actor, draft=draft, now=timezone.now(), public_id=public_id, version=version if row else None
        )
    except Invalid as refusal:
        problems = {name: str(words) for name, words in refusal.fields.items()}
        return _form(request, actor, row, typed, asked, problems=problems)
    messages.success(request, _("Saved"))
    return redirect("care:survey", saved.public_id)


def _of(row: Survey | None) -> tuple[dict[str, str], list[Question]]:
    """Return the fields of the form as a survey has them."""
    if row is None:
        return {"moment": "delivered", "delay": "1", "unit": "days", "by_email": "yes", "bad_upto": "3"}, [
            Question("", "")
        ]
    version = version_of(row)
    is_days = row.delay_hours % 24 == 0 and row.delay_hours > 0
    typed = {
        "name": row.name, "moment": row.moment, "unit": "days" if is_days else "hours",
        "delay": str(row.delay_hours // 24 if is_days else row.delay_hours),
        "by_email": "yes" if row.by_email else "", "by_sms": "yes" if row.by_sms else "", "subject": row.subject,
        "body": row.body, "sms": row.sms, "ask": version.ask, "bad_upto": str(version.bad_upto),
        "thanks": version.thanks, "version": str(row.version),
    }  # fmt: skip
    return typed, rules.read(version.questions)


def _questions(sent: QueryDict) -> list[Question]:
    """Return the questions in the order in which their rows stand in the form."""
    found = []
    for place in sent.getlist("q")[: rules.MOST_QUESTIONS + 5]:
        number = str(place)[:4]

        def of(name: str, most: int, number: str = number) -> str:
            return sent.get(f"q{number}-{name}", "")[:most].replace("\0", "")

        options = tuple(line.strip() for line in of("options", 4_000).splitlines() if line.strip())
        kind: Any = of("kind", 10)  # whatever was sent is judged by the service
        when: Any = of("when", 10)
        found.append(Question(of("key", 12), of("text", 400), kind or "text", when or "always", options))
    return found


def _draft(typed: Mapping[str, str], asked: list[Question]) -> services.SurveyDraft:
    bare, line = typed["delay"].strip(), typed["bad_upto"]
    delay = int(bare) if bare.isascii() and bare.isdecimal() else -1
    return services.SurveyDraft(
        name=typed["name"], moment=typed["moment"], delay_hours=delay * (24 if typed["unit"] == "days" else 1),
        by_email=bool(typed["by_email"]), by_sms=bool(typed["by_sms"]), subject=typed["subject"], body=typed["body"],
        sms=typed["sms"], ask=typed["ask"], bad_upto=int(line) if line in ("1", "2", "3", "4") else 0,
        questions=asked, thanks=typed["thanks"],
    )  # fmt: skip


def _look(actor: Actor, draft: services.SurveyDraft, who: str) -> dict[str, Any]:
    """Return how letter and SMS would be for a real client, the newest within reach where none is named."""
    found = (
        people.find_clients(actor, who)[:1] if who.strip() else list(people.list_clients(actor).order_by("-id")[:1])
    )
    if not found:
        return {"why": _("Nobody is found by this.")}
    survey = Survey(subject=draft.subject, body=draft.body, sms=draft.sms)
    version = SurveyVersion(ask=draft.ask, bad_upto=draft.bad_upto)
    try:
        letter, sms = preview(survey, version, found[0].pk, actor)
    except Unwritten as error:
        return {"why": str(error)}
    return {
        "client": people.name_shown(actor, found[0].name), "letter": letter if draft.by_email else None,
        "sms": sms if draft.by_sms else "",
    }  # fmt: skip


def _whole(typed: Mapping[str, str]) -> dict[str, str]:
    return dict.fromkeys([*NAMES, "by_email", "by_sms"], "") | dict(typed)


def _looked(look: Mapping[str, Any]) -> HttpResponse:
    """Give the letter as its client would see it, with its SMS, for a frame."""
    letter = look.get("letter")
    page = letter.html if letter is not None else BARE
    above, below = (render_to_string(f"care/_look_{one}.html", dict(look)) for one in ("above", "below"))
    return framed(HttpResponse(looked_at(page, above, below)))


def _form(
    request: HttpRequest, actor: Actor, row: Survey | None, typed: dict[str, str], asked: list[Question], *,
    problems: Mapping[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    words, wrong = rating_words(), problems or {}
    questions = [
        {
            "n": number, "q": one, "options": "\n".join(one.options), "problem": wrong.get(f"q{number}", ""),
            "title": one.text or _("New question"), "label": _("Question %(n)d") % {"n": number + 1},
        }
        for number, one in enumerate(asked)
    ]  # fmt: skip
    context = {
        "row": row,
        "typed": typed,
        "questions": questions,
        "may_add": len(asked) < rules.MOST_QUESTIONS,
        "moments": list(MOMENTS.items()),
        "moment": MOMENTS.get(typed["moment"], ""),
        "is_left": typed["moment"] == "left",
        "is_site": typed["moment"] == "site",
        "writes": row is None or row.writes,
        "units": [("hours", pgettext("survey", "hours")), ("days", pgettext("survey", "days"))],
        "bad": [(str(one), f"{one} — {words[one]}") for one in (1, 2, 3, 4)],
        "kinds": list(KINDS.items()),
        "whens": list(WHENS.items()),
        "fields": ["{{ " + one + " }}" for one in FIELDS],
        "problems": wrong,
        "back": reverse("care:survey", args=[row.public_id]) if row else reverse("care:surveys"),
    }
    return render(request, "care/survey_edit.html", context, status=422 if wrong else 200)


@signed_in
@require_POST
def survey_switch(request: HttpRequest, public_id: str) -> HttpResponse:
    """Switch a survey on or off."""
    is_on = request.POST.get("what") == "on"
    services.switch_survey(actor=actor_of(request), public_id=public_id, is_on=is_on, now=timezone.now())
    messages.success(request, _("Switched on") if is_on else _("Switched off"))
    return redirect("care:survey", public_id)


@signed_in
@require_POST
def add_ready(request: HttpRequest) -> HttpResponse:
    """Write the ready surveys, switched off."""
    made = services.add_ready(actor=actor_of(request), now=timezone.now())
    said = ngettext("%(n)d survey is written", "%(n)d surveys are written", len(made)) % {"n": len(made)}
    messages.success(request, said if made else _("There is a survey for each moment already."))
    return redirect("care:surveys")


@signed_in
@require_http_methods(["GET", "POST"])
def rules_page(request: HttpRequest) -> HttpResponse:
    """Say how often a client is asked."""
    actor = actor_of(request)
    actor.require(SET_UP)
    known, names = get_rules(), ("again_days", "link_days", "change_days")
    typed = {name: str(getattr(known, name)) for name in names}
    problems: dict[str, str] = {}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "")[:6].strip() for name in names}
        days = {name: int(text) if text.isascii() and text.isdecimal() else -1 for name, text in typed.items()}
        try:
            services.save_rules(actor=actor, draft=services.RulesDraft(**days))
        except Invalid as refusal:
            problems = {name: str(words) for name, words in refusal.fields.items()}
        else:
            messages.success(request, _("Saved"))
            return redirect("care:rules")
    context = {"typed": typed, "problems": problems}
    return render(request, "care/rules.html", context, status=422 if problems else 200)
