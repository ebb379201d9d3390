"""Rights over documents and money."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Reach, declare
from voronka.kit.modules import register_module

ALL, OWN = Reach.ALL, Reach.OWN

register_module("money", _("Money"), _("Documents, payments, debts."), "receipt", "voronka.billing")

SEE_DOCUMENTS = declare(
    "billing.see_documents",
    _("see documents"),
    by_record=True,
    shipped={"head": ALL, "manager": OWN, "accountant": ALL, "cashier": ALL, "storekeeper": ALL, "reader": ALL},
    about=_("See invoices and other papers of clients within reach, take them as files."),
)
ISSUE = declare(
    "billing.issue",
    _("issue documents"),
    by_record=True,
    shipped={"head": ALL, "manager": OWN, "accountant": ALL},
    about=_("Write invoices and other papers for clients within reach, give them numbers, void them."),
)
SEE_MONEY = declare(
    "billing.see_money",
    _("see payments and debts"),
    shipped={"head": ALL, "accountant": ALL, "cashier": ALL, "reader": ALL},
    about=_("See all payments, statements of the bank and who owes how much."),
)
TAKE_MONEY = declare(
    "billing.take_money",
    _("enter payments"),
    shipped={"head": ALL, "accountant": ALL, "cashier": ALL},
    about=_(
        "Enter payments by hand, load statements of the bank, say which invoice a payment is for, give money back."
    ),
)
SET_UP = declare(
    "billing.set_up",
    _("set up requisites and numbering"),
    shipped={"head": ALL, "accountant": ALL},
    about=_(
        "Change the company's requisites, bank accounts, numbers of papers, own templates and limits of clients."
    ),
)
