"""The file of rejected rows: the columns as they came, and why each row was not taken."""

from collections.abc import Iterator
from pathlib import Path

from voronka.kit.tables import Cell, write_csv, write_xlsx
from voronka.people.models import ImportRow, ImportRun
from voronka.people.services.imports.cells import unpack
from voronka.people.services.imports.words import explain_reason, reason_title


def write_rejected(run: ImportRun, folder: Path) -> Path:
    """Write the rejected rows of a run into the folder as the format the file came in; return the path.

    XLS and ODS come back as XLSX. No cell becomes a formula. Reasons are in the reader's language.
    """
    stem = Path(run.file.name).stem[:100] or "import"
    if run.layout["kind"] == "csv":
        path = folder / f"{stem} - {reason_title()}.csv"
        write_csv(path, _rows(run), delimiter=run.layout["delimiter"] or ";")
    else:
        path = folder / f"{stem} - {reason_title()}.xlsx"
        write_xlsx(path, _rows(run), header_rows=1)
    return path


def _rows(run: ImportRun) -> Iterator[list[Cell]]:
    headers = [str(one) for one in run.layout["headers"]]
    yield [*headers, reason_title()]
    rejected = ImportRow.objects.filter(run_id=run.pk, outcome="rejected").order_by("number")
    for cells, reason in rejected.values_list("cells", "reason").iterator(chunk_size=500):
        row = unpack(cells)[: len(headers)]
        yield [*row, *[None] * (len(headers) - len(row)), explain_reason(reason, headers)]
