"""Verbs of money as people and programs call them: done again where they met another in a deadlock.

Listeners take them from `payments`: what a listener has locked stays locked between the tries of a verb within it, so
that it has to end whole and begin anew, and a person is not to decide what only met another.
"""

from voronka.billing.services import payments
from voronka.kit.db.again import again

allocate = again(payments.allocate)
record_payment = again(payments.record_payment)
refund = again(payments.refund)
settle = again(payments.settle)
take_back = again(payments.take_back)
void_payment = again(payments.void_payment)
