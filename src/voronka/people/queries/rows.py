"""Rows that other parts ask for by id, without the question of who looks: their own verbs have asked it."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Literal

from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.db.arrays import Array
from voronka.kit.errors import NotFound
from voronka.kit.tenancy.models import CompanyManager
from voronka.people.models import (
    Blocked,
    BulkRun,
    Client,
    ContactPoint,
    CustomField,
    ImportRun,
    InboxLead,
    MergeRun,
    Note,
    Touch,
)
from voronka.people.queries.merging import old_addresses, survivors_of


def get_client_row(client_id: int) -> Client:
    """Return a client by id, for a joined card the one it belongs to. Raises NotFound."""
    found = Client.objects.filter(pk=client_id).first()
    if found is None:
        found = Client.objects.filter(pk__in=survivors_of([client_id]).values()).first()
    if found is None:
        raise NotFound(_("There is no such client."))
    return found


def find_custom_field(code: str, *, subject: str = "client") -> CustomField | None:
    """Return a custom field in use by its code."""
    return CustomField.objects.filter(subject=subject, code=code, is_active=True).first()


def list_custom_fields(*, subject: str | None = "client", active: bool = True) -> list[CustomField]:
    """Return the company's own fields of a subject in their order, None for those of clients, then of deals.

    `active` leaves out those put away.
    """
    found = CustomField.objects.order_by("subject", "position", "id")
    if subject is not None:
        found = found.filter(subject=subject)
    return list(found.filter(is_active=True) if active else found)


def own_field_names() -> dict[str, str]:
    """Return the names of the clients' own fields by their code in events, `custom.CODE`; not of files and persons."""
    silent = (CustomField.Kind.FILE, CustomField.Kind.PERSON)
    found = CustomField.objects.filter(subject="client").exclude(kind__in=silent)
    return {f"custom.{code}": name for code, name in found.values_list("code", "name")}


def main_phone(client_id: int, actor: Actor | None = None) -> str | None:
    """Return the first phone number of a client, E.164; None where the actor may not see phones."""
    if actor is not None and not actor.sees("client.phone"):
        return None
    return _first_contact(client_id, ContactPoint.Kind.PHONE)


def main_email(client_id: int, actor: Actor | None = None) -> str | None:
    """Return the first e-mail address of a client; None where the actor may not see addresses."""
    if actor is not None and not actor.sees("client.email"):
        return None
    return _first_contact(client_id, ContactPoint.Kind.EMAIL)


def clients_of_email(address: str) -> list[int]:
    """Return the ids of the clients with an e-mail address, the oldest first; those in the bin are left out."""
    rows = ContactPoint.objects.filter(
        kind=ContactPoint.Kind.EMAIL, value=address.strip().lower(), client__binned_at=None
    )
    return list(rows.order_by("client_id").values_list("client_id", flat=True).distinct())


def clients_of_phone(number: str) -> list[int]:
    """Return the ids of the clients with a phone number (E.164), the oldest first; those in the bin are left out."""
    rows = ContactPoint.objects.filter(kind=ContactPoint.Kind.PHONE, value=number, client__binned_at=None)
    return list(rows.order_by("client_id").values_list("client_id", flat=True).distinct())


def find_by_code(code: str) -> int | None:
    """Return the client whom another system calls so (its own id of him), else the one of this public id."""
    if not code:
        return None
    found = Client.objects.filter(external_id=code).order_by("id").values_list("id", flat=True).first()
    return found or Client.objects.filter(public_id=code).values_list("id", flat=True).first()


def request_of(touch_id: int) -> str:
    """Return the id under which whoever sent a touch knows it, empty where he gave none."""
    return Touch.objects.filter(pk=touch_id).values_list("request_id", flat=True).first() or ""


def maker_of(client_id: int) -> str:
    """Return the sender's own id of the request of which a card was made, empty where it was made otherwise."""
    rows = Touch.objects.filter(client_id=client_id, at=F("client__made_at"))
    return rows.order_by("id").values_list("request_id", flat=True).first() or ""


def holders_of(kind: Literal["email", "phone"], values: Collection[str]) -> dict[str, list[int]]:
    """Return the clients that have each of these contacts, the oldest first; those in the bin are left out."""
    found: dict[str, list[int]] = {}
    rows = ContactPoint.objects.filter(kind=kind, value__any_of=Array(values), client__binned_at=None)
    for value, client_id in rows.order_by("client_id").values_list("value", "client_id").distinct():
        found.setdefault(value, []).append(client_id)
    return found


def contacts_only_of(client_ids: Sequence[int]) -> set[tuple[str, str]]:
    """Return kind and value of each contact of the clients, in the bin or not, that is on no other card."""
    rows = ContactPoint.objects.filter(client_id__any_of=Array(client_ids))
    others = ContactPoint.objects.filter(kind=OuterRef("kind"), value=OuterRef("value"))
    alone = rows.exclude(Exists(others.exclude(client_id__in=client_ids)))
    return set(alone.values_list("kind", "value"))


def phones_of(client_id: int) -> list[str]:
    """Return the phone numbers of a client, E.164, in the order of his card."""
    rows = ContactPoint.objects.filter(client_id=client_id, kind=ContactPoint.Kind.PHONE)
    return list(rows.order_by("position", "id").values_list("value", flat=True))


def emails_of(client_id: int) -> list[str]:
    """Return the e-mail addresses of a client, in the order of his card."""
    rows = ContactPoint.objects.filter(client_id=client_id, kind=ContactPoint.Kind.EMAIL)
    return list(rows.order_by("position", "id").values_list("value", flat=True))


def phones_of_many(client_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the phone numbers of clients by their ids, E.164, each in the order of his card."""
    found: dict[int, list[str]] = {}
    rows = ContactPoint.objects.filter(client_id__any_of=Array(client_ids), kind=ContactPoint.Kind.PHONE)
    for client_id, value in rows.order_by("client_id", "position", "id").values_list("client_id", "value"):
        found.setdefault(client_id, []).append(value)
    return found


def is_blocked(address: str) -> bool:
    """Tell whether nothing is taken any more from an e-mail address."""
    return Blocked.objects.filter(kind="email", value=address.strip().lower()).exists()


def _first_contact(client_id: int, kind: ContactPoint.Kind) -> str | None:
    return (
        ContactPoint.objects.filter(client_id=client_id, kind=kind)
        .order_by("position", "id")
        .values_list("value", flat=True)
        .first()
    )


def lock_client(client_id: int) -> int:
    """Lock a client's row for the rest of the transaction: what depends on there being one deal waits here.

    Return the id of the card: another one where this was joined to it meanwhile. Raises NotFound for one that went
    into the recycle bin.
    """
    for _attempt in range(3):
        found = Client.objects.select_for_update().filter(pk=client_id).values_list("id", flat=True).first()
        if found is not None:
            return found
        client_id = survivors_of([client_id]).get(client_id, client_id)
    raise NotFound(_("There is no such client."))


def lock_clients(client_ids: Sequence[int]) -> set[int]:
    """Lock the rows of clients in key order for the rest of the transaction; return those that are still there."""
    rows = Client.objects.select_for_update(no_key=True).filter(pk__in=client_ids).order_by("id")
    return set(rows.values_list("id", flat=True))


def lock_free_clients(client_ids: Sequence[int]) -> set[int]:
    """Lock the rows of clients for the rest of the transaction, but those that somebody holds; return the locked ones.

    Waits for nobody, so whoever holds rows of his own already may call it.
    """
    rows = Client.objects.select_for_update(no_key=True, skip_locked=True)
    return set(rows.filter(pk__any_of=Array(client_ids)).order_by("id").values_list("id", flat=True))


def main_emails(client_ids: Sequence[int]) -> dict[int, str]:
    """Return the first e-mail address of each client that has one."""
    return _first_contacts(client_ids, ContactPoint.Kind.EMAIL)


def main_phones(client_ids: Sequence[int]) -> dict[int, str]:
    """Return the first phone number of each client that has one, E.164."""
    return _first_contacts(client_ids, ContactPoint.Kind.PHONE)


def _first_contacts(client_ids: Sequence[int], kind: ContactPoint.Kind) -> dict[int, str]:
    rows = ContactPoint.objects.filter(client_id__any_of=Array(client_ids), kind=kind)
    first = rows.order_by("client_id", "position", "id").distinct("client_id")
    return dict(first.values_list("client_id", "value"))


def public_ids(kind: str, ids: Sequence[int]) -> dict[int, str]:
    """Return the public ids of rows by id. Raises KeyError.

    Kinds: client, custom_field, import_run, inbox_lead, merge, bulk_run.

    A joined card has its old one, which leads to the card it belongs to.
    """
    managers: dict[str, CompanyManager[Any]] = {  # of models of several kinds
        "client": Client.with_binned,
        "custom_field": CustomField.objects,
        "import_run": ImportRun.objects,
        "inbox_lead": InboxLead.objects,
        "merge": MergeRun.objects,
        "bulk_run": BulkRun.objects,
    }
    found = dict(managers[kind].filter(pk__in=ids).values_list("id", "public_id"))
    if kind == "client":
        found |= old_addresses(one for one in ids if one not in found)
    return found


def list_notes(client_id: int, *, before: int | None = None, limit: int = 50) -> list[Note]:
    """Return the notes on a client, newest first, from the id `before` on."""
    rows = Note.objects.select_related("author").filter(client_id=client_id)
    return list((rows if before is None else rows.filter(pk__lt=before)).order_by("-id")[:limit])


def client_rows(client_ids: Sequence[int], *names: str) -> dict[int, Client]:
    """Return clients by id, with the named fields alone where some are named; unknown ids are left out."""
    rows = Client.objects.filter(pk__any_of=Array(client_ids))
    return {one.pk: one for one in (rows.only(*names) if names else rows)}


def clients_by_inn(inns: Iterable[str]) -> dict[str, int]:
    """Return the clients of taxpayers' numbers; a number that several cards have belongs to nobody in particular."""
    found: dict[str, list[int]] = {}
    for inn, pk in Client.objects.filter(inn__in=[one for one in inns if one]).values_list("inn", "id"):
        found.setdefault(inn, []).append(pk)
    return {inn: ids[0] for inn, ids in found.items() if len(ids) == 1}
