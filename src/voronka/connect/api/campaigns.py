"""Operations on campaigns: drafted, looked at, tried, started, paused, ended; what came of them and who got them.

What a person sees before he presses a program has to say: how many clients there may be, why it runs all the same.
"""

from typing import TYPE_CHECKING, Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.api.paging import before_of, cursor_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import campaigns as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.connect.schemas.messages import State
from voronka.kit.errors import Invalid, Refusal
from voronka.messaging.queries import campaigns as queries
from voronka.messaging.queries import touches
from voronka.messaging.services import campaigns as services
from voronka.messaging.services.campaigns import programs
from voronka.people import queries as people

if TYPE_CHECKING:
    from voronka.messaging.models import Campaign as CampaignRow

router = Router(tags=["campaigns"])
READ, WRITE, RUN_SCOPE = scopes.CAMPAIGNS_READ, scopes.CAMPAIGNS_WRITE, scopes.CAMPAIGNS_RUN
SEE, EDIT, RUN = "messaging.see_campaigns", "messaging.edit_campaigns", "messaging.run_campaigns"
_FIELDS = {"view": "saved_list", "template_1": "variants", "starts_at": "starts_at", "phone": "variant"}


@operation(
    router, "GET", "", scope=READ, answer=docs.CampaignList, right=SEE, summary=gettext_lazy("List campaigns"),
)  # fmt: skip
def list_campaigns(
    request: ApiRequest,
    state: Annotated[docs.CampaignState | None, Query()] = None,
    channel: Annotated[docs.CampaignChannel | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.CampaignList:
    """Return a page of campaigns, the newest first."""
    asked = {"state": state or "", "channel": channel or ""}
    rows = queries.list_campaigns(
        request.auth.actor, states=[state] if state else [], channel=channel or "",
        before=before_of(cursor, asked) or 0, limit=limit + 1,
    )  # fmt: skip
    shown = rows[:limit]
    texts = queries.variants_by_campaign([one.pk for one in shown])
    following = cursor_of(str(shown[-1].pk) if len(rows) > limit else "", asked)
    return docs.CampaignList(items=[docs.campaign_out(one, texts[one.pk]) for one in shown], next=following)


@operation(
    router, "GET", "/{campaign}", scope=READ, answer=docs.CampaignWhole, right=SEE,
    summary=gettext_lazy("Show a campaign and how far it is"),
)  # fmt: skip
def get_campaign(request: ApiRequest, campaign: IdInPath) -> docs.CampaignWhole:
    """Return a campaign; `asks_why` says why one that asks does not run."""
    return _whole(request, campaign)


@operation(
    router, "GET", "/{campaign}/results", scope=READ, answer=docs.CampaignResults, right=SEE,
    summary=gettext_lazy("Show what came of a campaign"),
)  # fmt: skip
def get_campaign_results(request: ApiRequest, campaign: IdInPath) -> docs.CampaignResults:
    """Return the figures of a campaign, of all of it and of each of its texts."""
    row = queries.get_campaign(request.auth.actor, campaign)
    return docs.results_out(queries.results_of(row), touches.by_cause("campaign", [row.pk])[row.pk])


@operation(
    router, "GET", "/{campaign}/check", scope=READ, answer=docs.CampaignCheck, right=SEE,
    summary=gettext_lazy("Ask what a campaign would come to"),
)  # fmt: skip
def check_campaign(request: ApiRequest, campaign: IdInPath) -> docs.CampaignCheck:
    """Judge the clients of its list as the gate would now; nothing is kept or sent."""
    actor = request.auth.actor
    row = queries.get_campaign(actor, campaign)
    return _checked(request, row)


@operation(
    router, "POST", "/{campaign}/check", scope=READ, answer=docs.CampaignCheck, right=SEE,
    summary=gettext_lazy("Have all recipients of a campaign judged"),
)  # fmt: skip
def judge_campaign(request: ApiRequest, campaign: IdInPath) -> docs.CampaignCheck:
    """Have all clients of its list judged in the background; ask by `check_campaign` till `all_at` is there."""
    caller = request.auth
    services.order_check(actor=caller.actor, public_id=campaign, now=caller.now)
    return _checked(request, queries.get_campaign(caller.actor, campaign))


@operation(
    router, "GET", "/{campaign}/recipients", scope=READ, answer=docs.RecipientList, right=SEE,
    summary=gettext_lazy("List the recipients of a campaign"),
)  # fmt: skip
def list_campaign_recipients(
    request: ApiRequest,
    campaign: IdInPath,
    state: Annotated[State | None, Query()] = None,
    code: Annotated[str, Query(max_length=30)] = "",
    variant: Annotated[int, Query(ge=0, le=4)] = 0,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.RecipientList:
    """Return a page of recipients, each with what became of his message and why."""
    actor, now, code = request.auth.actor, request.auth.now, code.replace("\0", "")
    asked = {"campaign": campaign, "state": state or "", "code": code, "variant": str(variant)}
    row = queries.get_campaign(actor, campaign)
    found = queries.list_recipients(
        row, state=state or "", code=code, variant=variant, after=before_of(cursor, asked) or 0, limit=limit + 1
    )
    shown = found[:limit]
    cards = people.list_clients(actor).filter(pk__in=[one.client_id for one in shown])
    names = dict(cards.values_list("id", "public_id"))
    items = [docs.recipient_out(one, names.get(one.client_id or 0), actor, now) for one in shown]
    following = cursor_of(str(shown[-1].pk) if len(found) > limit else "", asked)
    return docs.RecipientList(items=items, next=following)


@operation(
    router, "POST", "", scope=WRITE, answer=docs.CampaignWhole, status=201, right=EDIT,
    summary=gettext_lazy("Make a draft of a campaign"),
)  # fmt: skip
def add_campaign(request: ApiRequest, sent: docs.CampaignGiven) -> Reply:
    """Make a draft to a saved list, by one template or several; nothing goes before it is started."""
    return _made(request, _save(request, sent).public_id)


@operation(
    router, "PUT", "/{campaign}", scope=WRITE, answer=docs.CampaignWhole, right=EDIT,
    summary=gettext_lazy("Change a draft of a campaign"),
)  # fmt: skip
def change_campaign(request: ApiRequest, campaign: IdInPath, sent: docs.CampaignChange) -> docs.CampaignWhole:
    """Put a draft anew, whole; one that has begun or waits for its hour is changed no more.

    A list that was drawn up on a page gives way to the saved one that you name.
    """
    queries.get_campaign(request.auth.actor, campaign)
    _save(request, sent, public_id=campaign, version=sent.version)
    return _whole(request, campaign)


@operation(
    router, "POST", "/{campaign}/copy", scope=WRITE, answer=docs.CampaignWhole, status=201, right=EDIT,
    summary=gettext_lazy("Copy a campaign into a draft"),
)  # fmt: skip
def copy_campaign(request: ApiRequest, campaign: IdInPath) -> Reply:
    """Make a draft with the recipients and texts of a campaign, whatever became of that; it has no hour yet."""
    caller = request.auth
    return _made(request, services.copy_campaign(actor=caller.actor, public_id=campaign, now=caller.now).public_id)


@operation(
    router, "DELETE", "/{campaign}", scope=WRITE, status=204, right=EDIT,
    summary=gettext_lazy("Delete a draft of a campaign"),
)  # fmt: skip
def drop_campaign(request: ApiRequest, campaign: IdInPath) -> Reply:
    """Throw a draft away; of what went something stays known, so nothing else is deleted."""
    queries.get_campaign(request.auth.actor, campaign)
    services.delete_campaign(actor=request.auth.actor, public_id=campaign, now=request.auth.now)
    return Reply(None)


@operation(
    router, "POST", "/{campaign}/test", scope=WRITE, answer=docs.TestTold, right=EDIT,
    summary=gettext_lazy("Send a letter of a campaign to oneself"),
)  # fmt: skip
def test_campaign(request: ApiRequest, campaign: IdInPath, sent: docs.TestGiven) -> docs.TestTold:
    """Send a text, as this client would get it, to the address of the key's maker; it counts for nothing."""
    actor = request.auth.actor
    row = queries.get_campaign(actor, campaign)
    if row.channel != "email":
        raise Refusal(_("A program sends no SMS to try: a person does, to his own number."), code="people_only")
    client = people.get_client(actor, sent.client)
    address = services.send_test(actor=actor, row=row, client_id=client.pk, now=request.auth.now, number=sent.variant)
    return docs.TestTold(address=address)


@operation(
    router, "POST", "/{campaign}/start", scope=RUN_SCOPE, answer=docs.CampaignWhole, right=RUN,
    summary=gettext_lazy("Start a campaign, or let it wait for its hour"),
)  # fmt: skip
def start_campaign(request: ApiRequest, campaign: IdInPath, sent: docs.StartGiven) -> docs.CampaignWhole:
    """Start it if its list finds no more than `at_most` clients now; pressed again it starts once."""
    caller = request.auth
    programs.start_counted(actor=caller.actor, public_id=campaign, at_most=sent.at_most, now=caller.now)
    return _whole(request, campaign)


@operation(
    router, "POST", "/{campaign}/unschedule", scope=RUN_SCOPE, answer=docs.CampaignWhole, right=RUN,
    summary=gettext_lazy("Make a campaign that waits for its hour a draft again"),
)  # fmt: skip
def unschedule_campaign(request: ApiRequest, campaign: IdInPath) -> docs.CampaignWhole:
    """Take it off its hour: it is a draft again."""
    services.unschedule(actor=request.auth.actor, public_id=campaign, now=request.auth.now)
    return _whole(request, campaign)


@operation(
    router, "POST", "/{campaign}/pause", scope=RUN_SCOPE, answer=docs.CampaignWhole, right=RUN,
    summary=gettext_lazy("Pause a campaign"),
)  # fmt: skip
def pause_campaign(request: ApiRequest, campaign: IdInPath) -> docs.CampaignWhole:
    """Let nothing more go; what is being handed over at this moment still does."""
    services.pause(actor=request.auth.actor, public_id=campaign, now=request.auth.now)
    return _whole(request, campaign)


@operation(
    router, "POST", "/{campaign}/resume", scope=RUN_SCOPE, answer=docs.CampaignWhole, right=RUN,
    summary=gettext_lazy("Go on with a campaign"),
)  # fmt: skip
def resume_campaign(request: ApiRequest, campaign: IdInPath, sent: docs.ResumeGiven) -> docs.CampaignWhole:
    """Go on with a paused campaign; one that asks runs only where `confirm` names its `asks_why`.

    What came out of a backup a person decides about.
    """
    caller = request.auth
    programs.resume_named(actor=caller.actor, public_id=campaign, confirm=sent.confirm, now=caller.now)
    return _whole(request, campaign)


@operation(
    router, "POST", "/{campaign}/stop", scope=RUN_SCOPE, answer=docs.CampaignWhole, right=RUN,
    summary=gettext_lazy("Stop a campaign for good"),
)  # fmt: skip
def stop_campaign(request: ApiRequest, campaign: IdInPath) -> docs.CampaignWhole:
    """End it: what has not left does not go."""
    services.stop(actor=request.auth.actor, public_id=campaign, now=request.auth.now)
    return _whole(request, campaign)


def _save(
    request: ApiRequest, sent: docs.CampaignGiven, *, public_id: str | None = None, version: int | None = None
) -> "CampaignRow":
    hour = sent.hour.split(":") if sent.hour else None
    draft = services.CampaignDraft(
        name=sent.name, channel=sent.channel, traffic=sent.traffic, view=sent.saved_list, way=sent.way,
        variants=[services.VariantDraft(one.template, one.share) for one in sent.variants],
        starts_at=sent.starts_at, on_day=sent.on_day, minute=int(hour[0]) * 60 + int(hour[1]) if hour else None,
        a_minute=sent.a_minute, window_days=sent.window_days,
    )  # fmt: skip
    caller = request.auth
    try:
        return services.save_campaign(
            actor=caller.actor, draft=draft, now=caller.now, public_id=public_id, version=version
        )
    except Invalid as wrong:
        fields = {_FIELDS.get(name, name): words for name, words in wrong.fields.items()}
        raise Invalid(wrong.message, code=wrong.code, fields=fields) from wrong


def _checked(request: ApiRequest, row: "CampaignRow") -> docs.CampaignCheck:
    actor, now = request.auth.actor, request.auth.now
    found = services.check(actor=actor, row=row, now=now)
    return docs.check_out(found, services.find_check(actor, row, now=now))


def _made(request: ApiRequest, public_id: str) -> Reply:
    return Reply(_whole(request, public_id), headers={"Location": f"/api/v1/campaigns/{public_id}"})


def _whole(request: ApiRequest, public_id: str) -> docs.CampaignWhole:
    row = queries.get_campaign(request.auth.actor, public_id)
    far = queries.progress_of(row, request.auth.now) if row.started_at is not None else None
    return docs.whole_out(row, queries.variants_of(row), far)
