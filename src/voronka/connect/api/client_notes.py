"""Operations on what is known of a client beside his card: notes, consents, the timeline."""

from typing import Annotated

from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query

from voronka.connect.api.clients import client_of, router
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import operation
from voronka.connect.api.paging import before_of, cursor_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import consents as consent_docs
from voronka.connect.schemas import notes as note_docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.connect.schemas.outer import Outer
from voronka.kit import timeline
from voronka.kit.errors import Invalid
from voronka.people import queries as people
from voronka.people import services


@operation(
    router,
    "GET",
    "/{client}/notes",
    scope=scopes.CLIENTS_READ,
    answer=note_docs.NoteList,
    summary=gettext_lazy("List the notes on a client"),
)
def list_notes(request: ApiRequest, client: IdInPath, limit: Limit = 50, cursor: Cursor = "") -> note_docs.NoteList:
    """Return a page of notes, newest first."""
    row, asked = client_of(request, client), {"notes": client}
    rows = people.list_notes(row.pk, before=before_of(cursor, asked), limit=limit + 1)
    after = cursor_of(str(rows[limit - 1].pk) if len(rows) > limit else "", asked)
    return note_docs.NoteList(items=[note_docs.note_out(one) for one in rows[:limit]], next=after)


@operation(
    router,
    "POST",
    "/{client}/notes",
    scope=scopes.CLIENTS_WRITE,
    answer=note_docs.Note,
    status=201,
    summary=gettext_lazy("Write a note on a client"),
)
def add_note(request: ApiRequest, client: IdInPath, sent: note_docs.NoteGiven) -> note_docs.Note:
    """Write a note in the name of the key's maker."""
    caller, row = request.auth, client_of(request, client)
    return note_docs.note_out(services.add_note(actor=caller.actor, client_id=row.pk, text=sent.text, now=caller.now))


@operation(
    router,
    "GET",
    "/{client}/consents",
    scope=scopes.CLIENTS_READ,
    answer=consent_docs.ConsentList,
    summary=gettext_lazy("Show which consents of a client hold now"),
)
def list_consents(request: ApiRequest, client: IdInPath) -> consent_docs.ConsentList:
    """Return the newest word on each purpose and channel."""
    rows = people.list_consents(client_of(request, client).pk)
    return consent_docs.ConsentList(items=[consent_docs.consent_out(one) for one in rows])


@operation(
    router,
    "POST",
    "/{client}/consents",
    scope=scopes.CLIENTS_WRITE,
    answer=consent_docs.ConsentList,
    status=201,
    summary=gettext_lazy("Write down a consent given or withdrawn"),
)
def record_consent(
    request: ApiRequest, client: IdInPath, sent: consent_docs.ConsentGiven
) -> consent_docs.ConsentList:
    """Write down a consent; what held before stays in the history."""
    caller, row = request.auth, client_of(request, client)
    services.record_consent(
        actor=caller.actor,
        client_id=row.pk,
        consent=consent_docs.consent_in(sent),
        source=sent.source,
        now=caller.now,
    )
    return consent_docs.ConsentList(items=[consent_docs.consent_out(one) for one in people.list_consents(row.pk)])


@operation(
    router,
    "GET",
    "/{client}/timeline",
    scope=scopes.CLIENTS_READ,
    answer=note_docs.Timeline,
    summary=gettext_lazy("Read what happened with a client"),
)
def read_timeline(
    request: ApiRequest,
    client: IdInPath,
    tab: Annotated[str, Query(max_length=40)] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> note_docs.Timeline:
    """Return a page of the timeline in words, newest first; `tab` names a kind: notes, leads, changes, presses."""
    row, asked = client_of(request, client), {"timeline": client, "tab": tab}
    if tab and tab not in timeline.tabs():
        message = _("One of: %(choices)s.") % {"choices": ", ".join(timeline.tabs())}
        raise Invalid(message, fields={"tab": message})
    pairs, after = timeline.read_told(
        row.pk, actor=request.auth.actor, tab=tab, before=before_of(cursor, asked), limit=limit
    )
    outer = Outer.load(request.auth.actor)
    items = [
        note_docs.TimelineEntry(
            id=event.seq,
            at=event.at,
            kind=event.name,
            text=strip_tags(str(told.head)),
            more=told.text,
            who=outer.employee(event.employee_id),
        )
        for event, told in pairs
    ]
    return note_docs.Timeline(items=items, next=cursor_of(str(after or ""), asked))
