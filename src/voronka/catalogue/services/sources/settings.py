"""Where a supplier's lists come from: made, changed, taken away."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.catalogue.models import PriceSource, SourceState
from voronka.catalogue.permissions import LOAD_LISTS
from voronka.catalogue.services.lists.starting import get_supplier
from voronka.catalogue.services.sources.refused import drop_all
from voronka.kit import outgoing
from voronka.kit.actors import Actor
from voronka.kit.clocks import place, wall
from voronka.kit.errors import NotFound
from voronka.kit.outgoing import addresses
from voronka.people.services.cleaning import Problems, fit

MOST_SOURCES = 5
_PATTERN = re.compile(r"[^/\\\0]{1,100}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDraft:
    """A source as it is wanted; an empty password leaves the one that is kept."""

    kind: str
    hour: int = 4
    pattern: str = ""
    url: str = ""
    host: str = ""
    port: int = 993
    login: str = ""
    password: str = ""
    sender: str = ""
    subject: str = ""
    is_on: bool = True


def get_source(actor: Actor, public_id: str, *, lock: bool = False) -> PriceSource:
    """Return a source with its supplier. Raises Denied, NotFound."""
    actor.require(LOAD_LISTS)
    rows = PriceSource.objects.select_related("supplier")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such source."))
    return found


@transaction.atomic
def save_source(
    *, actor: Actor, draft: SourceDraft, supplier: str = "", public_id: str = "", now: datetime
) -> PriceSource:
    """Make a source of a supplier's lists (public id), or change one. Raises Denied, NotFound, Invalid."""
    actor.require(LOAD_LISTS)
    if public_id:
        row = get_source(actor, public_id, lock=True)
    else:
        row = PriceSource(supplier=get_supplier(actor, supplier), kind=draft.kind)
    problems = Problems()
    if row.kind not in PriceSource.Kind.values:
        problems.add("kind", _("Choose one of the list."))
    if not public_id and row.supplier.sources.count() >= MOST_SOURCES:
        problems.add("kind", _("At most %(most)d of them.") % {"most": MOST_SOURCES})
    if not 0 <= draft.hour <= 23:
        problems.add("hour", _("Write an hour from 0 to 23."))
    _take_place(row, draft, problems)
    problems.settle()
    row.hour, row.is_on = draft.hour, draft.is_on
    row.save()
    state, _made = SourceState.objects.get_or_create(source=row)
    state.next_at = next_night(row, now) if row.is_on else None
    state.etag = state.modified = ""  # another address, or the same one asked afresh
    state.save(update_fields=["next_at", "etag", "modified"])
    return row


def _take_place(row: PriceSource, draft: SourceDraft, problems: Problems) -> None:
    if row.kind == PriceSource.Kind.FOLDER:
        row.pattern = draft.pattern.strip() or "*"
        if not _PATTERN.fullmatch(row.pattern):
            problems.add("pattern", _("Write the name of a file, or a part of it with *: price*.xlsx"))
    elif row.kind == PriceSource.Kind.URL:
        row.url = fit("url", draft.url, 2_000, problems)
        try:
            addresses.judge(
                row.url, allow_private=settings.ALLOW_PRIVATE_WEBHOOKS, resolver=lambda host, port: ["1.1.1.1"]
            )
        except outgoing.OutgoingRefused as refused:
            problems.add("url", outgoing.explain(refused))
    elif row.kind == PriceSource.Kind.MAIL:
        _take_mailbox(row, draft, problems)


def _take_mailbox(row: PriceSource, draft: SourceDraft, problems: Problems) -> None:
    for name, most in (("host", 255), ("login", 200), ("sender", 200), ("subject", 200)):
        setattr(row, name, fit(name, getattr(draft, name), most, problems))
    row.port = draft.port
    moved = row.pk is not None and PriceSource.objects.filter(pk=row.pk).exclude(host=row.host).exists()
    # A password goes to the server that it was typed for, and to no other.
    row.password = draft.password or (None if moved else row.password)
    if not row.login or not row.password or not row.password.isprintable():
        problems.add("password", _("Write the login and the password of the mailbox."))
    if not row.sender:
        problems.add("sender", _("Write whose letters are taken: letters of strangers are no price lists."))
    try:
        addresses.judge_host(
            row.host, row.port, allow_private=settings.ALLOW_PRIVATE_WEBHOOKS, resolver=lambda host, port: ["1.1.1.1"]
        )
    except outgoing.OutgoingRefused as refused:
        problems.add("host", outgoing.explain(refused))


def next_night(source: PriceSource, now: datetime) -> datetime:
    """Return the next moment at which the company's clock shows the source's hour."""
    zone = accounts.get_company_rules().zone
    day = wall(now, zone).date()
    at = place(day, source.hour * 60, zone).at
    return at if at > now else place(day + timedelta(days=1), source.hour * 60, zone).at


@transaction.atomic
def delete_source(*, actor: Actor, public_id: str) -> str:
    """Take a source away; return the supplier's public id. Raises Denied, NotFound."""
    row = get_source(actor, public_id, lock=True)
    supplier = row.supplier.public_id
    drop_all(row)
    row.delete()
    return str(supplier)
