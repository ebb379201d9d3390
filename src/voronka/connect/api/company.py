"""Operations on the company itself: who acts, what lists can be asked for."""

from typing import Annotated, Literal

from django.utils.translation import gettext_lazy
from ninja import Path, Router

from voronka.accounts import queries as accounts
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import operation
from voronka.connect.rules import scopes
from voronka.connect.schemas import company as docs
from voronka.connect.schemas.common import Named
from voronka.kit import facets
from voronka.kit.actors import Reach, all_rights

me = Router(tags=["company"])
lists = Router(tags=["company"])


@operation(
    me,
    "GET",
    "",
    scope=scopes.COMPANY_READ,
    answer=docs.Me,
    summary=gettext_lazy("Show who acts, and what he may do"),
)
def get_me(request: ApiRequest) -> docs.Me:
    """Return the company, the employee, the scopes of the key and the rights of the moment."""
    caller, rules = request.auth, accounts.get_company_rules()
    actor = caller.actor
    names = ("name", "zone", "country", "currency", "language", "call_opens_minute", "call_closes_minute")
    ids = accounts.public_ids_of_employees([actor.person_id])
    words = {Reach.OWN: "own", Reach.TEAM: "team", Reach.ALL: "all"}
    return docs.Me(
        company=docs.Company(**{name: getattr(rules, name) for name in names}),
        employee=Named(id=ids[actor.person_id], name=actor.name),
        scopes=None if caller.scopes is None else sorted(caller.scopes),
        rights={one.code: words[reach] for one in all_rights() if (reach := actor.reach(one))},
    )


@operation(
    lists,
    "GET",
    "/{subject}",
    scope=scopes.COMPANY_READ,
    answer=docs.FacetList,
    summary=gettext_lazy("List what a list can be filtered and ordered by"),
)
def list_facets(
    request: ApiRequest, subject: Annotated[Literal["client", "deal", "variant", "document", "payment"], Path()]
) -> docs.FacetList:
    """Return the facets of clients, deals, goods (variants), documents, payments, with their choices if few."""
    found = []
    for code, one in facets.facets_of(subject, request.auth.actor).items():
        choices = None
        if one.options is not None:
            choices = [docs.Choice(value=value, words=str(words)) for value, words in one.options()]
        found.append(
            docs.Facet(
                code=code, name=str(one.name), kind=one.kind, sorts=one.expression is not None, choices=choices
            )
        )
    return docs.FacetList(items=found)
