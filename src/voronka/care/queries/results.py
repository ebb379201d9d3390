"""What surveys have come to: figures over the rows within reach, and the answers themselves by key."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from voronka.care.models import Invitation, Response, Survey, SurveyVersion
from voronka.care.permissions import SEE
from voronka.care.queries.surveys import require_see
from voronka.care.rules import questions as rules
from voronka.kit.actors import Actor
from voronka.kit.tenancy import current_company_id
from voronka.people import queries as people

PAGE = 50
_CHOSEN = """
SELECT said.key, one.text, count(*) FROM care_response r CROSS JOIN LATERAL jsonb_each(r.answers) said
  CROSS JOIN LATERAL jsonb_array_elements_text(
    CASE jsonb_typeof(said.value) WHEN 'array' THEN said.value ELSE jsonb_build_array(said.value) END) AS one (text)
WHERE r.company_id = %s AND r.id IN (/* rows */) AND said.key = ANY (%s) GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Ask:
    """Which answers: asked on the days of a range, by a channel, of a manager's clients (0 nobody's), only bad."""

    since: date | None = None
    until: date | None = None
    manager_id: int | None = None
    only_bad: bool = False
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of a survey. `opened` are letters that a person is known to have opened, and pages answered on."""

    invited: int = 0
    opened: int = 0
    answered: int = 0
    rated: int = 0
    bad: int = 0
    stars: tuple[int, ...] = (0, 0, 0, 0, 0)

    @property
    def share(self) -> Decimal | None:
        """Percent of the invited who answered."""
        return Decimal(self.answered * 100) / self.invited if self.invited else None

    @property
    def mean(self) -> Decimal | None:
        """The mean rating, to two digits."""
        if not self.rated:
            return None
        total = sum(rating * count for rating, count in enumerate(self.stars, start=1))
        return (Decimal(total) / self.rated).quantize(Decimal("0.01"))


def _reach(actor: Actor, way: str = "") -> Q:
    """Return the condition of rows whose client the actor reaches; those of erased clients only for who sees all."""
    require_see(actor)
    owners = people.owners_within(actor, SEE)
    if owners is None:
        return Q()
    held = Q(**{f"{way}client__responsible_id__in": owners}) | Q(**{f"{way}client__responsible_id": None})
    return Q(**{f"{way}client__isnull": False}) & held


def _asked(actor: Actor, survey_ids: Sequence[int], ask: Ask) -> "QuerySet[Invitation]":
    rows = Invitation.objects.filter(_reach(actor), survey_id__in=list(survey_ids), state="asked")
    if ask.since is not None:
        rows = rows.filter(asked_at__gte=datetime.combine(ask.since, time.min, actor.zone))
    if ask.until is not None and ask.until < date.max:
        rows = rows.filter(asked_at__lt=datetime.combine(ask.until + timedelta(days=1), time.min, actor.zone))
    if ask.manager_id is not None:
        rows = rows.filter(manager_id=ask.manager_id or None)
    if ask.channel:
        rows = rows.filter(channel=ask.channel)
    return rows


def figures_of(actor: Actor, survey_ids: Sequence[int], ask: Ask) -> dict[int, Figures]:
    """Return the figures of surveys by id, one statement; an answer counts on the day when it was asked for."""
    stars = {f"s{n}": Count("responses", filter=Q(responses__rating=n)) for n in range(1, 6)}
    rows = _asked(actor, survey_ids, ask).values("survey_id").order_by()
    found = rows.annotate(
        invited=Count("id"),
        opened=Count("id", filter=Q(opened_at__isnull=False)),
        answered=Count("responses"),
        bad=Count("responses", filter=Q(responses__is_bad=True)),
        **stars,
    )
    known = {one["survey_id"]: _figures(one) for one in found}
    return {pk: known.get(pk, Figures()) for pk in survey_ids}


def by_manager(actor: Actor, survey: Survey, ask: Ask) -> list[tuple[int | None, Figures]]:
    """Return the figures of a survey by who answered for the client when he was asked, most invited first."""
    stars = {f"s{n}": Count("responses", filter=Q(responses__rating=n)) for n in range(1, 6)}
    rows = _asked(actor, [survey.pk], ask).values("manager_id").order_by()
    found = rows.annotate(
        invited=Count("id"),
        opened=Count("id", filter=Q(opened_at__isnull=False)),
        answered=Count("responses"),
        bad=Count("responses", filter=Q(responses__is_bad=True)),
        **stars,
    ).order_by("-invited", "manager_id")
    return [(one["manager_id"], _figures(one)) for one in found]


def _figures(row: Mapping[str, Any]) -> Figures:
    stars = tuple(row[f"s{n}"] for n in range(1, 6))
    return Figures(row["invited"], row["opened"], row["answered"], sum(stars), row["bad"], stars)


def options_of(
    actor: Actor, survey: Survey, version: SurveyVersion, ask: Ask
) -> list[tuple[str, list[tuple[str, int]]]]:
    """Return how often each answer of the newest version's questions was chosen, over all versions that asked it."""
    asked = [one for one in rules.read(version.questions) if one.kind != "text"]
    if not asked:
        return []
    counts: dict[str, dict[str, int]] = {one.key: dict.fromkeys(one.options, 0) for one in asked}
    chosen, given = list_rows(actor, survey, ask).order_by().values("id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_CHOSEN.replace("/* rows */", chosen), [current_company_id(), *given, list(counts)])
        for key, text, count in cursor.fetchall():
            counts[key][text] = count
    return [(one.text, list(counts[one.key].items())) for one in asked]


def list_rows(actor: Actor, survey: Survey, ask: Ask) -> "QuerySet[Response]":
    """Return the answers within reach, with what a line of them says, in no order."""
    rows = Response.objects.filter(survey=survey, invitation__in=_asked(actor, [survey.pk], ask).values("id"))
    if ask.only_bad:
        rows = rows.filter(is_bad=True)
    return rows.select_related("invitation", "invitation__version", "invitation__client", "manager", "task")


def read_page(
    actor: Actor, survey: Survey, ask: Ask, *, before: int | None = None, size: int = PAGE
) -> tuple[list[Response], int | None]:
    """Return a page of answers, the newest first, and the id behind which the next page begins."""
    rows = list_rows(actor, survey, ask)
    found = list((rows if before is None else rows.filter(pk__lt=before)).order_by("-id")[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


def walk(actor: Actor, survey: Survey, ask: Ask) -> Iterator[list[Response]]:
    """Yield all answers in pages, the newest first."""
    return _pages(list_rows(actor, survey, ask))


def _pages(rows: "QuerySet[Response]") -> Iterator[list[Response]]:
    last: int | None = None
    while True:
        page = list((rows if last is None else rows.filter(pk__lt=last)).order_by("-id")[:1_000])
        if not page:
            return
        yield page
        last = page[-1].pk


def responses_by_id(ids: Sequence[int]) -> dict[int, Response]:
    """Return answers with their surveys and what was asked, by id."""
    return Response.objects.select_related("survey", "invitation", "invitation__version").in_bulk(list(ids))


def invitations_by_id(ids: Sequence[int]) -> dict[int, Invitation]:
    """Return invitations with their surveys, by id."""
    return Invitation.objects.select_related("survey").in_bulk(list(ids))


def public_ids(kind: str, ids: Sequence[int]) -> dict[int, str]:
    """Return public ids by id; kinds: survey, response, invitation. Raises KeyError."""
    models: dict[str, Any] = {
        "survey": Survey,
        "response": Response,
        "invitation": Invitation,
    }  # rows with a public id
    return dict(models[kind].objects.filter(pk__in=list(ids)).values_list("id", "public_id"))
