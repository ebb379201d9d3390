"""What clients put on shared screens: their section, the settings of fields, and how their events read."""

from collections.abc import Mapping, Sequence

from django.urls import reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from voronka.kit.actors import Actor
from voronka.kit.events import RecordedEvent
from voronka.kit.lists import ListKind, register_list
from voronka.kit.notices import NoticeSeed, ToldNotice, tells_notice
from voronka.kit.screens import Section, register_section
from voronka.kit.settings_menu import SettingsGroup, SettingsPage, register_settings_page
from voronka.kit.timeline import Told, also_under, tells
from voronka.people import events
from voronka.people.models import Note, Touch
from voronka.people.permissions import MANAGE_FIELDS, SEE_CLIENTS
from voronka.people.queries.asked import count_asked, is_state
from voronka.people.queries.clients import list_clients
from voronka.people.queries.history import FieldChange, addresses_changed, values_changed
from voronka.people.queries.merging import merges_by_id
from voronka.people.queries.rows import own_field_names
from voronka.people.queries.shown import hides_any, name_shown
from voronka.people.services.words import channel_words, consent_words, field_name

register_section(
    Section("people", gettext_lazy("Clients"), reverse_lazy("people:client-list"), order=30, right=SEE_CLIENTS)
)
register_list(ListKind("client", "people:client-list", SEE_CLIENTS, is_state, count_asked))
register_settings_page(
    SettingsPage(
        "fields",
        gettext_lazy("Own fields"),
        gettext_lazy(
            "What else you want to know of clients and deals: ten kinds of fields, in filters, letters and files"
        ),
        "forms",
        "people:fields",
        MANAGE_FIELDS,
        SettingsGroup.SALES,
        order=50,
        words=gettext_lazy("custom fields columns card"),
    )
)


register_settings_page(
    SettingsPage(
        "completeness",
        gettext_lazy("Complete cards"),
        gettext_lazy("How much each field of a card counts, and by which question it is asked for"),
        "list-check",
        "people:weights",
        MANAGE_FIELDS,
        SettingsGroup.SALES,
        order=60,
        words=gettext_lazy("filled card weights"),
    )
)


# Cards that were joined to this one: what happened to them happened to this client.
also_under("SELECT old_id FROM people_mergedcard WHERE company_id = %(company)s AND survivor_id = %(client)s")


@tells("notes", gettext_lazy("Notes"), events.NoteAdded)
def tell_notes(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell notes with their text."""
    notes = Note.objects.in_bulk([row.payload["note_id"] for row in rows])
    told = {}
    for row in rows:
        note = notes.get(row.payload["note_id"])
        if note is not None:
            who = row.by
            head = format_html("<b>{}</b> · {}", _("Note"), who) if who else format_html("<b>{}</b>", _("Note"))
            told[row.seq] = Told("pin", head, "pin", text=note.text)
    return told


@tells_notice("mention")
def tell_mentions(seeds: Sequence[NoticeSeed], actor: Actor) -> Mapping[int, ToldNotice]:
    """Tell who wrote a note with the reader's name in it, about whom, and the note, if he may still see the client."""
    clients = {one.pk: one for one in list_clients(actor).filter(pk__in=[one.subject_id for one in seeds])}
    notes = Note.objects.in_bulk([one.detail_id for one in seeds])
    told = {}
    for seed in seeds:
        client, note = clients.get(seed.subject_id), notes.get(seed.detail_id)
        if client is not None and note is not None and note.client_id == client.pk:
            name = name_shown(actor, client.name)
            what = _("%(who)s mentioned you: %(client)s") % {"who": seed.by or _("Somebody"), "client": name}
            url = reverse("people:client-detail", args=[client.public_id])
            told[seed.id] = ToldNotice(what, note.text[:300], url, "message-2")
    return told


@tells("leads", gettext_lazy("Requests"), events.LeadReceived)
def tell_leads(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell requests with what the client wrote."""
    touches = Touch.objects.in_bulk([row.payload["touch_id"] for row in rows])
    told = {}
    for row in rows:
        touch = touches.get(row.payload["touch_id"])
        if touch is None:
            continue
        # What a form sent under names nobody knows may be a phone as well: one who may not see all, sees none of it.
        extra = [] if hides_any(actor) else list(touch.extra.items())[:20]
        kept = "\n".join(f"{name}: {value}" for name, value in extra)
        text = "\n".join(part for part in (touch.message, kept) if part)
        side = " · ".join(part for part in (touch.source, touch.campaign) if part and actor.sees("client.source"))
        head = format_html("<b>{}</b> · {}", _("Request"), channel_words(touch.channel))
        told[row.seq] = Told("message-circle", head, "client", side, text[:2_000])
    return told


# Columns that read as they are kept; of the others the head says that they were changed.
_READABLE = frozenset(
    [
        "name",
        "birthday",
        "city",
        "address",
        "address_label",
        "postcode",
        "position",
        "comment",
        "inn",
        "kpp",
        "ogrn",
        "bik",
        "account",
        "external_id",
        "first_source",
    ]
)
_LONGEST = 120


def _change_line(change: FieldChange, own: Mapping[str, str]) -> str:
    if change.field not in _READABLE and change.field not in own:
        return ""
    name = own.get(change.field) or field_name(change.field)
    return f"{name}: {_value_words(change.before)} → {_value_words(change.after)}"


def _address_line(before: str, after: str) -> str:
    return f"{field_name('addresses')}: {_value_words(before)} → {_value_words(after)}"


def _value_words(value: object) -> str:
    match value:
        case None | "" | []:
            return "—"
        case bool():
            return _("yes") if value else _("no")
        case list():
            return ", ".join(map(str, value))[:_LONGEST]
    text = " ".join(str(value).split())
    if len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "").isdecimal():
        text = f"{text[8:]}.{text[5:7]}.{text[:4]}"
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


@tells("changes", gettext_lazy("Changes"), events.ClientCreated, events.ClientChanged, events.ConsentRecorded)
def tell_changes(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell that the card was made or changed, with values before and after, and consents given or withdrawn."""
    changed = values_changed(
        {(row.subject_id, row.payload.get("version", 0)) for row in rows if row.name == events.ClientChanged.name()},
        actor,
    )
    addresses = addresses_changed(
        {
            (row.subject_id, row.payload.get("version", 0))
            for row in rows
            if "addresses" in row.payload.get("fields", ())
        },
        actor,
    )
    own = (
        own_field_names() if any(one.field.startswith("custom.") for many in changed.values() for one in many) else {}
    )
    told = {}
    for row in rows:
        who = row.by
        if row.name == events.ClientCreated.name():
            head = _("Card made: %(channel)s") % {"channel": channel_words(row.payload["channel"])}
            icon = "user-plus"
        elif row.name == events.ConsentRecorded.name():
            words = consent_words(row.payload["purpose"], row.payload["channel"])
            head = f"{words}: {_('yes') if row.payload['given'] else _('no')}"
            icon = "shield-check"
        else:
            fields = ", ".join(dict.fromkeys(own.get(code) or field_name(code) for code in row.payload["fields"]))
            head, icon = _("Changed: %(fields)s") % {"fields": fields}, "pencil"
        place = (row.subject_id, row.payload.get("version", 0))
        text = "\n".join(
            [
                *filter(None, (_change_line(one, own) for one in changed.get(place, ()))),
                *(_address_line(*pair) for pair in addresses.get(place, ())),
            ]
        )
        told[row.seq] = Told(icon, f"{head} · {who}" if who else head, "thin", text=text)
    return told


@tells("changes", gettext_lazy("Changes"), events.ClientsMerged, events.MergeUndone, events.ClientParted)
def tell_merges(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell that cards were joined, with the way to the page that takes it back, or parted again."""
    runs = merges_by_id([row.payload["merge_id"] for row in rows])
    told = {}
    for row in rows:
        run = runs.get(row.payload["merge_id"])
        if row.name == events.ClientsMerged.name():
            count = len(row.payload["merged"])
            head = ngettext("A card was joined to this one", "%(n)d cards were joined to this one", count) % {
                "n": count
            }
        elif row.name == events.MergeUndone.name():
            count = len(row.payload["parted"])
            head = ngettext("A card was parted from this one", "%(n)d cards were parted from this one", count) % {
                "n": count
            }
        else:
            head = _("Parted from the card it had been joined to")
        who = row.by
        url = reverse("people:merge-run", args=[run.public_id]) if run is not None else ""
        told[row.seq] = Told("users", f"{head} · {who}" if who else head, "thin", url=url)
    return told
