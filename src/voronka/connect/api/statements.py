"""Operations on payments as they lie there, and on statements of the bank."""

from typing import TYPE_CHECKING, Annotated, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import File, Query, Router
from ninja.files import UploadedFile

from voronka.billing import queries as billing
from voronka.billing import services
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.money import payments
from voronka.connect.api.operations import Reply, filters_of, operation, refuse_filters
from voronka.connect.api.paging import before_of, cursor_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import money as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.kit import facets
from voronka.kit.errors import Invalid

if TYPE_CHECKING:
    from voronka.billing.models import Statement as StatementRow

statements = Router(tags=["payments"])


def _told(row: "StatementRow") -> docs.Statement:
    return docs.statement_out(row, services.problems_of(row))


@operation(
    payments,
    "GET",
    "",
    scope=scopes.PAYMENTS_READ,
    answer=docs.PaymentList,
    facets_of="payment",
    right="billing.see_money",
    summary=gettext_lazy("List payments"),
)
def list_payments(
    request: ApiRequest, state: Literal["", "open"] = "", limit: Limit = 50, cursor: Cursor = ""
) -> docs.PaymentList:
    """Return a page of payments, the newest first; `open` are those that wait for a decision.

    Those that came in, unless `f.kind` asks otherwise.
    """
    filters = filters_of(request)
    key = {"payments": state, **filters}
    wanted, problems = facets.condition("payment", dict(filters), request.auth.actor, now=request.auth.now)
    refuse_filters(problems)
    rows = billing.list_payments().filter(wanted).order_by("-id")
    rows = rows if "kind" in filters else rows.filter(is_income=True)
    rows = rows.filter(settled="") if state else rows
    before = before_of(cursor, key)
    rows = rows if before is None else rows.filter(pk__lt=before)
    found = list(rows[: limit + 1])
    after = str(found[limit - 1].pk) if len(found) > limit else ""
    return docs.PaymentList(items=[docs.payment_out(one) for one in found[:limit]], next=cursor_of(after, key))


@operation(
    statements,
    "GET",
    "",
    scope=scopes.PAYMENTS_READ,
    answer=docs.StatementList,
    right="billing.see_money",
    summary=gettext_lazy("List the latest statements of the bank"),
)
def list_statements(request: ApiRequest) -> docs.StatementList:
    """Return the latest fifty statements that were loaded."""
    return docs.StatementList(items=[_told(one) for one in billing.list_statements()])


@operation(
    statements,
    "POST",
    "",
    scope=scopes.PAYMENTS_WRITE,
    answer=docs.Statement,
    status=201,
    right="billing.take_money",
    summary=gettext_lazy("Load a statement of the bank"),
)
def load_statement(
    request: ApiRequest,
    file: File[UploadedFile],
    account: Annotated[str, Query(max_length=34, description="For tables: the number of the own account.")] = "",
) -> Reply:
    """Load a file of 1C's exchange, CSV or XLSX. What is there already stays as it is; payments that leave no doubt
    find their invoices by themselves.
    """
    caller = request.auth
    own = next((one for one in billing.list_accounts() if one.number == account), None)
    if account and own is None:
        message = _("This account is not among the company's own.")
        raise Invalid(message, fields={"account": message})
    row = services.load_statement(
        actor=caller.actor, name=file.name or "", body=file.read(), account_id=own.public_id if own else "",
        now=caller.now,
    )  # fmt: skip
    return Reply(_told(row), headers={"Location": f"/api/v1/statements/{row.public_id}"})


@operation(
    statements,
    "GET",
    "/{statement}",
    scope=scopes.PAYMENTS_READ,
    answer=docs.Statement,
    right="billing.see_money",
    summary=gettext_lazy("Get a statement of the bank"),
)
def get_statement(request: ApiRequest, statement: IdInPath) -> docs.Statement:
    """Return a statement that was loaded."""
    return _told(billing.get_statement(statement))
