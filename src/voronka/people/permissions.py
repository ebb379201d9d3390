"""Rights over clients."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Reach, declare

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
)
EDIT_CLIENTS = declare(
    "people.edit_clients", _("edit clients"), by_record=True, shipped={"head": ALL, "manager": OWN, "marketer": ALL}
)
CREATE_CLIENTS = declare(
    "people.create_clients", _("add clients"), shipped={"head": ALL, "manager": ALL, "marketer": ALL, "cashier": ALL}
)
IMPORT_CLIENTS = declare(
    "people.import_clients", _("load clients from files"), shipped={"head": ALL, "marketer": ALL}
)
MANAGE_FIELDS = declare("people.manage_fields", _("set up custom fields"), shipped={"head": ALL})
