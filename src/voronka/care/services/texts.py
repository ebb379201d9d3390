"""What a survey writes: the company's own words in Liquid, then the stars, or the link."""

from collections.abc import Mapping, Sequence

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.accounts import queries as accounts
from voronka.care.models import Invitation, Survey, SurveyVersion
from voronka.care.rules import letters as written
from voronka.care.rules.questions import LEAST, MOST
from voronka.care.services.links import page_address
from voronka.kit import texts
from voronka.kit.actors import Actor
from voronka.messaging import ports
from voronka.messaging.services import LetterText
from voronka.messaging.services.values import values_of_many
from voronka.people import queries as people

FIELDS = ("client.name", "client.first_name", "manager.name", "company.name", "order.number", "order.total",
          "survey.url")  # fmt: skip


class Unwritten(Exception):
    """A text of the survey cannot be filled; the words say why."""


def write_email(survey: Survey, version: SurveyVersion, row: Invitation, actor: Actor) -> LetterText:
    """Return the letter with its five links. Raises Unwritten."""
    client_id = row.client_id or 0
    url = page_address(row.public_id)
    subject, body = _filled((survey.subject, survey.body), _values(row, actor, url))
    return compose(version, " ".join(subject.split()), body, url, people.main_email(client_id) or "")


def compose(version: SurveyVersion, subject: str, body: str, url: str, address: str) -> LetterText:
    """Put a letter together of filled words."""
    language = accounts.get_company_rules().language
    with translation.override(language):
        names = rating_words()
        stars = [(one, f"{one} — {names[one]}", f"{url}?r={one}") for one in range(MOST, LEAST - 1, -1)]
        head = subject or _("How was it?")
    return LetterText(
        address,
        head[:300],
        written.as_text(body, version.ask, stars),
        written.as_html(head, body, version.ask, stars, language),
    )


def write_text(survey: Survey, row: Invitation, actor: Actor) -> str:
    """Return the SMS; the link stands at its end where the text does not name it. Raises Unwritten."""
    url = page_address(row.public_id)
    (words,) = _filled((survey.sms,), _values(row, actor, url))
    return words if url in words else f"{words.strip()} {url}".strip()


def rating_words() -> dict[int, str]:
    """Return what each rating means, in words."""
    return {
        1: pgettext("rating", "very bad"),
        2: pgettext("rating", "bad"),
        3: pgettext("rating", "so-so"),
        4: pgettext("rating", "good"),
        5: pgettext("rating", "excellent"),
    }


def _values(row: Invitation, actor: Actor, url: str) -> dict[str, texts.Value]:
    client_id = row.client_id or 0
    values = dict(values_of_many([client_id], actor).get(client_id, {}))
    told = ports.order_words(client_id, row.subject_id, None) if row.subject_kind == "order" else None
    values["order"] = dict(told) if told is not None else {"number": "", "total": "", "url": "", "lines": []}
    values["survey"] = {"url": url}
    return values


def _filled(sources: Sequence[str], values: Mapping[str, texts.Value]) -> list[str]:
    language = accounts.get_company_rules().language
    found = []
    for source in sources:
        (one,) = texts.render_many(source, [values], autoescape=False, language=language)
        if isinstance(one, texts.Problem):
            raise Unwritten(texts.explain(one))
        found.append(str(one))
    return found


def preview(survey: Survey, version: SurveyVersion, client_id: int, actor: Actor) -> tuple[LetterText, str]:
    """Return letter and SMS as they would be for a client, as far as the actor may see him. Raises Unwritten."""
    url = page_address("222222222222")
    values = dict(values_of_many([client_id], actor).get(client_id, {}))
    values["order"] = dict(ports.order_words(client_id, None, actor) or {"number": "", "total": "", "url": ""})
    values["survey"] = {"url": url}
    subject, body, sms = _filled((survey.subject, survey.body, survey.sms), values)
    letter = compose(version, " ".join(subject.split()), body, url, "")
    return letter, sms if url in sms else f"{sms.strip()} {url}".strip()
