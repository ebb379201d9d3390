"""What surveys put on shared screens: their section and the timeline of the client."""

from collections.abc import Mapping, Sequence

from django.urls import reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.care.events import SurveyAnswered, SurveyAsked, SurveySkipped
from voronka.care.permissions import SEE
from voronka.care.queries.results import invitations_by_id, responses_by_id
from voronka.care.queries.surveys import get_rules
from voronka.care.services.answering import answer_lines
from voronka.care.services.words import CHANNELS, skip_words
from voronka.kit.actors import Actor
from voronka.kit.events import RecordedEvent
from voronka.kit.screens import Section, register_section
from voronka.kit.timeline import Told, tells
from voronka.people import queries as people

register_section(Section("surveys", gettext_lazy("Surveys"), reverse_lazy("care:surveys"), order=47, right=SEE))


@tells("surveys", gettext_lazy("Surveys"), SurveyAsked, SurveySkipped, SurveyAnswered)
def tell_surveys(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell that the client was asked, why he was not, what he answered; his words may name anything."""
    if not actor.may(SEE):
        return {}
    answered = SurveyAnswered.name()
    invitations = invitations_by_id([one.subject_id for one in rows if one.name != answered])
    responses = responses_by_id([one.subject_id for one in rows if one.name == answered])
    hides, told = people.hides_any(actor), dict[int, Told]()
    for row in rows:
        if row.name == answered:
            response = responses.get(row.subject_id)
            if response is None:
                continue
            url = reverse("care:survey", args=[response.survey.public_id])
            rating, name = row.payload.get("rating"), response.survey.name
            what = _("answered the survey “%(name)s”") % {"name": name}
            head = format_html("<b>{}</b>", what)
            if rating is not None:
                head = format_html("<b>{}</b> · {}", what, _("%(rating)d of 5") % {"rating": rating})
            version = response.invitation.version
            lines = answer_lines(version, response, hides=hides) if version is not None else []
            kind = "late" if row.payload.get("is_bad") else "client"
            told[row.seq] = Told("star", head, kind, url=url, inside=lines)
            continue
        asked = invitations.get(row.subject_id)
        if asked is not None:
            told[row.seq] = _asked(row, asked.survey.name, asked.survey.public_id)
    return told


def _asked(row: RecordedEvent, name: str, public_id: str) -> Told:
    url = reverse("care:survey", args=[public_id])
    if row.name == SurveyAsked.name():
        how = CHANNELS.get(str(row.payload.get("channel")), "")
        return Told(
            "star", format_html("{} · {}", _("asked by the survey “%(name)s”") % {"name": name}, how), "thin", url=url
        )
    why = skip_words(str(row.payload.get("code")), get_rules().again_days)
    return Told(
        "star", format_html("{} · {}", _("not asked by the survey “%(name)s”") % {"name": name}, why), "thin", url=url
    )
