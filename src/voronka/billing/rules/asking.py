"""What the invoices of a record are to ask for together once it costs something else."""

from collections.abc import Sequence
from decimal import Decimal

from voronka.billing.rules.totals import ZERO


def asked_anew(amounts: Sequence[Decimal], due: Decimal, *, follows: bool = False) -> list[Decimal] | None:
    """Return what invoices, the oldest first, ask for so that all of them ask for no more than is due.

    The newest are the first to ask for less: whole ones for nothing, and the only one that is left for what is due;
    a part of one among several is for a person to divide, which is None. An only one that `follows` also asks for more.
    """
    found, excess = list(amounts), sum(amounts, ZERO) - due
    if excess < 0 and follows and len(found) == 1:
        return [due]
    for at in reversed(range(len(found))):
        if excess <= 0:
            break
        if found[at] > excess and any(found[:at]):
            return None
        less = min(found[at], excess)
        found[at] -= less
        excess -= less
    return found
