"""The API put together from its resources."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from voronka.connect.api import (
    answers,
    assignments,
    automations,
    bins,
    bulk,
    buttons,
    campaigns,
    client_contacts,
    client_notes,
    clients,
    company,
    deals,
    desk,
    events,
    fields,
    files,
    goods,
    handing,
    history,
    hours,
    import_more,
    imports,
    inbox,
    kinds,
    leads,
    letters,
    merging,
    messages,
    money,
    orders,
    planner,
    promo,
    referrals,
    reminders,
    replenishing,
    reports,
    roles,
    saved,
    settings,
    sharing,
    sites,
    staff,
    statements,
    stock,
    supply,
    surpluses,
    surveys,
    talks,
    terms,
    trials,
    walks,
)
from voronka.connect.api.document import openapi_json
from voronka.connect.api.door import DOORS
from voronka.connect.api.gate import StrictParser, answer_error, gated
from voronka.connect.api.nowhere import nowhere
from voronka.connect.api.operations import ABOUT
from voronka.kit.errors import Refusal

ROUTERS = {
    "/me": company.me,
    "/clients": clients.router,
    "/bulk-changes": bulk.router,
    "/bin": bins.router,
    "/doubles": merging.doubles,
    "/merges": merging.merges,
    "/leads": leads.router,
    "/fields": fields.router,
    "/completeness": fields.completeness,
    "/facets": company.lists,
    "/deals": deals.router,
    "/documents": money.documents,
    "/payments": money.payments,
    "/debts": money.debts,
    "/surpluses": surpluses.surpluses,
    "/statements": statements.statements,
    "/presses": deals.presses,
    "/waiting": desk.waiting,
    "/pipelines": deals.ways,
    "/share-rules": sharing.rules,
    "/stages": buttons.router,
    "/loss-reasons": deals.reasons,
    "/tasks": deals.tasks,
    "/assignments": assignments.router,
    "/task-kinds": kinds.router,
    "/task-rules": kinds.rules,
    "/planner": planner.router,
    "/reminders": reminders.router,
    "/notices": reminders.notices,
    "/saved-lists": saved.router,
    "/walks": walks.router,
    "/letter-templates": letters.router,
    "/messages": messages.router,
    "/answers": answers.answers,
    "/synonyms": answers.synonyms,
    "/proposed-answers": answers.proposals,
    "/unanswered": answers.questions,
    "/campaigns": campaigns.router,
    "/talks": talks.router,
    "/goods": goods.router,
    "/products": goods.products,
    "/categories": goods.categories,
    "/price-kinds": goods.kinds,
    "/held-prices": goods.held,
    "/personal-prices": terms.router,
    "/suppliers": supply.suppliers,
    "/price-lists": supply.loadings,
    "/doubts": supply.doubts,
    "/orders": orders.orders,
    "/shipments": orders.shipments,
    "/returns": orders.returns,
    "/order-statuses": orders.statuses,
    "/promos": promo.router,
    "/referrals": referrals.router,
    "/surveys": surveys.router,
    "/sites": sites.router,
    "/visits": sites.visits,
    "/tests": trials.router,
    "/automations": automations.router,
    "/buffers": replenishing.buffers,
    "/replenishment": replenishing.proposals,
    "/lost-sales": replenishing.lost,
    "/stock": stock.router,
    "/places": stock.places,
    "/stock-papers": stock.papers,
    "/reports": reports.router,
    "/imports": imports.router,
    "/company": settings.router,
    "/employees": staff.router,
    "/hand-overs": handing.done,
    "/teams": staff.teams,
    "/roles": roles.router,
    "/rights": roles.rights,
    "/hours": hours.router,
    "/leaves": hours.leaves,
    "/holidays": hours.holidays,
    "/events": events.router,
    "/webhooks": events.hooks,
}

# These add to the routers of clients, tasks, leads and imports.
WITHIN = (client_contacts, client_notes, files, history, import_more, inbox)

api = NinjaAPI(
    title="Voronka",
    version="1",
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    auth=DOORS,
    parser=StrictParser(),
)
for _prefix, _router in ROUTERS.items():
    api.add_router(_prefix, _router)


def _answer(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    assert isinstance(error, Exception)
    return answer_error(error)


for _error in (Exception, HttpError, ValidationError, Http404, Refusal):
    api.add_exception_handler(_error, _answer)


def api_urls() -> tuple[list[URLPattern | URLResolver], str, str]:
    """Return the addresses of the API for `path()`: each behind the gate, what is no address told as a problem."""
    patterns: list[Any] = api.urls[0]
    methods: dict[str, set[str]] = {}
    for one in patterns:
        if one.name in ABOUT:
            methods.setdefault(str(one.pattern), set()).add(ABOUT[one.name].method)
    # By the first word, so that nobody's request is compared with hundreds of others.
    own: list[URLPattern] = []
    below: dict[str, list[URLPattern]] = {}
    for one in patterns:
        if one.name in ABOUT:
            head, divider, rest = str(one.pattern).partition("/")
            view = gated(one.callback, methods[str(one.pattern)])
            (below.setdefault(head, []) if divider else own).append(path(rest or head, view, name=one.name))
    found: list[URLPattern | URLResolver] = [*own]
    found += [path(f"{head}/", include(inside)) for head, inside in below.items()]
    openapi = path("openapi.json", openapi_json, name="openapi")
    return [*found, openapi, re_path(r"^(?P<rest>.*)$", nowhere, name="nowhere")], "api", "api"
