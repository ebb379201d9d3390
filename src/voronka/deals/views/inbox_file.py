"""The requests of a tab of the inbox as a file."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from voronka.accounts import services as accounts
from voronka.deals.views.inbox import TABS, tab_names
from voronka.kit.actors import Actor
from voronka.kit.listfile import ListFile, handed_over
from voronka.kit.screens import actor_of, signed_in
from voronka.kit.tables.writers import Writable
from voronka.people import queries as people
from voronka.people.services.words import channel_words, sign_words


@require_GET
@signed_in
def inbox_export(request: HttpRequest, code: str) -> HttpResponse:
    """Give a tab of the inbox as a file, with the fields that the actor may see."""
    actor, now = actor_of(request), datetime.now(UTC)
    tab = request.GET.get("tab", "waiting")
    tab = tab if tab in TABS else "waiting"
    found = people.search_leads(actor, state=tab)
    columns = _columns(actor)
    made = ListFile(
        what="lead",
        name=_("requests"),
        heads=[_("Received"), _("Name"), *columns.values(), _("Channel"), _("Like spam"), _("Who sorted")],
        count=lambda most: found.order_by()[:most].count(),
        rows=lambda: _rows(actor, tab, list(columns)),
        query=[tab_names()[tab]],
    )
    return handed_over(accounts.take_list_out(actor=actor, made=made, code=code, now=now))


def _columns(actor: Actor) -> dict[str, str]:
    """Return what came with a request, by its name there, as far as the actor may see such fields."""
    names = {
        "phones": ("client.phone", _("Phone")),
        "emails": ("client.email", _("E-mail")),
        "city": ("client.city", _("City")),
        "source": ("client.source", _("Source")),
        "campaign": ("client.source", _("Campaign")),
        "page": ("client.source", _("Page")),
    }
    found = {name: title for name, (field, title) in names.items() if actor.sees(field)}
    return found if people.hides_any(actor) else found | {"message": _("Message")}


def _rows(actor: Actor, tab: str, columns: Sequence[str]) -> Iterator[Sequence[Writable]]:
    for lead in people.walk_leads(actor, state=tab):
        sent = people.sent_shown(actor, lead)
        yield [
            lead.at.astimezone(actor.zone),
            people.lead_name(actor, lead),
            *(_text(sent.get(name)) for name in columns),
            channel_words(lead.channel),
            ", ".join(sign_words(one) for one in lead.signs),
            lead.decided_by.name if lead.decided_by is not None else "",
        ]


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)
