"""A source looked into: what came is loaded as if a person had brought it, what did not change is passed over.

Each statement stands in a transaction; between them the other side is spoken to.
"""

import io
from datetime import datetime

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.catalogue.models import PriceSource, SeenLetter, SourceState
from voronka.catalogue.services.lists.starting import start_load
from voronka.catalogue.services.sources import refused
from voronka.catalogue.services.sources.fetching import Fetched, Unfetched, fetch
from voronka.catalogue.services.sources.settings import get_source, next_night
from voronka.catalogue.services.telling import tell_of_load, tell_of_source
from voronka.kit import jobs, outgoing
from voronka.kit.actors import Actor
from voronka.kit.errors import Refusal
from voronka.kit.imap import OF_SERVER, MailRefused
from voronka.kit.tenancy import current_company_id

JOB = "catalogue.look"


def companies_due(now: datetime) -> list[int]:
    """Return the companies with a source whose hour has come."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM catalogue_companies_with_sources_due(%s) AS company", [now])
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def order_due(*, now: datetime) -> int:
    """Order a look into each source of the current company whose hour has come; return how many."""
    rows = SourceState.objects.select_for_update().filter(next_at__lte=now, source__is_on=True).order_by("id")
    found = list(rows.select_related("source"))
    for state in found:
        state.next_at = next_night(state.source, now)
        state.save(update_fields=["next_at"])
        _order(state.source_id)
    return len(found)


@transaction.atomic
def order_look(*, actor: Actor, public_id: str) -> PriceSource:
    """Order a look into a source now. Raises Denied, NotFound."""
    source = get_source(actor, public_id)
    SourceState.objects.filter(source=source).update(state="running", error="")
    _order(source.pk)
    return source


def _order(source_id: int) -> None:
    jobs.defer(JOB, company_id=current_company_id(), once=f"look {source_id}", source_id=source_id)


def look(source_id: int, *, now: datetime) -> None:
    """Look into a source and begin to load what is new in it."""
    with transaction.atomic():
        source = PriceSource.objects.select_related("supplier").filter(pk=source_id).first()
        if source is None:
            return
        language = accounts.get_company_rules().language
        SourceState.objects.filter(source=source).update(state="running", looked_at=now, error="")
        state = SourceState.objects.get(source=source)
    with translation.override(language):
        told = ""
        try:
            for one in fetch(source, state, lambda message: _is_seen(source, message)):
                told = _take(source, state, one, now) or told
            error = told if told not in ("", "loaded", "same") else ""
            result = "failed" if error else told or ("nothing" if source.kind == PriceSource.Kind.MAIL else "same")
        except Exception as problem:
            error, result = _explained(problem), "failed"
            _settle(source, result, error, now)
            if not isinstance(problem, _EXPECTED):
                raise
            return
        _settle(source, result, error, now)


_EXPECTED = (*OF_SERVER, Unfetched, Refusal, OSError)


@transaction.atomic
def _is_seen(source: PriceSource, message: str) -> bool:
    return SeenLetter.objects.filter(source=source, message=message).exists()


def _take(source: PriceSource, state: SourceState, one: Fetched, now: datetime) -> str:
    """Begin to load a file; return what came of it: loaded, same, or what is wrong with it in words."""
    told, load = "same", None
    if one.digest != state.digest:
        actor = Actor.system(current_company_id(), origin="price source")
        try:
            load = start_load(
                actor=actor, supplier=source.supplier.public_id, source=io.BytesIO(one.body), name=one.name, now=now
            )
            told = "loaded"
        except Refusal as refusal:
            told = f"{one.name}: {refusal.message}"
            if source.kind == PriceSource.Kind.MAIL:  # the letter is seen from now on, and comes no other time
                refused.keep(source, one, refusal.message, now)
    with transaction.atomic():
        if told in ("loaded", "same"):  # what was refused is no list that is known: it is tried, and told of, again
            state.etag, state.modified, state.digest = one.etag, one.modified, one.digest
        if load is not None:
            state.load = load
            tell_of_load(load, now)
        state.save(update_fields=["etag", "modified", "digest", "load"])
        if one.message:
            SeenLetter.objects.get_or_create(source=source, message=one.message, defaults={"taken_at": now})
    one.settle()
    return told


@transaction.atomic
def _settle(source: PriceSource, result: str, error: str, now: datetime) -> None:
    SourceState.objects.filter(source=source).update(state=result, error=error[:1_000])
    if error:
        tell_of_source(source, now)


def _explained(problem: Exception) -> str:
    if isinstance(problem, outgoing.OutgoingRefused | outgoing.OutgoingFailed):
        return outgoing.explain(problem)
    if isinstance(problem, MailRefused):
        return _("The mail server refused: %(said)s") % {"said": problem}
    if isinstance(problem, Refusal):
        return problem.message
    if isinstance(problem, Unfetched):
        return {
            "no_folder": _("There is no folder %(detail)s on the server: make it and lay the lists in it."),
            "no_file": _("In the folder %(detail)s there is no file of this name."),
            "too_large": _("%(detail)s is larger than 40 MB."),
            "status": _("The address answered %(detail)s instead of a file."),
        }[problem.code] % {"detail": problem.detail}
    if isinstance(problem, OSError):
        return _("The file cannot be read on the server.")
    return _("It stopped by an error of the program.")
