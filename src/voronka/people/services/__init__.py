"""What may be done with clients: verbs for other parts and for this part's pages."""

from voronka.people.services.attachments import attach_file
from voronka.people.services.bin import bin_client, erase_old, restore_clients
from voronka.people.services.cards import Card, ContactValue, prepare_card
from voronka.people.services.cleaning import NOTE_LIMIT
from voronka.people.services.clients import (
    add_contact_person,
    create_client,
    draft_of,
    insert_card,
    mark_different,
    remove_contact_person,
    update_client,
    warnings_about,
)
from voronka.people.services.consents import record_consent
from voronka.people.services.custom_values import set_custom_fields
from voronka.people.services.duplicates import Candidate, likely_duplicates
from voronka.people.services.fields import (
    FieldDraft,
    add_field,
    change_field,
    clean_values,
    move_field,
    set_up_fields,
)
from voronka.people.services.intake import HONEYPOT, Intake, read_intake
from voronka.people.services.leads import record_touch
from voronka.people.services.notes import add_note, unreached
from voronka.people.services.removing import remove_clients
from voronka.people.services.shapes import (
    CardChanged,
    ClientDraft,
    ConsentDraft,
    ContactDraft,
    TouchData,
    TouchResult,
)

__all__ = [
    "HONEYPOT",
    "NOTE_LIMIT",
    "Candidate",
    "Card",
    "CardChanged",
    "ClientDraft",
    "ConsentDraft",
    "ContactDraft",
    "ContactValue",
    "FieldDraft",
    "Intake",
    "TouchData",
    "TouchResult",
    "add_contact_person",
    "add_field",
    "add_note",
    "attach_file",
    "bin_client",
    "change_field",
    "clean_values",
    "create_client",
    "draft_of",
    "erase_old",
    "insert_card",
    "likely_duplicates",
    "mark_different",
    "move_field",
    "prepare_card",
    "read_intake",
    "record_consent",
    "record_touch",
    "remove_clients",
    "remove_contact_person",
    "restore_clients",
    "set_custom_fields",
    "set_up_fields",
    "unreached",
    "update_client",
    "warnings_about",
]
