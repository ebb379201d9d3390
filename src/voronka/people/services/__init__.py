"""What may be done with clients: verbs for other parts and for this part's pages."""

from voronka.people.permissions import SORT_LEADS
from voronka.people.services.addresses import (
    add_address,
    change_address,
    keep_address,
    make_main,
    remove_address,
)
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
from voronka.people.services.completeness import fill_field, set_weights
from voronka.people.services.consents import record_consent, write_consents
from voronka.people.services.custom_values import set_custom_fields
from voronka.people.services.doubles import order_search
from voronka.people.services.duplicates import Candidate, likely_duplicates
from voronka.people.services.fields import (
    FieldDraft,
    add_field,
    change_field,
    clean_values,
    move_field,
    set_up_fields,
)
from voronka.people.services.inbox import (
    ANSWER_WITHIN,
    SORTED_CHANNELS,
    Received,
    is_sorted,
    lock_lead,
    put_back,
    receive,
    reject,
    require_waiting,
    set_channel,
    set_sources,
    settle_lead,
    touch_of,
    unblock,
    unreject,
    untold,
)
from voronka.people.services.intake import HONEYPOT, Intake, read_intake, signs_of
from voronka.people.services.leads import hold_contacts, read_contacts, record_touch
from voronka.people.services.merging import MOST_CARDS, NewerMerge, merge_cards, merge_clients, open_codes, undo_merge
from voronka.people.services.notes import add_note, unreached
from voronka.people.services.removing import remove_clients
from voronka.people.services.shapes import (
    AddressDraft,
    CardChanged,
    ClientDraft,
    ConsentDraft,
    ContactDraft,
    TouchData,
    TouchResult,
)

__all__ = [
    "ANSWER_WITHIN",
    "HONEYPOT",
    "MOST_CARDS",
    "NOTE_LIMIT",
    "SORTED_CHANNELS",
    "SORT_LEADS",
    "AddressDraft",
    "Candidate",
    "Card",
    "CardChanged",
    "ClientDraft",
    "ConsentDraft",
    "ContactDraft",
    "ContactValue",
    "FieldDraft",
    "Intake",
    "NewerMerge",
    "Received",
    "TouchData",
    "TouchResult",
    "add_address",
    "add_contact_person",
    "add_field",
    "add_note",
    "attach_file",
    "bin_client",
    "change_address",
    "change_field",
    "clean_values",
    "create_client",
    "draft_of",
    "erase_old",
    "fill_field",
    "hold_contacts",
    "insert_card",
    "is_sorted",
    "keep_address",
    "likely_duplicates",
    "lock_lead",
    "make_main",
    "mark_different",
    "merge_cards",
    "merge_clients",
    "move_field",
    "open_codes",
    "order_search",
    "prepare_card",
    "put_back",
    "read_contacts",
    "read_intake",
    "receive",
    "record_consent",
    "record_touch",
    "reject",
    "remove_address",
    "remove_clients",
    "remove_contact_person",
    "require_waiting",
    "restore_clients",
    "set_channel",
    "set_custom_fields",
    "set_sources",
    "set_up_fields",
    "set_weights",
    "settle_lead",
    "signs_of",
    "touch_of",
    "unblock",
    "undo_merge",
    "unreached",
    "unreject",
    "untold",
    "update_client",
    "warnings_about",
    "write_consents",
]
