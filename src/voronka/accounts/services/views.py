"""Saved views: a list that somebody named, kept for himself or shared with all who see such lists."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from voronka.accounts.models import SavedView
from voronka.accounts.permissions import SHARE_VIEWS
from voronka.accounts.queries.views import get_view
from voronka.kit.actors import Actor
from voronka.kit.errors import Denied, Invalid, NotFound
from voronka.kit.lists import ListKind, find_list, kept_query

NAME_LIMIT = 60
VIEWS_LIMIT = 30  # of one employee on one list


def save_view(
    *, actor: Actor, subject: str, name: str, query: str, is_shared: bool = False, now: datetime
) -> SavedView:
    """Keep a list under a name. Raises Denied, NotFound for a list that is none, Invalid."""
    kind = _kind(actor, subject)
    tidy = _name(name)
    if is_shared:
        actor.require(SHARE_VIEWS)
    kept = kept_query(kind, query)
    with transaction.atomic():
        own = SavedView.objects.filter(owner_id=actor.person_id, subject=subject, dropped_at=None)
        # The owner's views are locked, so that two windows at once cannot pass the limit.
        places = list(own.select_for_update().values_list("position", flat=True))
        if len(places) >= VIEWS_LIMIT:
            raise Invalid(_("At most %(most)d saved lists: delete one first.") % {"most": VIEWS_LIMIT})
        view = SavedView(
            owner_id=actor.person_id,
            subject=subject,
            name=tidy,
            query=kept,
            is_shared=is_shared,
            position=max(places, default=0) + 1,
            made_at=now,
        )
        _keep(view)
    return view


def change_view(
    *,
    actor: Actor,
    public_id: str,
    name: str | None = None,
    query: str | None = None,
    is_shared: bool | None = None,
) -> SavedView:
    """Rename a view, share it or not, or keep another list under its name. Raises Denied, NotFound, Invalid."""
    with transaction.atomic():
        view = _own(actor, public_id)
        if name is not None:
            view.name = _name(name)
        if query is not None:
            view.query = kept_query(_kind(actor, view.subject), query)
        if is_shared is not None and is_shared != view.is_shared:
            actor.require(SHARE_VIEWS)
            view.is_shared = is_shared
        _keep(view, "name", "query", "is_shared")
    return view


def drop_view(*, actor: Actor, public_id: str, now: datetime) -> SavedView:
    """Delete a view; it can be taken back. Raises Denied, NotFound."""
    with transaction.atomic():
        view = _own(actor, public_id)
        view.dropped_at = now
        view.save(update_fields=["dropped_at"])
    return view


def restore_view(*, actor: Actor, public_id: str) -> SavedView:
    """Take a deleted view back. Raises Denied, NotFound, Invalid where its owner has another of its name by now."""
    with transaction.atomic():
        view = _own(actor, public_id, dropped=True)
        view.dropped_at = None
        _keep(view, "dropped_at")
    return view


def _keep(view: SavedView, *names: str) -> None:
    """Save a view, new or the named fields of it. Raises Invalid where its owner has one of its name already."""
    held = SavedView.objects.filter(owner_id=view.owner_id, subject=view.subject, dropped_at=None).exclude(pk=view.pk)
    is_taken = any(view.name.casefold() == name.casefold() for name in held.values_list("name", flat=True))
    if not is_taken:
        try:
            with transaction.atomic():
                view.save(update_fields=names or None)
        except IntegrityError:  # two windows at once
            is_taken = True
    if is_taken:
        message = _("You have a list of this name already.")
        raise Invalid(message, fields={"name": message})


def _own(actor: Actor, public_id: str, *, dropped: bool = False) -> SavedView:
    """Return a view that the actor may change, locked: his own, or a shared one with the right to share."""
    view = get_view(actor, public_id, dropped=dropped, lock=True)
    if view.owner_id != actor.employee_id:
        actor.require(SHARE_VIEWS)
    return view


def _kind(actor: Actor, subject: str) -> ListKind:
    kind = find_list(subject)
    if kind is None:
        raise NotFound(_("There is no such list."))
    actor.require(kind.right)
    if actor.employee_id is None:
        raise Denied(_("Only a person can do this."))
    return kind


def _name(text: str) -> str:
    name = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if not name or len(name) > NAME_LIMIT:
        message = _("Give the list a name of at most %(most)d signs.") % {"most": NAME_LIMIT}
        raise Invalid(message, fields={"name": message})
    return name
