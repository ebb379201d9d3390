"""What lists of clients may ask of money: what they owe."""

from django.utils.translation import gettext_lazy

from voronka.billing.queries.owing import match_debt, owed, sees_money
from voronka.kit.facets import Facet, register_facet

register_facet(
    Facet("client", "debt", gettext_lazy("Owes"), "money", match_debt, owed(), field="client.sum", open_to=sees_money)
)
