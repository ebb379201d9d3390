"""Documents, payments and what stands behind both."""

from voronka.billing.models.documents import Document, DocumentVersion, PaperTemplate
from voronka.billing.models.money import Allocation, ClientDebt, ClientLimit, Payment, Statement, Surplus
from voronka.billing.models.online import OnlinePayment, OnlineRefund, PayLink, Provider, SandboxPayment
from voronka.billing.models.requisites import Account, Requisites, Series, SeriesYear

__all__ = [
    "Account",
    "Allocation",
    "ClientDebt",
    "ClientLimit",
    "Document",
    "DocumentVersion",
    "OnlinePayment",
    "OnlineRefund",
    "PaperTemplate",
    "PayLink",
    "Payment",
    "Provider",
    "Requisites",
    "SandboxPayment",
    "Series",
    "SeriesYear",
    "Statement",
    "Surplus",
]
