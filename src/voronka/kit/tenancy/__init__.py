"""Two walls between companies: managers that fail closed, and row-level security in PostgreSQL."""

from voronka.kit.tenancy.context import (
    NoCompany,
    OutsideTransaction,
    Place,
    company_context,
    current_company_id,
    current_place,
)

__all__ = ["NoCompany", "OutsideTransaction", "Place", "company_context", "current_company_id", "current_place"]
