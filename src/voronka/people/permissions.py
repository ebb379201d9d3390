"""Rights over clients."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Reach, declare
from voronka.kit.modules import register_module

ALL, OWN = Reach.ALL, Reach.OWN

SEE_CLIENTS = declare(
    "people.see_clients",
    _("see clients"),
    by_record=True,
    shipped={
        "head": ALL,
        "manager": OWN,
        "marketer": ALL,
        "storekeeper": ALL,
        "cashier": ALL,
        "accountant": ALL,
        "reader": ALL,
    },
    about=_("See the cards of clients within reach, and find them. Those of nobody are seen by all."),
)
EDIT_CLIENTS = declare(
    "people.edit_clients",
    _("edit clients"),
    by_record=True,
    shipped={"head": ALL, "manager": OWN, "marketer": ALL},
    about=_("Change cards of clients within reach, write notes, record consents."),
)
CREATE_CLIENTS = declare(
    "people.create_clients",
    _("add clients"),
    shipped={"head": ALL, "manager": ALL, "marketer": ALL, "cashier": ALL},
    about=_("Make cards of new clients by hand."),
)
IMPORT_CLIENTS = declare(
    "people.import_clients",
    _("load clients from files"),
    shipped={"head": ALL, "marketer": ALL},
    about=_("Load whole lists of clients from files, and take a loading back."),
)
BULK_EDIT = declare(
    "people.bulk_edit",
    _("change many clients at once"),
    shipped={"head": ALL, "marketer": ALL},
    about=_("Change one field of all clients of a list at once, and take that back. Only cards he may edit change."),
)
DELETE_CLIENTS = declare(
    "people.delete_clients",
    _("delete clients"),
    by_record=True,
    shipped={"head": ALL},
    about=_("Put cards into the recycle bin and take them out again. After thirty days they are erased."),
)
MANAGE_FIELDS = declare(
    "people.manage_fields",
    _("set up custom fields"),
    shipped={"head": ALL},
    about=_("Add fields of the company's own to the cards of clients."),
)
SORT_LEADS = declare(
    "people.sort_leads",
    _("sort incoming requests"),
    shipped={"head": ALL, "manager": ALL, "marketer": ALL},
    about=_("See what came by forms and is not sorted yet; accept it, attach it to a client, reject it as spam."),
)
register_module(
    "import",
    _("Loading of clients"),
    _("Whole lists of clients from files, with search for duplicates."),
    "upload",
    "voronka.people.views.imports",
)
