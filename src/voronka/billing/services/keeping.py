"""The file of a paper as it was issued, kept for as long as the paper is."""

from datetime import datetime
from io import BytesIO

from django.db import transaction

from voronka.billing.models import DocumentVersion
from voronka.billing.queries.papers import file_name, form_of
from voronka.billing.rules.papers import Form
from voronka.billing.services.printing import to_pdf
from voronka.kit.actors import Actor
from voronka.kit.files import store_file


def keep_file(*, actor: Actor, document_id: int, version: int, now: datetime) -> str:
    """Draw a version of a paper and keep its PDF; return the file's public id. Kept already: nothing is drawn.

    The version's own body is drawn, whatever paper and settings say since. Drawing takes up to seconds, so it stands
    between two transactions; who comes second with the same version finds it kept. Raises TextError, PrintFailed.
    """
    with transaction.atomic():
        row = _version(document_id, version)
        if row.file:
            return row.file
        form = _form(actor, row)
    body = to_pdf(form, day=row.day)
    with transaction.atomic():
        row = _version(document_id, version, lock=True)
        if row.file:
            return row.file
        kept = store_file(
            BytesIO(body), name=file_name(row.document, "pdf"), subject_kind="document", subject_id=row.document_id,
            added_by=None, now=now, content_type="application/pdf",
        )  # fmt: skip
        row.file = kept.public_id
        row.save(update_fields=["file"])
        return row.file


def _version(document_id: int, version: int, *, lock: bool = False) -> DocumentVersion:
    joined = ("document__requisites", "document__account", "document__template")
    rows = DocumentVersion.objects.select_for_update(of=("self",)) if lock else DocumentVersion.objects.all()
    return rows.select_related(*joined).get(document_id=document_id, version=version)


def _form(actor: Actor, row: DocumentVersion) -> Form:
    paper = row.document
    paper.body, paper.day = row.body, row.day
    return form_of(actor, paper)
