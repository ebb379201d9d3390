"""What lists may ask of papers and payments, and of clients: what they owe."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from voronka.accounts import queries as accounts
from voronka.billing.models import Account, Requisites, Surplus
from voronka.billing.permissions import SEE_DOCUMENTS
from voronka.billing.queries.lists import FOUND_CLIENTS, PAPERS, PAYMENTS
from voronka.billing.queries.owing import UNPAID, match_debt, owed, sees_money
from voronka.billing.services import names
from voronka.kit.actors import Actor
from voronka.kit.facets import Asker, Facet, register_facet
from voronka.people import queries as people

MOST_SUM = Decimal(10) ** 15
INVOICE = Q(kind="invoice", state="issued")


def _one_of(words: Callable[[], Mapping[str, str]], found: Callable[[str], Q]) -> Callable[[str], Q]:
    def match(text: str) -> Q:
        if text not in words():
            raise ValueError(_("Choose one of the list."))
        return found(text)

    return match


def _choices(words: Callable[[], Mapping[str, str]]) -> Callable[[], Sequence[tuple[str, str]]]:
    return lambda: list(words().items())


def paper_states() -> dict[str, str]:
    """Return the states of papers by code."""
    return {code: name for code, name in names.state_names().items() if code in ("draft", "issued", "void")}


def match_paid(text: str, asker: Asker) -> Q:
    """Invoices by how far they are paid; overdue are those whose day of payment has passed."""
    today = asker.now.astimezone(asker.actor.zone).date()
    found = {
        "paid": INVOICE & Q(paid=F("amount")),
        "unpaid": UNPAID,
        "part": UNPAID & Q(paid__gt=0),
        "overdue": UNPAID & Q(due_on__lt=today),
    }
    if text not in found:
        raise ValueError(_("Choose one of the list."))
    return found[text]


def match_client(text: str, asker: Asker) -> Q:
    """Rows of the clients that a typed name, phone or INN finds, as the palette finds them."""
    words = people.read_words(text)
    return Q(client_id__in=people.search_clients(asker.actor, words, most=FOUND_CLIENTS))


def match_days(column: str) -> Callable[[str], Q]:
    """Return the condition on a day in a range: 01.11.2026..30.11.2026."""

    def match(text: str) -> Q:
        first, last = people.read_days(text)
        wanted = Q() if first is None else Q(**{f"{column}__gte": first})
        return wanted if last is None else wanted & Q(**{f"{column}__lte": last})

    return match


def match_sum(text: str) -> Q:
    """Rows of a sum in a range: 1000..5000, either end may lack."""
    least, most = people.read_range(text)
    if any(end is not None and abs(end) >= MOST_SUM for end in (least, most)):
        raise ValueError(_("This number is too big."))
    wanted = Q() if least is None else Q(amount__gte=least)
    return wanted if most is None else wanted & Q(amount__lte=most)


def match_own(text: str) -> Q:
    """Papers of own requisites."""
    return Q(requisites__public_id=people.read_words(text))


def own_options() -> Sequence[tuple[str, str]]:
    """Return the own requisites as choices."""
    return list(Requisites.objects.order_by("-is_default", "id").values_list("public_id", "name"))


def match_account(text: str) -> Q:
    """Payments of an own bank account."""
    return Q(account__public_id=people.read_words(text))


def account_options() -> Sequence[tuple[str, str]]:
    """Return the own bank accounts as choices: the end of the number, the bank."""
    rows = Account.objects.order_by("-is_default", "id").values_list("public_id", "number", "bank")
    return [(public_id, f"··{number[-4:]} {bank}") for public_id, number, bank in rows]


def match_author(text: str, asker: Asker) -> Q:
    """Papers that I or one employee has written."""
    if text == "me":
        return Q(author_id=asker.actor.employee_id)
    found = [one.pk for one in accounts.list_employees(active=False) if one.public_id == text]
    if not found:
        raise ValueError(_("There is no such employee."))
    return Q(author_id=found[0])


def author_options() -> Sequence[tuple[str, str]]:
    """Return mine and the employees as choices."""
    return [("me", _("mine")), *((one.public_id, one.name) for one in accounts.list_employees())]


def match_matched(text: str) -> Q:
    """Payments by what became of them."""
    waits = Q(settled="", is_income=True)
    back = Q(pk__in=Surplus.objects.filter(amount__gt=0).values("payment_id"))
    found = {"waits": waits & Q(allocated=0), "part": waits & Q(allocated__gt=0), "back": back}
    if text not in names.matched_names():
        raise ValueError(_("Choose one of the list."))
    return found.get(text, Q(settled=text))


def _sees_papers(actor: Actor) -> bool:
    return actor.may(SEE_DOCUMENTS, owner_id=actor.employee_id)


_DAY, _SUM, _CLIENT = gettext_lazy("Day"), gettext_lazy("Sum"), gettext_lazy("Client")
_NOBODY, _STATE = Q(client=None), gettext_lazy("State")


def _papers() -> Sequence[Facet]:
    kinds = _one_of(names.kind_names, lambda text: Q(kind=text))
    states = _one_of(paper_states, lambda text: Q(state=text))
    return [
        Facet(PAPERS, "kind", gettext_lazy("Kind"), "choice", kinds, F("kind"), _choices(names.kind_names)),
        Facet(PAPERS, "state", _STATE, "choice", states, F("state"), _choices(paper_states)),
        Facet(PAPERS, "paid", pgettext_lazy("of an invoice", "Payment"), "choice", match_paid,
              options=_choices(names.paid_names), by_asker=True),
        Facet(PAPERS, "client", _CLIENT, "text", match_client, by_asker=True, empty=_NOBODY),
        Facet(PAPERS, "day", _DAY, "date", match_days("day"), F("day")),
        Facet(PAPERS, "due_on", gettext_lazy("To be paid by"), "date", match_days("due_on"), F("due_on"),
              empty=Q(due_on=None)),
        Facet(PAPERS, "sum", _SUM, "money", match_sum, F("amount")),
        Facet(PAPERS, "own", gettext_lazy("From whom on paper"), "choice", match_own, options=own_options),
        Facet(PAPERS, "author", gettext_lazy("Author"), "choice", match_author, options=author_options, by_asker=True,
              empty=Q(author=None)),
    ]  # fmt: skip


def _payments() -> Sequence[Facet]:
    ways = _one_of(names.way_names, lambda text: Q(is_income=text == "in"))
    methods = _one_of(names.method_names, lambda text: Q(method=text))
    return [
        Facet(PAYMENTS, "kind", gettext_lazy("Kind"), "choice", ways, options=_choices(names.way_names)),
        Facet(PAYMENTS, "method", gettext_lazy("Way of payment"), "choice", methods, F("method"),
              _choices(names.method_names)),
        Facet(PAYMENTS, "matched", _STATE, "choice", match_matched, options=_choices(names.matched_names)),
        Facet(PAYMENTS, "client", _CLIENT, "text", match_client, by_asker=True, empty=_NOBODY),
        Facet(PAYMENTS, "day", _DAY, "date", match_days("day"), F("day")),
        Facet(PAYMENTS, "sum", _SUM, "money", match_sum, F("amount")),
        Facet(PAYMENTS, "account", gettext_lazy("Bank account"), "choice", match_account, options=account_options,
              empty=Q(account=None)),
    ]  # fmt: skip


def _register() -> None:
    for facet in _papers():
        register_facet(replace(facet, open_to=_sees_papers))
    for facet in _payments():
        register_facet(replace(facet, open_to=sees_money))
    register_facet(
        Facet(
            "client", "debt", gettext_lazy("Owes"), "money", match_debt, owed(), field="client.sum", open_to=sees_money
        )
    )  # fmt: skip


_register()
