"""Operations on the settings of the company itself: name, clock, calling hours, modules, form, inbox."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Router

from voronka.accounts import queries as accounts
from voronka.accounts import services
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import operation
from voronka.connect.api.paging import before_of, cursor_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import company as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Named, named
from voronka.deals.services import guide
from voronka.kit import modules
from voronka.kit.actors import Actor, Reach
from voronka.kit.errors import Invalid
from voronka.kit.screens import place
from voronka.people import queries as people
from voronka.people import services as people_services

router = Router(tags=["company"])
SETS_UP = "kit.change_settings"
NAMES = ("name", "zone", "country", "currency", "language", "call_opens_minute", "call_closes_minute")


def _company(request: ApiRequest) -> docs.CompanySettings:
    rules = accounts.get_company_rules()
    off = set(accounts.list_modules_off())
    address = place("people:lead-form", rules.form_key)
    return docs.CompanySettings(
        is_led=rules.strict_feed,
        form_url=request.build_absolute_uri(address) if address else "",
        modules=[
            docs.Module(code=one.code, name=str(one.title), is_on=one.code not in off)
            for one in modules.all_modules()
        ],
        unused=accounts.list_unused(),
        **{name: getattr(rules, name) for name in NAMES},
    )


@operation(
    router,
    "GET",
    "",
    scope=scopes.SETTINGS_READ,
    answer=docs.CompanySettings,
    right=SETS_UP,
    summary=gettext_lazy("Show all settings of the company"),
)
def get_company(request: ApiRequest) -> docs.CompanySettings:
    """Return the settings of the company."""
    return _company(request)


@operation(
    router,
    "PATCH",
    "",
    scope=scopes.SETTINGS_WRITE,
    answer=docs.CompanySettings,
    summary=gettext_lazy("Change settings of the company"),
)
def change_company(request: ApiRequest, sent: docs.CompanyChanges) -> docs.CompanySettings:
    """Change what is sent."""
    actor = request.auth.actor
    given = {name: value for name, value in sent.model_dump().items() if value is not None}
    off, unused = given.pop("modules_off", None), given.pop("unused", None)
    if "is_led" in given:
        given["strict_feed"] = given.pop("is_led")
    services.change_company(actor=actor, changes=given)
    if off is not None or unused is not None:
        _require_known(off, unused)
        services.switch_modules(actor=actor, off=accounts.list_modules_off() if off is None else off, unused=unused)
    return _company(request)


def _require_known(off: list[str] | None, unused: list[str] | None) -> None:
    known = {"modules_off": {one.code for one in modules.all_modules()}, "unused": services.unusable_codes()}
    sent = {"modules_off": off or [], "unused": unused or []}
    wrong = {name: sorted(set(codes) - known[name]) for name, codes in sent.items()}
    said = _("There is no such code: %(names)s.")
    fields = {name: said % {"names": ", ".join(codes[:5])} for name, codes in wrong.items() if codes}
    if fields:
        raise Invalid(_("Look at the named fields."), fields=fields)


@operation(
    router,
    "POST",
    "/form-key",
    scope=scopes.SETTINGS_WRITE,
    answer=docs.CompanySettings,
    summary=gettext_lazy("Give the form of sites a new address; the old one takes nothing any more"),
)
def renew_form(request: ApiRequest) -> docs.CompanySettings:
    """Give the public form a new address."""
    services.renew_form_key(actor=request.auth.actor)
    return _company(request)


def _inbox(actor: Actor) -> docs.InboxSettings:
    sorts = actor.rights.get("people.sort_leads", Reach.NONE) is not Reach.NONE
    chosen = people.sorted_channels()
    return docs.InboxSettings(
        channels=[one for one in people_services.SORTED_CHANNELS if one in chosen],
        sources=list(people.sorted_sources()),
        blocked=[
            docs.Blocked(
                id=one.public_id,
                kind=one.kind,
                value=one.value,
                at=one.at,
                author=named(one.author.public_id, one.author.name) if one.author is not None else None,
            )
            for one in (people.list_blocked(actor) if sorts else [])
        ],
    )


@operation(
    router,
    "GET",
    "/inbox",
    scope=scopes.SETTINGS_READ,
    answer=docs.InboxSettings,
    right=SETS_UP,
    summary=gettext_lazy("Show which requests wait to be sorted, and who is blocked"),
)
def get_inbox_settings(request: ApiRequest) -> docs.InboxSettings:
    """Return the settings of the inbox."""
    return _inbox(request.auth.actor)


@operation(
    router,
    "PATCH",
    "/inbox",
    scope=scopes.SETTINGS_WRITE,
    answer=docs.InboxSettings,
    summary=gettext_lazy("Say which requests wait to be sorted"),
)
def change_inbox_settings(request: ApiRequest, sent: docs.InboxChanges) -> docs.InboxSettings:
    """Change what is sent."""
    actor = request.auth.actor
    sources = list(people.sorted_sources()) if sent.sources is None else sent.sources
    people_services.set_sources(actor=actor, sources=sources)
    if sent.channels is not None:
        for channel in people_services.SORTED_CHANNELS:
            people_services.set_channel(actor=actor, channel=channel, is_sorted=channel in sent.channels)
    return _inbox(actor)


@operation(
    router,
    "DELETE",
    "/blocked/{blocked}",
    scope=scopes.SETTINGS_WRITE,
    status=204,
    summary=gettext_lazy("Take from a blocked sender again"),
)
def unblock_sender(request: ApiRequest, blocked: IdInPath) -> None:
    """Take from a sender again."""
    people_services.unblock(actor=request.auth.actor, public_id=blocked, now=request.auth.now)


def _trades(request: ApiRequest) -> docs.TradeList:
    actor = request.auth.actor
    progress = guide.read_progress(actor, now=request.auth.now)
    items = [
        docs.Trade(
            code=one.code,
            name=one.title,
            about=one.about,
            stages=[stage.name for stage in one.stages],
            is_chosen=one.code == progress.trade,
        )
        for one in guide.offered_trades(actor)
    ]
    return docs.TradeList(items=items, may_change=progress.may_change)


@operation(
    router,
    "GET",
    "/trades",
    scope=scopes.SETTINGS_READ,
    answer=docs.TradeList,
    right=SETS_UP,
    summary=gettext_lazy("List the trades that the company may be set up for at once"),
)
def list_trades(request: ApiRequest) -> docs.TradeList:
    """Return the trades, and whether one may be chosen still."""
    return _trades(request)


@operation(
    router,
    "POST",
    "/trade",
    scope=scopes.SETTINGS_WRITE,
    answer=docs.TradeList,
    summary=gettext_lazy("Set the company up for a trade, before its first deal"),
)
def choose_trade(request: ApiRequest, sent: docs.TradeGiven) -> docs.TradeList:
    """Give the company the pipelines, buttons, fields, letters and hours of a trade; the same again changes nothing."""
    guide.choose_trade(actor=request.auth.actor, code=sent.trade, now=request.auth.now)
    return _trades(request)


@operation(
    router,
    "GET",
    "/exports",
    scope=scopes.SETTINGS_READ,
    answer=docs.TakenList,
    right="accounts.see_exports",
    summary=gettext_lazy("Read the log of what left the company as files"),
)
def list_exports(request: ApiRequest, cursor: Cursor = "") -> docs.TakenList:
    """Return a page of the log, newest first."""
    actor, key = request.auth.actor, {"exports": ""}
    page = accounts.list_exports(before=before_of(cursor, key))
    people_named = {one.pk: Named(id=one.public_id, name=one.name) for one in accounts.list_employees(active=False)}
    plain = ("at", "what", "columns", "rows", "format", "address")
    items = [
        docs.Taken(
            id=one.pk,
            employee=people_named.get(one.employee_id or 0),
            query=one.query.splitlines() if actor.sees_all else [],
            **{name: getattr(one, name) for name in plain},
        )
        for one in page.rows
    ]
    return docs.TakenList(items=items, next=cursor_of(str(page.before or ""), key))
