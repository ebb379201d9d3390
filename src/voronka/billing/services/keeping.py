"""The file of a paper as it was issued, kept for as long as the paper is."""

from datetime import datetime
from io import BytesIO

from django.db import transaction

from voronka.billing.models import DocumentVersion
from voronka.billing.queries.papers import file_name, form_of
from voronka.billing.services.printing import to_pdf
from voronka.kit.actors import Actor
from voronka.kit.files import store_file


@transaction.atomic
def keep_file(*, actor: Actor, document_id: int, version: int, now: datetime) -> str:
    """Draw a version of a paper and keep its PDF; return the file's public id. Kept already: nothing is drawn.

    The version's own body is drawn, whatever the paper says since. Raises TextError, PrintFailed.
    """
    joined = ("document__requisites", "document__account", "document__template")
    found = DocumentVersion.objects.select_for_update(of=("self",)).select_related(*joined)
    row = found.get(document_id=document_id, version=version)
    if row.file:
        return row.file
    paper = row.document
    paper.body, paper.day = row.body, row.day
    body = to_pdf(form_of(actor, paper), day=row.day)
    kept = store_file(
        BytesIO(body), name=file_name(paper, "pdf"), subject_kind="document", subject_id=paper.pk, added_by=None,
        now=now, content_type="application/pdf",
    )  # fmt: skip
    row.file = kept.public_id
    row.save(update_fields=["file"])
    return row.file
