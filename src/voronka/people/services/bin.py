"""The recycle bin of clients: put away out of sight, restored with everything, erased after thirty days.

Rows of other parts go along by their stakes: `hold` says who must stay and why, `shelve` puts tasks out of sight,
`unshelve` brings them back, `erase` blanks what names a person. A card that is erased stays as a nameless row, so that
closed deals and sums keep their place in the books.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from django.apps import apps
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit import files, stakes
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, NotFound
from voronka.kit.events import publish
from voronka.kit.models import StoredFile
from voronka.people.events import ClientBinned, ClientErased, ClientRestored
from voronka.people.models import Client
from voronka.people.permissions import DELETE_CLIENTS
from voronka.people.queries.bin import KEEP_DAYS, within_bin
from voronka.people.queries.clients import get_client_for

log = structlog.get_logger(__name__)

ERASED_AT_ONCE = 200
_BLANK = dict.fromkeys(
    (
        *(
            "name_key",
            "last_name",
            "first_name",
            "middle_name",
            "gender",
            "city",
            "address",
            "address_label",
            "postcode",
        ),
        *("position", "comment"),
        *("inn", "kpp", "ogrn", "bik", "account", "external_id", "first_source"),
    ),
    "",
)


def bin_client(*, actor: Actor, client_id: int, now: datetime) -> None:
    """Put a card into the recycle bin. Raises Denied, NotFound, Conflict with the reason why it must stay."""
    with transaction.atomic():
        get_client_for(actor, DELETE_CLIENTS, client_id=client_id)
        stakes.lock_rows("client", [client_id])
        client = get_client_for(actor, DELETE_CLIENTS, client_id=client_id, lock=True)
        held = put_away([client.pk], by=actor.employee_id, now=now)
        if held:
            raise Conflict(
                _("%(name)s cannot be deleted: %(why)s.") % {"name": client.name, "why": held[client.pk]},
                code="client_held",
            )


def put_away(ids: Sequence[int], *, by: int | None, now: datetime) -> dict[int, str]:
    """Put locked cards into the bin; return those that must stay, with the reason. The caller asked for the right."""
    held: dict[int, str] = {}
    for stake in stakes.stakes_in("client"):
        held |= stake.hold(ids)
    free = [one for one in ids if one not in held]
    if free:
        for stake in stakes.stakes_in("client"):
            stake.shelve(free)
        Client.objects.filter(pk__in=free).update(binned_at=now, binned_by_id=by, version=F("version") + 1)
        publish(*(ClientBinned(client_id=one) for one in free))
    return held


def restore_clients(*, actor: Actor, public_ids: Sequence[str]) -> list[int]:
    """Take cards out of the bin with everything that went there along; return their ids. Raises Denied, NotFound."""
    actor.require(DELETE_CLIENTS)
    with transaction.atomic():
        named = [one for one in public_ids if one.isalnum()]
        ids = lock_binned(within_bin(actor).filter(public_id__in=named))
        if not ids:
            raise NotFound(_("There is no such client in the bin."))
        take_out(ids)
    return ids


def lock_binned(rows: QuerySet[Client], most: int | None = None) -> list[int]:
    """Lock cards of the bin in key order with what hangs on them; return the ids of those that still meet `rows`."""
    ids = list(rows.order_by("id").values_list("id", flat=True)[:most])
    stakes.lock_rows("client", ids)
    found = rows.filter(pk__in=ids).order_by("id").select_for_update(of=("self",))
    return list(found.values_list("id", flat=True))


def take_out(ids: Sequence[int]) -> None:
    """Take locked cards out of the bin; the caller has asked for the right."""
    Client.with_binned.filter(pk__in=ids).update(binned_at=None, binned_by_id=None, version=F("version") + 1)
    for stake in stakes.stakes_in("client"):
        stake.unshelve(ids)
    publish(*(ClientRestored(client_id=one) for one in ids))


def erase_old(*, now: datetime) -> int:
    """Erase the cards of the current company that have lain in the bin for thirty days; return how many.

    A card that cannot be erased is logged and tried again by the next call: no other one's erasure waits behind it.
    """
    count, size, broken = 0, ERASED_AT_ONCE, set[int]()
    while True:
        found: list[int] = []
        try:
            with transaction.atomic():
                old = Client.with_binned.filter(binned_at__lt=now - timedelta(days=KEEP_DAYS), erased_at=None)
                old = old.exclude(pk__in=broken)
                found = lock_binned(old, size)
                if found:
                    _erase(found, now=now)
                elif not old.exists():  # else they were taken out at this moment
                    return count
        except Exception:
            if not found:
                raise
            if len(found) == 1:
                log.exception("a card could not be erased", client=found[0])
                broken.add(found[0])
            size = 1 if len(found) > 1 else ERASED_AT_ONCE  # one by one up to the card that breaks it
            continue
        count += len(found)


def _erase(ids: Sequence[int], *, now: datetime) -> None:
    for stake in stakes.stakes_in("client"):
        stake.erase(ids)
    for file in StoredFile.objects.filter(subject_kind="client", subject_id__in=ids):
        files.delete_file(file)
    with translation.override(accounts.get_company_rules().language):
        nameless = _("Erased client")
    Client.with_binned.filter(pk__in=ids).update(**_blank(), name=nameless, erased_at=now, version=F("version") + 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_forget_erased(%s, %s)", [list(ids), _tables()])
    publish(*(ClientErased(client_id=one) for one in ids))


def _blank() -> Mapping[str, object]:
    return {**_BLANK, "birthday": None, "purchases_sum": None, "fields": {}, "responsible_id": None}


def _tables() -> list[str]:
    """Return the tables whose history speaks of clients: those of all stakes that name one in a column."""
    labels = {label for stake in stakes.stakes_in("client") for label in stake.tables}
    models = [apps.get_model(label) for label in sorted(labels)]
    return [one._meta.db_table for one in models if any(f.column == "client_id" for f in one._meta.concrete_fields)]
