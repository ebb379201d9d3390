"""Surveys written, switched on and off; the rules of how often a client is asked."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.care.events import SurveySaved
from voronka.care.models import CareSettings, Survey, SurveyVersion
from voronka.care.permissions import SET_UP
from voronka.care.queries.surveys import version_of
from voronka.care.rules import questions as rules
from voronka.care.rules.questions import Question
from voronka.care.services.texts import FIELDS
from voronka.kit import texts
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.people.services.cleaning import Problems, fit

MOST_HOURS, LONGEST_BODY = 2_160, 5_000
READY = Path(__file__).parent.parent / "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyDraft:
    """A survey as it is wanted. A question without a key is new."""

    name: str
    moment: str
    delay_hours: int = 24
    by_email: bool = True
    by_sms: bool = False
    subject: str = ""
    body: str = ""
    sms: str = ""
    ask: str = ""
    bad_upto: int = 3
    questions: Sequence[Question] = ()
    thanks: str = ""


@dataclass(frozen=True, slots=True)
class RulesDraft:
    """How often a client is asked, how long a link holds, how long an answer may be changed, in days."""

    again_days: int
    link_days: int
    change_days: int


@transaction.atomic
def save_survey(
    *, actor: Actor, draft: SurveyDraft, now: datetime, public_id: str = "", version: int | None = None
) -> Survey:
    """Make a survey, switched off, or change one: those asked already answer what they were asked.

    Raises Denied, NotFound, Conflict `stale` where somebody has saved since `version`, Invalid at the wrong places.
    """
    actor.require(SET_UP)
    row = _locked(public_id) if public_id else Survey(made_at=now, questions=0)
    if public_id and version is not None and version != row.version:
        raise Conflict(_("Somebody has changed this survey meanwhile: look at it again."), code="stale")
    problems = Problems()
    asked = _take(row, draft, problems)
    if Survey.objects.filter(name=row.name).exclude(pk=row.pk).exists():
        problems.add("name", _("There is a survey of this name."))
    problems.settle()
    asked = replace(asked, questions=_keyed(asked.questions, row))
    known = version_of(row) if row.pk else None
    fresh = SurveyVersion(
        number=row.questions + 1, ask=asked.ask, bad_upto=asked.bad_upto, questions=rules.kept(asked.questions),
        thanks=asked.thanks, author_id=actor.employee_id, made_at=now,
    )  # fmt: skip
    if known is None or _asks(known) != _asks(fresh):
        row.questions += 1
    row.version += 1 if public_id else 0
    _keep(row)
    if row.questions == fresh.number:
        fresh.survey = row
        fresh.save(force_insert=True)
    publish(SurveySaved(survey_id=row.pk, is_new=not public_id, is_on=row.is_on), at=now)
    return row


def _keep(row: Survey) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # another of this name was saved at the same moment
        message = _("There is a survey of this name.")
        raise Invalid(_("Not saved: mend the marked places."), fields={"name": message}) from None


def _asks(version: SurveyVersion) -> tuple[Any, ...]:
    return version.ask, version.bad_upto, version.questions, version.thanks


def _locked(public_id: str) -> Survey:
    found = Survey.objects.select_for_update().filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such survey."))
    return found


def _take(row: Survey, draft: SurveyDraft, problems: Problems) -> SurveyDraft:
    """Write the draft's plain values into the row, note what cannot be, and return what is asked."""
    row.name = fit("name", draft.name, 100, problems)
    if not row.name:
        problems.add("name", _("Give the survey a name."))
    if draft.moment not in Survey.Moment.values:
        problems.add("moment", _("Choose one of the list."))
    if row.pk and draft.moment != row.moment:
        problems.add("moment", _("What a survey asks after does not change: make another."))
    row.moment = draft.moment
    if not 0 <= draft.delay_hours <= MOST_HOURS:
        problems.add("delay", _("From at once to 90 days."))
    row.delay_hours = min(max(draft.delay_hours, 0), MOST_HOURS)
    row.by_email, row.by_sms = draft.by_email, draft.by_sms
    row.subject = fit("subject", draft.subject, 200, problems)
    row.body = fit("body", draft.body, LONGEST_BODY, problems, lines=True)
    row.sms = fit("sms", draft.sms, 500, problems)
    if row.writes:
        _check_texts(row, problems)
    return _asked(draft, problems)


def _check_texts(row: Survey, problems: Problems) -> None:
    if not (row.by_email or row.by_sms):
        problems.add("by_email", _("Choose a letter, an SMS, or both."))
    wanted = (("body", row.by_email, row.body), ("subject", row.by_email, row.subject), ("sms", row.by_sms, row.sms))
    for name, is_used, text in wanted:
        if is_used and not text.strip():
            problems.add(name, _("Write a few words."))
        for found in texts.check_template(text, FIELDS)[:1]:
            problems.add(name, texts.explain(found))


def _asked(draft: SurveyDraft, problems: Problems) -> SurveyDraft:
    """Return what is asked, cleaned, each question with its key."""
    ask = fit("ask", draft.ask, rules.LONGEST_QUESTION, problems)
    if not ask:
        problems.add("ask", _("Say what is asked."))
    if not 1 <= draft.bad_upto <= 4:
        problems.add("bad_upto", _("From one to four stars."))
    if len(draft.questions) > rules.MOST_QUESTIONS:
        problems.add("questions", _("At most %(most)d questions.") % {"most": rules.MOST_QUESTIONS})
    asked = [_question(number, one, draft, problems) for number, one in enumerate(draft.questions)]
    if draft.moment == "left" and (not asked or asked[0].kind != "one"):
        problems.add("questions", _("Who leaves is asked one thing first, with answers to choose from."))
    return replace(draft, ask=ask, questions=asked, thanks=fit("thanks", draft.thanks, 300, problems))


def _question(number: int, one: Question, draft: SurveyDraft, problems: Problems) -> Question:
    place = f"q{number}"
    text = fit(place, one.text, rules.LONGEST_QUESTION, problems)
    if not text:
        problems.add(place, _("Write the question, or take it out."))
    if one.kind not in rules.KINDS or one.when not in rules.WHENS:
        problems.add(place, _("Choose one of the list."))
    found = (fit(place, option, rules.LONGEST_OPTION, problems) for option in one.options)
    options = tuple(dict.fromkeys(option for option in found if option)) if one.kind != "text" else ()
    if one.kind != "text" and not 2 <= len(options) <= rules.MOST_OPTIONS:
        problems.add(place, _("From two to %(most)d answers, one a line.") % {"most": rules.MOST_OPTIONS})
    when = "always" if draft.moment == "left" else one.when
    return Question(one.key, text, one.kind, when, options)


def _keyed(asked: Sequence[Question], row: Survey) -> list[Question]:
    """Give new questions keys that no version of the survey has had: answers are told by them for ever.

    A question to be answered in one's own words is another than one with answers to choose from.
    """
    versions = SurveyVersion.objects.filter(survey=row).order_by("number") if row.pk else []
    known = {str(one["key"]): one["kind"] == "text" for version in versions for one in version.questions}
    last, taken, found = max((int(key[1:]) for key in known), default=0), set[str](), []
    for one in asked:
        key = one.key
        if known.get(key) is not (one.kind == "text") or key in taken:
            last += 1
            key = f"q{last}"
        taken.add(key)
        found.append(replace(one, key=key))
    return found


@transaction.atomic
def switch_survey(*, actor: Actor, public_id: str, is_on: bool, now: datetime) -> Survey:
    """Switch a survey on or off; those who wait are not asked by one that is off. Raises Denied, NotFound."""
    actor.require(SET_UP)
    row = _locked(public_id)
    if row.is_on != is_on:
        row.is_on = is_on
        row.version += 1
        row.save(update_fields=["is_on", "version"])
        publish(SurveySaved(survey_id=row.pk, is_new=False, is_on=is_on), at=now)
    return row


@transaction.atomic
def save_rules(*, actor: Actor, draft: RulesDraft) -> CareSettings:
    """Say how often a client is asked. Raises Denied, Invalid."""
    actor.require(SET_UP)
    problems = {}
    for name, least in (("again_days", 0), ("link_days", 1), ("change_days", 0)):
        if not least <= getattr(draft, name) <= 365:
            problems[name] = _("From %(least)d to 365 days.") % {"least": least}
    if problems:
        raise Invalid(_("Not saved: mend the marked places."), fields=problems)
    CareSettings.objects.bulk_create([CareSettings()], ignore_conflicts=True)  # of two first savings the later holds
    row = CareSettings.objects.select_for_update().get()
    row.again_days, row.link_days, row.change_days = draft.again_days, draft.link_days, draft.change_days
    row.save()
    return row


@transaction.atomic
def add_ready(*, actor: Actor, now: datetime) -> list[Survey]:
    """Write the ready surveys of moments that have none yet, switched off, in the company's language."""
    actor.require(SET_UP)
    language = accounts.get_company_rules().language
    file = READY / f"{language if language in ('ru', 'en') else 'en'}.toml"
    known = set(Survey.objects.values_list("moment", flat=True))
    names = set(Survey.objects.values_list("name", flat=True))
    made = []
    for one in tomllib.loads(file.read_text(encoding="utf-8"))["survey"]:
        asked = [Question(key="", **{**q, "options": tuple(q.get("options", ()))}) for q in one.pop("questions", [])]
        if one["moment"] not in known and one["name"] not in names:
            made.append(save_survey(actor=actor, draft=SurveyDraft(**one, questions=asked), now=now))
    return made
