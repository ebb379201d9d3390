"""Texts of the company's own: Liquid over a small HTML, or over a file of Word."""

from datetime import datetime
from io import BytesIO

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from voronka.billing.models import PaperTemplate
from voronka.billing.permissions import SET_UP
from voronka.billing.rules.docx import DocxProblem, open_docx
from voronka.kit import texts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.files import store_file

_PARTY = ("name", "inn", "kpp", "ogrn", "address", "phone", "bank", "bik", "account", "director", "director_post")
FIELDS = (
    "number", "day", "city", "basis", "due", "sum", "tax", "sum_in_words", "lines",
    *(f"seller.{name}" for name in _PARTY), *(f"buyer.{name}" for name in _PARTY),
)  # fmt: skip
MOST_SIGNS = 100_000
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@transaction.atomic
def save_template(
    *, actor: Actor, name: str, body: str = "", public_id: str | None = None, file: bytes | None = None,
    now: datetime | None = None,
) -> PaperTemplate:  # fmt: skip
    """Keep an own text or change one: Liquid over a small HTML, or a `file` of Word with the same places in it.

    Raises Denied, NotFound, Invalid with the problems at their fields.
    """
    actor.require(SET_UP)
    problems = {}
    if not name.strip():
        problems["name"] = _("A name is needed.")
    known_file = bool(public_id) and PaperTemplate.objects.filter(public_id=public_id).exclude(file="").exists()
    if file is not None:
        problems |= _file_problems(file)
    elif known_file:
        pass
    elif not body.strip() or len(body) > MOST_SIGNS:
        problems["body"] = _("The text is empty or too long.")
    elif found := texts.check_template(body, FIELDS):
        problems["body"] = " ".join(texts.explain(one) for one in found)
    if problems:
        raise Invalid(_("Not saved: mend the marked places."), fields=problems)
    row = PaperTemplate()
    if public_id is not None:
        known = PaperTemplate.objects.select_for_update().filter(public_id=public_id, is_active=True).first()
        if known is None:
            raise NotFound(_("There is no such template."))
        row = known
    row.name, row.body = " ".join(name.split())[:100], "" if file is not None or known_file else body
    try:
        with transaction.atomic():
            row.save()
            if file is not None:
                _keep(row, file, actor, now or timezone.now())
    except IntegrityError:
        taken = _("There is a template with this name already.")
        raise Invalid(taken, fields={"name": taken}) from None
    return row


def _file_problems(file: bytes) -> dict[str, str]:
    """Return what is wrong with a file of Word, at its field."""
    try:
        opened = open_docx(file)
    except DocxProblem as problem:
        return {"file": problem_words(problem.code)}
    found = texts.check_template(opened.source, FIELDS)
    return {"file": " ".join(texts.explain(one) for one in found)} if found else {}


def problem_words(code: str) -> str:
    """Return what is wrong with a file of Word in words."""
    return {
        "not_docx": _("This is no file of Word (DOCX)."),
        "too_big": _("The file is too big: at most 5 MB."),
        "running": _("The file holds macros, controls or objects: save it without them."),
        "outer": _("The file fetches something from elsewhere: put pictures and styles into it."),
    }[code]


def _keep(row: PaperTemplate, file: bytes, actor: Actor, now: datetime) -> None:
    """Keep the file beside the earlier ones: papers that were issued go on with theirs."""
    kept = store_file(
        BytesIO(file), name=f"{row.name}.docx", subject_kind="paper_template", subject_id=row.pk,
        added_by=actor.employee_id, now=now, content_type=DOCX, most_mib=5,
    )  # fmt: skip
    row.file = kept.public_id
    row.save(update_fields=["file"])


@transaction.atomic
def delete_template(*, actor: Actor, public_id: str) -> None:
    """Put an own text away; papers written by it stay. Raises Denied, NotFound."""
    actor.require(SET_UP)
    if not PaperTemplate.objects.filter(public_id=public_id).update(is_active=False):
        raise NotFound(_("There is no such template."))
