"""Papers and payments as subjects of events and files."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from voronka.billing.models import Document, Payment, Statement
from voronka.billing.permissions import SEE_DOCUMENTS, SET_UP
from voronka.billing.queries.documents import reachable
from voronka.billing.services.orders import OrderPapers
from voronka.billing.services.requisites import letter_lines
from voronka.kit.actors import Actor
from voronka.kit.files import register_reader
from voronka.kit.sold import Sold, TakesPaid
from voronka.kit.subjects import SubjectKind, offer, register_subject
from voronka.messaging.ports import register_requisites


def _document(pk: int) -> str:
    return reverse("billing:document", args=[Document.objects.values_list("public_id", flat=True).get(pk=pk)])


def _payment(pk: int) -> str:
    return reverse("billing:payment", args=[Payment.objects.values_list("public_id", flat=True).get(pk=pk)])


def _statement(pk: int) -> str:
    return reverse("billing:statement", args=[Statement.objects.values_list("public_id", flat=True).get(pk=pk)])


def _numbers(ids: list[int]) -> Mapping[int, str]:
    return {pk: f"№ {number}" for pk, number in Document.objects.filter(pk__in=ids).values_list("id", "number")}


def _sums(ids: list[int]) -> Mapping[int, str]:
    return {pk: str(amount) for pk, amount in Payment.objects.filter(pk__in=ids).values_list("id", "amount")}


def _names(ids: list[int]) -> Mapping[int, str]:
    return dict(Statement.objects.filter(pk__in=ids).values_list("id", "name"))


def _may_read(actor: Actor, document_id: int) -> bool:
    """Kept files hold all of the buyer: they are for those from whom nothing is hidden."""
    return (
        actor.sees_all
        and actor.may(SEE_DOCUMENTS, owner_id=actor.employee_id)
        and Document.objects.filter(reachable(actor), pk=document_id).exists()
    )


register_reader("document", _may_read)
register_reader("paper_template", lambda actor, _pk: actor.may(SET_UP))
register_reader("requisites", lambda actor, _pk: actor.may(SET_UP))
offer("order", Sold, OrderPapers)  # type: ignore[type-abstract]  # a protocol
offer("order", TakesPaid, OrderPapers)  # type: ignore[type-abstract]  # a protocol
register_subject(SubjectKind("document", _("document"), _document, _numbers))
register_subject(SubjectKind("payment", _("payment"), _payment, _sums))
register_subject(SubjectKind("statement", _("statement"), _statement, _names))

register_requisites(letter_lines)
