"""What screens and other parts may ask of clients."""

from voronka.people.queries.clients import (
    client_names,
    get_client,
    get_client_for,
    list_clients,
    list_consents,
    list_contact_persons,
    list_contacts,
    list_workplaces,
    may_advertise,
    visible,
)
from voronka.people.queries.rows import (
    client_rows,
    find_custom_field,
    get_client_row,
    list_custom_fields,
    list_notes,
    lock_client,
    lock_clients,
    main_email,
    main_phone,
    public_ids,
)
from voronka.people.queries.search import find_clients, search_clients
from voronka.people.queries.shown import contacts_shown, fields_open, fields_shown, hides_any, name_shown, shown

__all__ = [
    "client_names",
    "client_rows",
    "contacts_shown",
    "fields_open",
    "fields_shown",
    "find_clients",
    "find_custom_field",
    "get_client",
    "get_client_for",
    "get_client_row",
    "hides_any",
    "list_clients",
    "list_consents",
    "list_contact_persons",
    "list_contacts",
    "list_custom_fields",
    "list_notes",
    "list_workplaces",
    "lock_client",
    "lock_clients",
    "main_email",
    "main_phone",
    "may_advertise",
    "name_shown",
    "public_ids",
    "search_clients",
    "shown",
    "visible",
]
