"""Papers as the actor may see them."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from voronka.billing.models import Account, Document, Payment, Requisites, Statement
from voronka.billing.permissions import SEE_DOCUMENTS
from voronka.kit.actors import Actor, Reach, Right
from voronka.kit.errors import NotFound
from voronka.people import queries as people


def reachable(actor: Actor, right: Right = SEE_DOCUMENTS) -> Q:
    """Return the condition of papers within reach: of clients within reach, and those one wrote oneself."""
    match actor.reach(right):
        case Reach.ALL:
            return Q()
        case Reach.NONE:
            return Q(pk__in=[])
    owners = people.owners_within(actor, right)
    mine = Q(author_id=actor.employee_id) & Q(client=None)
    return mine | Q(client__responsible_id=None, client__isnull=False) | Q(client__responsible_id__in=owners or [])


def get_row(actor: Actor, public_id: str, *, right: Right = SEE_DOCUMENTS, lock: bool = False) -> Document:
    """Return a paper within reach of the right. Raises Denied for one that may be seen and not touched, NotFound."""
    rows = Document.objects.filter(reachable(actor), public_id=public_id)
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.select_related("client", "requisites", "account", "source").first()
    if found is None:
        raise NotFound(_("There is no such paper."))
    if right is not SEE_DOCUMENTS:
        owner = found.client.responsible_id if found.client else found.author_id
        if not Document.objects.filter(reachable(actor, right), pk=found.pk).exists():
            actor.require(right, owner_id=owner or -1)
            raise NotFound(_("There is no such paper."))
    return found


def get_document(actor: Actor, public_id: str) -> Document:
    """Return a paper that the actor may see. Raises NotFound."""
    actor.require(SEE_DOCUMENTS, owner_id=actor.employee_id)
    return get_row(actor, public_id)


def list_documents(actor: Actor) -> QuerySet[Document]:
    """Return the papers that the actor may see, the newest first."""
    return Document.objects.filter(reachable(actor)).select_related("client").order_by("-day", "-id")


def is_unpaid(row: Document) -> bool:
    """Tell whether a paper is an invoice that waits for money."""
    return row.kind == "invoice" and row.state == Document.State.ISSUED and row.paid < row.amount


def find_documents(actor: Actor, text: str, *, limit: int = 20) -> list[Document]:
    """Return papers whose number, title, buyer or lines hold the text, the newest first."""
    found = search_ids(text)
    return list(list_documents(actor).filter(pk__in=found)[:limit]) if found else []


def search_ids(text: str, *, most: int = 5000) -> list[int]:
    """Return the ids of the company's papers that hold all words of the text; what is typed in no word finds none."""
    words = [word.replace("\0", "") for word in text.upper().split()][:6]
    if not any(words):
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM billing_search(%s::text[], %s)", [[one for one in words if one], most])
        return [row[0] for row in cursor.fetchall()]


def documents_about(actor: Actor, kind: str, subject_id: int) -> list[Document]:
    """Return the papers of a deal or another record, the newest first."""
    rows = Document.objects.filter(reachable(actor), subject_kind=kind, subject_id=subject_id)
    return list(rows.order_by("-day", "-id")[:50])


def family_of(actor: Actor, document: Document) -> list[Document]:
    """Return the paper it was made from and those made from it, as the actor may see them."""
    rows = Document.objects.filter(reachable(actor)).filter(Q(source=document) | Q(pk=document.source_id or 0))
    return list(rows.order_by("day", "id")[:50])


def public_ids(kind: str, ids: Sequence[int]) -> dict[int, str]:
    """Return the public ids of rows by id; kinds: document, payment, statement. Raises KeyError."""
    rows: dict[str, QuerySet[Document] | QuerySet[Payment] | QuerySet[Statement]] = {
        "document": Document.objects.filter(pk__in=ids),
        "payment": Payment.objects.filter(pk__in=ids),
        "statement": Statement.objects.filter(pk__in=ids),
    }
    return dict(rows[kind].values_list("id", "public_id"))


def list_requisites() -> list[Requisites]:
    """Return the own requisites in use, the usual ones first."""
    return list(Requisites.objects.filter(is_active=True).order_by("-is_default", "id"))


def list_accounts() -> list[Account]:
    """Return the own bank accounts in use."""
    rows = Account.objects.filter(is_active=True).select_related("requisites")
    return list(rows.order_by("requisites_id", "-is_default", "id"))
