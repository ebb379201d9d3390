"""Files of letters that could not be loaded: kept with the reason, tried again when somebody asks."""

import io
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.catalogue.models import PriceLoad, PriceSource, RefusedList, SourceState
from voronka.catalogue.permissions import LOAD_LISTS
from voronka.catalogue.services.lists.starting import may_read_files, start_load
from voronka.catalogue.services.sources.fetching import Fetched
from voronka.kit import files
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound

SUBJECT, MOST_KEPT, MOST_MIB = "refused_list", 50, 40
files.register_reader(SUBJECT, may_read_files)


@transaction.atomic
def keep(source: PriceSource, one: Fetched, problem: str, now: datetime) -> None:
    """Keep a file that was refused; the same one sent again is kept once, of many the last fifty."""
    known = RefusedList.objects.filter(source=source, file__sha256=one.digest).first()
    if known is not None:
        known.problem, known.came_at, known.tried_at = problem, now, now
        known.save(update_fields=["problem", "came_at", "tried_at"])
        return
    file = files.store_file(
        io.BytesIO(one.body), name=one.name, subject_kind=SUBJECT, subject_id=source.pk, added_by=None, now=now,
        most_mib=MOST_MIB,
    )  # fmt: skip
    RefusedList.objects.create(source=source, file=file, problem=problem, came_at=now, tried_at=now)
    for row in RefusedList.objects.filter(source=source).select_related("file").order_by("-id")[MOST_KEPT:]:
        _drop(row)


def _drop(row: RefusedList) -> None:
    file = row.file
    row.delete()
    files.delete_file(file)


def drop_all(source: PriceSource) -> None:
    """Put aside what is kept of a source."""
    for row in RefusedList.objects.filter(source=source).select_related("file").order_by("id"):
        _drop(row)


def get_refused(actor: Actor, public_id: str) -> RefusedList:
    """Return a refused file with its source and supplier. Raises Denied, NotFound."""
    actor.require(LOAD_LISTS)
    rows = RefusedList.objects.select_related("file", "source__supplier")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such price list."))
    return found


def try_again(*, actor: Actor, public_id: str, now: datetime) -> PriceLoad:
    """Load a refused file as if a person had brought it just now; it stays with the new reason where that fails too.

    Raises Denied, NotFound, Invalid. Reads a file: runs outside of a transaction.
    """
    with transaction.atomic():
        row = get_refused(actor, public_id)
    try:
        with files.local_path(row.file) as path, path.open("rb") as body:
            load = start_load(
                actor=actor, supplier=row.source.supplier.public_id, source=body, name=row.file.name, now=now
            )
    except Invalid as refusal:
        with transaction.atomic():
            RefusedList.objects.filter(pk=row.pk).update(problem=refusal.message, tried_at=now)
        raise
    with transaction.atomic():
        still = RefusedList.objects.select_for_update(of=("self",)).select_related("file").filter(pk=row.pk).first()
        if still is not None:
            _settle(still, state="loaded", load=load)
    return load


def _settle(row: RefusedList, **became: object) -> None:
    """Drop a file; where its trouble was that of the last look, the source has none any more."""
    told = SourceState.objects.filter(source_id=row.source_id, state="failed", error__startswith=f"{row.file.name}: ")
    told.update(error="", **became)
    _drop(row)


@transaction.atomic
def put_aside(*, actor: Actor, public_id: str) -> PriceSource:
    """Throw a refused file away; return its source. Raises Denied, NotFound."""
    row = get_refused(actor, public_id)
    source: PriceSource = row.source
    _settle(row, state="nothing")
    return source
