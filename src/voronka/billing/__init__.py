"""Documents, payments, debts."""
