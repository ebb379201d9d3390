"""A survey as a widget: asked by the rules of the stage, answered in steps, kept where letters keep their answers."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from voronka.care import services as care
from voronka.care.queries.surveys import get_version, version_of
from voronka.care.services import on_site
from voronka.care.services.answering import closed_words
from voronka.care.services.on_site import Guest
from voronka.kit.counters import is_over
from voronka.kit.errors import NotFound, TooMany
from voronka.kit.origin import counted_as
from voronka.kit.tenancy import current_company_id
from voronka.site import ports
from voronka.site.models import Showing, Visitor, Widget
from voronka.site.services.answering import register_dresser
from voronka.site.services.replies import Reply, register_doer
from voronka.site.services.showing import register_need, register_on_screen
from voronka.site.services.trying import register_example

MOST_ANSWERS = ((3_600, 30), (86_400, 100))  # seconds and answers of one address: many visitors may share it
MOST_TURNS = 20  # how often one may think better of it
LARGEST = Decimal(10) ** 13


def guest_of(visitor: Visitor, about: Mapping[str, Any]) -> Guest:
    """Return who is asked, with what his page told of a purchase."""
    bought = about.get("purchase")
    told: Mapping[str, Any] = bought if isinstance(bought, Mapping) else {}
    number, total = told.get("number"), told.get("sum")
    is_sum = isinstance(total, int | float) and not isinstance(total, bool) and 0 <= total < LARGEST
    return Guest(
        visitor.pk, visitor.client_id, visitor.is_proven, str(number) if isinstance(number, str | int) else "",
        Decimal(str(total)).quantize(Decimal("0.01")) if is_sum else None,
    )  # fmt: skip


def may_be_asked(widget: Widget, moment: ports.Moment) -> bool:
    """Tell whether the survey is on and this visitor was not asked lately, on the site or by a message."""
    survey = on_site.find_survey(widget.content.get("survey", ""))
    visitor = Visitor.objects.filter(pk=moment.visitor_id).first()
    if survey is None or visitor is None:
        return False
    return on_site.may_ask(survey, guest_of(visitor, moment.about), now=moment.now)


def dress_survey(row: Showing, asked: ports.OpenCall) -> Mapping[str, Any]:
    """Return what is asked; from then on this showing asks by this version."""
    survey = on_site.find_survey(row.content.get("survey", ""))
    if survey is None:
        return {"closed": closed_words("")}
    if "version" not in row.did:
        row.did |= {"version": survey.questions}
        row.save(update_fields=["did"])
    version = get_version(survey.pk, row.did["version"]) or version_of(survey)
    return on_site.told_page(version)


def note_asked(row: Showing, now: datetime) -> int | None:
    """Write down that he was asked; return the invitation's id, None where the survey is asked no more."""
    known = row.did.get("invitation")
    survey = on_site.find_survey(row.content.get("survey", ""))
    if survey is None:
        return None
    if known is None:
        version = get_version(survey.pk, row.did.get("version", 0)) or version_of(survey)
        guest = guest_of(row.visitor, row.about)
        known = on_site.ask(survey, version, guest, row.pk, now=now).pk
        row.did |= {"invitation": known}
        row.save(update_fields=["did"])
    return int(known)


def hear_shown(row: Showing, now: datetime) -> None:
    """Hear that a survey is on a screen: from then on he counts as asked."""
    note_asked(row, now)


def do_survey(reply: Reply) -> dict[str, Any]:
    """Keep a rating, then what is said to the questions that fit it. Raises Refusal.

    What he has closed, or what something else took the place of, takes no answer: he may have opened it many times.
    """
    row, rating, said = reply.showing, reply.answers.get("rating"), reply.answers.get("answers")
    if row.state in (Showing.State.MISSED, Showing.State.CLOSED):
        raise NotFound(_("This is shown no more."))
    turns = row.did.get("turns", 0)
    address = f"site surveys {current_company_id()} {counted_as(reply.asked.address)}"
    if turns >= MOST_TURNS or (turns == 0 and is_over(address, MOST_ANSWERS, now=reply.asked.now)):
        raise TooMany(_("Too many answers from one place. Come again later."))
    invitation_id = note_asked(row, reply.asked.now)
    if invitation_id is None:
        raise NotFound(_("This is shown no more."))
    response = care.respond(
        invitation_id, now=reply.asked.now, rating=rating if type(rating) is int else 0,
        answers=on_site.read_said(said) if isinstance(said, Mapping) else None,
    )  # fmt: skip
    row.did |= {"turns": turns + 1}
    return {"rating": response.rating, "done": isinstance(said, Mapping)}


def _example(content: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """Return the survey that was chosen, on or off, else one to look at."""
    return on_site.example(content.get("survey", ""))


register_dresser("survey", dress_survey)
register_doer("survey", do_survey, in_steps=True)
register_need("survey", may_be_asked, "asked")
register_on_screen("survey", hear_shown)
register_example("survey", _example)
