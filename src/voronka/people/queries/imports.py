"""Imports as pages show them."""

from collections.abc import Sequence

from voronka.kit.actors import Actor
from voronka.people.models import Client, ContactPoint, ImportRow, ImportRun
from voronka.people.permissions import IMPORT_CLIENTS
from voronka.people.queries.shown import contacts_shown, hides_any, shown


def list_runs(actor: Actor, *, limit: int = 30) -> list[ImportRun]:
    """Return the latest imports, newest first. Raises Denied."""
    actor.require(IMPORT_CLIENTS)
    found = ImportRun.objects.select_related("file", "by").order_by("-id")
    if hides_any(actor):
        found = found.filter(by_id=actor.employee_id)
    return list(found[:limit])


def list_questions(run: ImportRun) -> list[ImportRow]:
    """Return the doubtful rows that wait for an answer, in the order of the file."""
    waiting = ImportRow.objects.filter(run_id=run.pk, outcome="asked", undone="")
    return list(waiting.order_by("number").only("number", "run_id")[:1000])


def read_questions(run: ImportRun, *, after: int = 0, limit: int = 50) -> list[ImportRow]:
    """Return the doubtful rows that wait for an answer behind a row's number, in the order of the file."""
    waiting = ImportRow.objects.filter(run_id=run.pk, outcome="asked", undone="", number__gt=after)
    return list(waiting.order_by("number")[:limit])


def find_question(run: ImportRun, number: int | None = None) -> ImportRow | None:
    """Return one doubtful row: of this number, or the first that waits."""
    waiting = ImportRow.objects.filter(run_id=run.pk, outcome="asked", undone="").order_by("number")
    return (waiting.filter(number=number) if number is not None else waiting).first()


def get_candidate(actor: Actor, row: ImportRow) -> tuple[Client | None, list[ContactPoint]]:
    """Return the card that a doubtful row may belong to, with its contacts, as the actor may see them."""
    return get_candidates(actor, [row])[0]


def get_candidates(actor: Actor, rows: Sequence[ImportRow]) -> list[tuple[Client | None, list[ContactPoint]]]:
    """Return the cards that doubtful rows may belong to, in their order: two statements for all."""
    ids = sorted({one.candidate_id for one in rows if one.candidate_id})
    # Two rows may ask about one card, and a card is emptied of what is hidden once.
    clients = {one.pk: shown(actor, one) for one in Client.objects.filter(pk__in=ids)}
    contacts: dict[int, list[ContactPoint]] = {}
    for one in contacts_shown(actor, ContactPoint.objects.filter(client_id__in=ids).order_by("position", "id")):
        contacts.setdefault(one.client_id, []).append(one)
    return [(clients.get(one.candidate_id or 0), contacts.get(one.candidate_id or 0, [])) for one in rows]


def names_of(ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return name and city of cards by id."""
    rows = Client.objects.filter(pk__in=ids).values_list("id", "name", "city")
    return {pk: (name, city) for pk, name, city in rows}


def list_kept(run: ImportRun, *, limit: int = 200) -> list[tuple[int, str, str]]:
    """Return the cards that an undo left because they were worked with: row number, public id, name."""
    rows = ImportRow.objects.filter(run_id=run.pk, undone="kept", outcome="made").order_by("number")
    return [
        (number, pid, name)
        for number, pid, name in rows.values_list("number", "client__public_id", "client__name")[:limit]
    ]


def made_client_ids(run_id: int, *, after: int = 0, limit: int = 1000) -> list[int]:
    """Return ids of the cards that an import made and that are still there, by id after `after`: for other parts."""
    rows = ImportRow.objects.filter(run_id=run_id, outcome="made", client_id__gt=after, undone="")
    return [one or 0 for one in rows.order_by("client_id").values_list("client_id", flat=True)[:limit]]


def find_run_id(public_id: str) -> int | None:
    """Return the id of an import by its public id: for panels of other parts."""
    return ImportRun.objects.filter(public_id=public_id).values_list("id", flat=True).first()
