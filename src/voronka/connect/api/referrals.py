"""Operations on the referral programme."""

import uuid
from collections.abc import Iterable
from typing import Annotated

from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.api.paging import bad_cursor, cursor_of, place_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import referrals as docs
from voronka.connect.schemas.common import Cursor, GivenMoment, IdInPath, Limit
from voronka.kit.actors import Actor
from voronka.kit.keyed import BadPlace
from voronka.loyalty.queries import referrals as queries
from voronka.loyalty.services import referral_payouts, referral_terms, referring
from voronka.people import queries as people

router = Router(tags=["referrals"])
SEE, SET_UP, REDEEM, PAY = "loyalty.see", "loyalty.set_up", "loyalty.redeem", "loyalty.pay"
VERDICTS = {"accept": "accept", "refuse": "refuse", "undo": "wait"}
Whose = Annotated[str, Query(max_length=40, description="Only of this client who brings friends.")]


@operation(
    router, "GET", "/terms", scope=scopes.REFERRALS_READ, answer=docs.ReferralTerms, right=SET_UP,
    summary=gettext_lazy("Get the terms of the referral programme"),
)  # fmt: skip
def get_referral_terms(request: ApiRequest) -> docs.ReferralTerms:
    """Return the terms; those of a company that has set none are off."""
    return docs.terms_out(queries.get_terms())


@operation(
    router, "PUT", "/terms", scope=scopes.REFERRALS_TERMS, answer=docs.ReferralTerms, right=SET_UP,
    summary=gettext_lazy("Set the terms of the referral programme"),
)  # fmt: skip
def set_referral_terms(request: ApiRequest, sent: docs.ReferralTermsGiven) -> docs.ReferralTerms:
    """Set all terms anew for friends who come from now on: what was promised before stays."""
    draft = referral_terms.TermsDraft(
        is_on=sent.is_on, percent=sent.percent, days=sent.days, cap=sent.cap, earned_by=sent.earned_by,
        gift=sent.gift or "", gift_days=sent.gift_days, page=sent.page, touch_days=sent.touch_days, pays=sent.pays,
        code_days=sent.code_days,
    )  # fmt: skip
    caller = request.auth
    referral_terms.save_terms(actor=caller.actor, draft=draft, now=caller.now, version=sent.version)
    return docs.terms_out(queries.get_terms())


@operation(
    router, "GET", "/payouts/due", scope=scopes.REFERRALS_READ, answer=docs.ReferralDueList, right=PAY,
    summary=gettext_lazy("List clients to whom something is to be paid out for their friends"),
)  # fmt: skip
def list_referral_dues(request: ApiRequest, limit: Limit = 50, cursor: Cursor = "") -> docs.ReferralDueList:
    """Return a page of clients who are owed something, with what they are owed."""
    actor = request.auth.actor
    place = place_of(cursor, {})
    if place and not (place.isascii() and place.isdecimal() and len(place) < 18):
        raise bad_cursor()
    rows, after = queries.owed_to(after=int(place or 0), size=limit)
    clients = _clients(actor, [pk for pk, _balance in rows])
    items = [docs.due_out(clients.get(pk), balance) for pk, balance in rows]
    return docs.ReferralDueList(items=items, next=cursor_of(str(after) if after else "", {}))


@operation(
    router, "GET", "/payouts", scope=scopes.REFERRALS_READ, answer=docs.ReferralPayoutList, right=PAY,
    summary=gettext_lazy("List what was paid out to clients for their friends"),
)  # fmt: skip
def list_referral_payouts(
    request: ApiRequest, client: Whose = "", limit: Limit = 50, cursor: Cursor = ""
) -> docs.ReferralPayoutList:
    """Return a page of payouts, the newest first."""
    actor, asked = request.auth.actor, {"client": client}
    client_id = people.get_client(actor, client).pk if client else None
    try:
        rows, after = queries.read_payouts(actor, client_id=client_id, place=place_of(cursor, asked), size=limit)
    except BadPlace as error:
        raise bad_cursor() from error
    clients = _clients(actor, [one.referrer_id for one in rows])
    return docs.ReferralPayoutList(
        items=[docs.payout_out(one, clients) for one in rows], next=cursor_of(after, asked)
    )


@operation(
    router, "POST", "/payouts", scope=scopes.REFERRALS_PAY, answer=docs.ReferralPayout, status=201, right=PAY,
    summary=gettext_lazy("Pay a client all that he is owed for his friends"),
)  # fmt: skip
def make_referral_payout(request: ApiRequest, sent: docs.ReferralPayoutGiven) -> docs.ReferralPayout:
    """Pay all that is owed, as the terms say: by a promo code of the sum, or noted as paid by hand."""
    caller = request.auth
    row = referral_payouts.pay_out(
        actor=caller.actor,
        client=sent.client,
        operation=uuid.uuid4(),
        now=caller.now,
        note=sent.note,
        agreed=sent.sum,
    )
    return docs.payout_out(row, _clients(caller.actor, [row.referrer_id]))


@operation(
    router, "GET", "/of/{client}", scope=scopes.REFERRALS_READ, answer=docs.ReferralAccount, right=SEE,
    summary=gettext_lazy("Get a client's link for friends and what they have earned for him"),
)  # fmt: skip
def get_referral_account(request: ApiRequest, client: IdInPath) -> docs.ReferralAccount:
    """Return a client's link, null where none was made, with his balance."""
    return _account(request.auth.actor, client)


@operation(
    router, "POST", "/of/{client}/link", scope=scopes.REFERRALS_WRITE, answer=docs.ReferralAccount, right=REDEEM,
    summary=gettext_lazy("Make a client's link for friends"),
)  # fmt: skip
def make_referral_link(request: ApiRequest, client: IdInPath) -> docs.ReferralAccount:
    """Make a client's link where he has none; he has one for good."""
    caller = request.auth
    row = people.get_client(caller.actor, client)
    referring.make_link(actor=caller.actor, client_id=row.pk, now=caller.now)
    return _account(caller.actor, client)


def _account(actor: Actor, client: str) -> docs.ReferralAccount:
    row = people.get_client(actor, client)
    code = queries.link_code(row.pk)
    balance = queries.balances([row.pk])[row.pk]
    return docs.account_out(row.public_id, code, queries.link_url(code) if code else "", balance)


@operation(
    router, "GET", "", scope=scopes.REFERRALS_READ, answer=docs.ReferralList, right=SEE,
    summary=gettext_lazy("List who brought whom"),
)  # fmt: skip
def list_referrals(
    request: ApiRequest,
    state: Annotated[docs.State | None, Query(description="Only those that stand so.", example="held")] = None,
    referrer: Whose = "",
    changed_since: Annotated[
        GivenMoment | None, Query(description="Only those that came, were held or judged, or earned since.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.ReferralList:
    """Return a page of referrals with what they came to."""
    actor = request.auth.actor
    asked = {"state": state or "", "referrer": referrer, "changed_since": str(changed_since)}
    ask = queries.Ask(
        state or "", people.get_client(actor, referrer).pk if referrer else None, place=place_of(cursor, asked),
        changed=changed_since,
    )  # fmt: skip
    try:
        rows, after = queries.read_page(actor, ask, size=limit)
    except BadPlace as error:
        raise bad_cursor() from error
    return docs.ReferralList(items=_referrals(actor, rows), next=cursor_of(after, asked))


@operation(
    router, "POST", "", scope=scopes.REFERRALS_WRITE, answer=docs.Referral, status=201, right=REDEEM,
    summary=gettext_lazy("Say by whose code a client was brought"),
)  # fmt: skip
def name_referral(request: ApiRequest, sent: docs.ReferralGiven) -> Reply:
    """Write down who brought a client, once and for all.

    What looks like one person is held; wrong codes are counted.
    """
    caller = request.auth
    friend = people.get_client(caller.actor, sent.friend)
    touch = referring.Touch(sent.code, caller.now)
    row = referring.refer(actor=caller.actor, touch=touch, friend_id=friend.pk, now=caller.now)
    [made] = _referrals(caller.actor, queries.with_sums([row]))
    return Reply(made, headers={"Location": f"/api/v1/referrals/{row.public_id}"})


@operation(
    router, "GET", "/{referral}", scope=scopes.REFERRALS_READ, answer=docs.Referral, right=SEE,
    summary=gettext_lazy("Get a referral"),
)  # fmt: skip
def get_referral(request: ApiRequest, referral: IdInPath) -> docs.Referral:
    """Return a referral with what it came to."""
    actor = request.auth.actor
    [found] = _referrals(actor, queries.with_sums([queries.get_referral(actor, referral)]))
    return found


@operation(
    router, "POST", "/{referral}/judge", scope=scopes.REFERRALS_PAY, answer=docs.Referral, right=PAY,
    summary=gettext_lazy("Accept a referral, refuse it, or take that back"),
)  # fmt: skip
def judge_referral(request: ApiRequest, referral: IdInPath, sent: docs.ReferralJudged) -> docs.Referral:
    """Judge a referral; judged so already, it stays."""
    caller = request.auth
    row = referring.judge(actor=caller.actor, public_id=referral, what=VERDICTS[sent.verdict], now=caller.now)
    [found] = _referrals(caller.actor, queries.with_sums([row]))
    return found


def _referrals(actor: Actor, rows: Iterable[queries.Row]) -> list[docs.Referral]:
    listed = list(rows)
    ids = [pk for one in listed for pk in (one.referral.referrer_id, one.referral.friend_id)]
    clients = _clients(actor, ids)
    return [docs.referral_out(one, clients) for one in listed]


def _clients(actor: Actor, ids: Iterable[int | None]) -> dict[int, str]:
    """Return the public ids of the clients that the actor may see; others are nobody to him."""
    rows = people.list_clients(actor).filter(pk__in={one for one in ids if one is not None})
    return dict(rows.values_list("pk", "public_id"))
