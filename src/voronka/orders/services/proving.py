"""An order told to somebody without an account: only to whom it belongs, however often he guesses."""

from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.accounts import queries as accounts
from voronka.kit import counters, wording
from voronka.kit.tenancy import current_company_id
from voronka.orders.models import Order
from voronka.people import queries as people

FIGURES = 4  # of the end of a phone
MOST_GUESSES, HOUR = 10, timedelta(hours=1)  # of one order, and in one talk
_MOST_NUMBER = 10**9


def find_own(
    typed: str, *, proof: str, client_id: int | None, talk_id: int, now: datetime
) -> Order | None:  # fmt: skip
    """Return the order of a typed number if it is the client's, or the proof ends one of its client's phones.

    After ten wrong guesses within an hour, of one order or in one talk, a proof counts no more, the right one neither.
    """
    if not (typed.isascii() and typed.isdecimal() and len(typed) < len(str(_MOST_NUMBER))):
        return None
    order = Order.objects.filter(number=int(typed)).select_related("status", "delivery_method").first()
    if order is not None and client_id is not None and order.client_id == client_id:
        return order
    keys = [f"proof:{current_company_id()}:{what}" for what in (f"order:{int(typed)}", f"talk:{talk_id}")]
    # Asked so that of many who guess at once each waits until the one before is counted.
    if max([counters.count(key, HOUR, now=now, by=0) for key in keys]) >= MOST_GUESSES:
        return None
    is_proof = order is not None and len(proof) >= FIGURES
    if order is not None and is_proof and any(_is_end(one, proof) for one in people.phones_of(order.client_id)):
        return order
    for key in keys:
        counters.count(key, HOUR, now=now)
    return None


def _is_end(phone: str, proof: str) -> bool:
    """Tell whether all the figures that were named are those of the phone: who names more is held to more."""
    return phone.endswith(proof) or (len(proof) == 11 and phone.endswith(proof.removeprefix("8")))


def state_words(order: Order, language: str) -> str:
    """Say how far an order is: no sums, no address, no goods."""
    own = accounts.get_company_rules().language
    with translation.override(language):
        said = (order.status.client_words or order.status.name) if language == own else phase_words(order.phase)
        head = _("Order %(number)s: %(state)s.") % {"number": order.number, "state": said.rstrip(".")}
        if order.delivery_on is None or order.phase in ("done", "cancelled"):
            return head
        day = wording.short_day(order.delivery_on, language)
        return f"{head} {_('To be delivered on %(day)s.') % {'day': day}}"


def phase_words(phase: str) -> str:
    """Say what a phase means to a client."""
    return {
        "new": pgettext("an order", "accepted"),
        "work": pgettext("an order", "being put together"),
        "ready": pgettext("an order", "ready"),
        "shipping": pgettext("an order", "on its way"),
        "done": pgettext("an order", "done"),
        "cancelled": pgettext("an order", "cancelled"),
    }.get(phase, phase)
