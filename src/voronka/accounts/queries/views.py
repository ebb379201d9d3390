"""Saved views that an actor may use."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from voronka.accounts.models import SavedView
from voronka.accounts.permissions import SHARE_VIEWS
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.lists import ListKind, find_list, kept_query

SHOWN_LIMIT = 40
COUNT_LIMIT = 1_000
COUNT_MILLISECONDS = 150


def _usable(actor: Actor, *, dropped: bool = False) -> QuerySet[SavedView]:
    mine = Q(owner_id=actor.employee_id or 0) | Q(is_shared=True)
    return SavedView.objects.filter(mine, dropped_at__isnull=not dropped)


def list_views(actor: Actor, subject: str) -> list[SavedView]:
    """Return the actor's own views of a list in their order, then those that colleagues share."""
    found = list(_usable(actor).filter(subject=subject).select_related("owner").order_by("position", "id"))
    return sorted(found, key=lambda view: view.owner_id != actor.employee_id)[:SHOWN_LIMIT]


def get_view(actor: Actor, public_id: str, *, dropped: bool = False, lock: bool = False) -> SavedView:
    """Return a view by its public id, one's own or a shared one. Raises Denied, NotFound."""
    found = _usable(actor, dropped=dropped).filter(public_id=public_id)
    view = (found.select_for_update(of=("self",)) if lock else found).first() if public_id.isalnum() else None
    kind = find_list(view.subject) if view is not None else None
    if view is None or kind is None:
        raise NotFound(_("There is no such list."))
    actor.require(kind.right)
    return view


@dataclass(frozen=True, slots=True)
class ViewTab:
    """A view in the bar above its list. `count` is None until it is counted, `is_broken` when a condition is none."""

    public_id: str
    name: str
    url: str
    is_active: bool
    is_shared: bool
    is_mine: bool
    owner: str
    count: int | None = None
    is_broken: bool = False

    @property
    def is_more(self) -> bool:
        """Tell whether there are more records than were counted."""
        return self.count is not None and self.count >= COUNT_LIMIT


@dataclass(frozen=True, slots=True)
class ViewBar:
    """The bar: the whole list, the views, the one that is open, and what may be done with the list as it stands.

    `page` is the name of the address it stands on; `is_changed` tells that the open view's list has been changed since
    it was opened.
    """

    subject: str
    page: str
    all_url: str
    query: str
    tabs: Sequence[ViewTab]
    opened: ViewTab | None
    is_changed: bool
    may_save: bool
    may_share: bool
    may_change: bool

    @property
    def vals(self) -> str:
        """Return what the bar sends to be drawn again with its counts, as JSON."""
        return json.dumps({"at": self.query, "view": self.opened.public_id if self.opened else "", "page": self.page})


def view_bar(
    actor: Actor, subject: str, query: str, *, opened: str = "", counted: bool = False, page: str = ""
) -> ViewBar:
    """Return the bar of a list whose address asks for `query`; `opened` is the view it was opened by.

    `page` names the address that shows the list where it is not the list's own: its views open there too.

    With `counted` each view is counted, none for longer than a moment. Raises NotFound, Denied.
    """
    kind = find_list(subject)
    if kind is None:
        raise NotFound(_("There is no such list."))
    actor.require(kind.right)
    now, name = kept_query(kind, query), kind.page_by(page)
    address = reverse(name)
    views = list_views(actor, subject)
    here = next((one for one in views if one.public_id == opened), None)
    here = here or next((one for one in views if one.query == now), None)
    tabs = []
    for view in views:
        count, is_broken = _counted(kind, actor, view) if counted else (None, False)
        tab = ViewTab(
            view.public_id,
            view.name,
            f"{address}?{urlencode([*parse_qsl(view.query), ('view', view.public_id)])}",
            view is here,
            view.is_shared,
            view.owner_id == actor.employee_id,
            view.owner.name,
            count,
            is_broken,
        )
        tabs.append(tab)
    opened_tab = next((tab for tab in tabs if tab.is_active), None)
    may_share = actor.may(SHARE_VIEWS)
    return ViewBar(
        subject,
        name,
        address,
        now,
        tabs,
        opened_tab,
        is_changed=here is not None and here.query != now,
        may_save=actor.employee_id is not None and bool(now) and (here is None or here.query != now),
        may_share=may_share,
        may_change=opened_tab is not None and (opened_tab.is_mine or may_share),
    )


def _counted(kind: ListKind, actor: Actor, view: SavedView) -> tuple[int | None, bool]:
    """Count a view, giving up after a moment: a slow one leaves its place empty and holds up nothing."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(COUNT_MILLISECONDS)])
            found = kind.count(actor, view.query, COUNT_LIMIT)
            transaction.set_rollback(True)  # nothing was written; the limit of time goes with it
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        return None, False
    return found, found is None
