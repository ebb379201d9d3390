"""A loading is begun: the file kept, its columns found, a person asked where they are in doubt."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.catalogue.models import ListLayout, PriceLoad, Supplier
from voronka.catalogue.permissions import LOAD_LISTS
from voronka.catalogue.rules.pricelists import Column, Kind, Layout, Misfit
from voronka.catalogue.rules.pricelists.columns import tidy
from voronka.catalogue.services.lists import reading
from voronka.kit import files, jobs, tables
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.tables import TableError
from voronka.kit.tenancy import current_company_id

SUBJECT, JOB = "price_load", "catalogue.load_list"
MOST_MIB = 100


def may_read_files(actor: Actor, load_id: int) -> bool:
    """Tell whether the actor may have the files of price lists."""
    return actor.may(LOAD_LISTS)


files.register_reader(SUBJECT, may_read_files)


def get_supplier(actor: Actor, public_id: str) -> Supplier:
    """Return a supplier. Raises Denied, NotFound."""
    actor.require(LOAD_LISTS)
    found = Supplier.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such supplier."))
    return found


def get_load(actor: Actor, public_id: str, *, lock: bool = False) -> PriceLoad:
    """Return a loading with its supplier and file. Raises Denied, NotFound."""
    actor.require(LOAD_LISTS)
    rows = PriceLoad.objects.select_related("supplier", "file")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such price list."))
    return found


def start_load(
    *, actor: Actor, supplier: str, source: IO[bytes], name: str, now: datetime,
) -> PriceLoad:  # fmt: skip
    """Keep a supplier's file and load it in the background, or ask how its columns are meant.

    `supplier` is a public id. Raises Denied, NotFound, and Invalid at `file` when nothing of a price list is found
    in it; nothing is kept then. Reads a file: runs outside of a transaction.
    """
    with transaction.atomic():
        owner = get_supplier(actor, supplier)
        known = reading.remembered(owner)
        file = files.store_file(
            source,
            name=name,
            subject_kind=SUBJECT,
            subject_id=0,
            added_by=actor.employee_id,
            now=now,
            most_mib=MOST_MIB,
        )
    problem: tuple[str, str] | None = None
    try:
        with files.local_path(file) as path:
            layout, question = reading.layout_of(path, known)
    except TableError as error:
        layout, question, problem = None, None, (tables.explain(error), f"file_{error.code}")
    if layout is None:
        message, code = problem or (_("No columns of names and prices were found in this file."), "no_columns")
        with transaction.atomic():
            files.delete_file(file)
        raise Invalid(message, code=code, fields={"file": message})
    with transaction.atomic():
        load = PriceLoad.objects.create(
            supplier=owner, file=file, layout=layout.as_json(), by_id=actor.employee_id,
            made_at=now, state="asked" if question else "waiting",
            question=_question(question),
        )  # fmt: skip
        file.subject_id = load.pk
        file.save(update_fields=["subject_id"])
        if not question:
            remember(load, layout, now)
            _load_soon(load)
    return load


def _load_soon(load: PriceLoad) -> None:
    """Load it in the background; lists of one supplier go one after another, each upon what the last one left."""
    jobs.defer(JOB, company_id=current_company_id(), alone=f"list {load.supplier_id}", load_id=load.pk)


def _question(misfit: Misfit | None) -> dict[str, str]:
    return {"code": misfit.code, "kind": misfit.kind or "", "heading": misfit.heading} if misfit else {}


def remember(load: PriceLoad, layout: Layout, now: datetime) -> None:
    """Keep a layout as one of the supplier's."""
    ListLayout.objects.update_or_create(
        supplier_id=load.supplier_id,
        fingerprint=layout.fingerprint,
        defaults={"layout": layout.as_json(), "used_at": now},
    )


@transaction.atomic
def confirm_layout(*, actor: Actor, public_id: str, columns: Mapping[int, str], now: datetime) -> PriceLoad:
    """Say what the columns mean (kind by number of the column, from 0); the list is then loaded.

    Raises Denied, NotFound, Conflict when it has been said already, Invalid at `columns`.
    """
    load = get_load(actor, public_id, lock=True)
    if load.state != "asked":
        raise Conflict(_("The columns have been chosen already."), code="layout_chosen")
    layout = Layout.from_json(load.layout)
    chosen: dict[Kind, Column] = {}
    for index, kind in columns.items():
        if not kind:
            continue
        if kind not in set(Kind) or not 0 <= index < 300 or Kind(kind) in chosen:
            message = _("Each meaning can be given to one column only.")
            raise Invalid(message, code="columns", fields={"columns": message})
        heading = layout.headings[index] if index < len(layout.headings) else ""
        chosen[Kind(kind)] = Column(index, tidy(heading))
    if Kind.NAME not in chosen or Kind.PRICE not in chosen:
        message = _("Choose the column of names and the column of prices.")
        raise Invalid(message, code="columns", fields={"columns": message})
    said = replace(layout, columns=chosen)
    load.layout, load.state, load.question = said.as_json(), "waiting", {}
    load.save(update_fields=["layout", "state", "question"])
    remember(load, said, now)
    _load_soon(load)
    return load


@transaction.atomic
def drop_load(*, actor: Actor, public_id: str) -> None:
    """Throw away a list that has not been loaded. Raises Denied, NotFound, Conflict."""
    load = get_load(actor, public_id, lock=True)
    if load.state not in ("asked", "failed") or load.done_rows:
        raise Conflict(_("This list has been loaded: take the loading back instead."), code="loaded")
    file = load.file
    load.delete()
    files.delete_file(file)
