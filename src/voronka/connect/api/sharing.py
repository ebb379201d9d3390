"""Operations on the rules of sharing: whom the new deals of a pipeline go to."""

from django.utils.translation import gettext_lazy
from ninja import Router

from voronka.accounts import queries as accounts
from voronka.connect.api.deals import ways
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.rules import scopes
from voronka.connect.schemas import sharing as docs
from voronka.connect.schemas.common import IdInPath, Named
from voronka.deals.services import pipelines, share_rules, share_words
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid

rules = Router(tags=["pipelines"])
SETS_UP = "deals.edit_buttons"


def _employees() -> dict[int, Named]:
    return {one.pk: Named(id=one.public_id, name=one.name) for one in accounts.list_employees()}


def _all(actor: Actor, pipeline_id: str) -> list[docs.ShareRule]:
    pipeline = pipelines.get_pipeline(actor, pipeline_id)
    people = _employees()
    names = {key: one.name for key, one in people.items()}
    where = Named(id=pipeline.public_id, name=pipeline.name)
    return [
        docs.rule_out(one, where, at, people, share_words.rule_words(one, names, actor))
        for at, one in enumerate(share_rules.list_rules(pipeline))
    ]


def _one(actor: Actor, public_id: str) -> docs.ShareRule:
    pipeline_id = share_rules.get_rule(actor, public_id).pipeline.public_id
    return next(one for one in _all(actor, pipeline_id) if one.id == public_id)


def _placed(wrong: Invalid, draft: share_rules.RuleDraft) -> Invalid:
    """Return a refusal with its places as the sender names them."""
    renamed = {"people": "employees"}
    renamed |= {f"value_{number}": f"asked.{code}" for number, code in enumerate(draft.asked, 1)}
    return Invalid(wrong.message, fields={renamed.get(place, place): words for place, words in wrong.fields.items()})


@operation(
    ways,
    "GET",
    "/{pipeline}/sharing",
    scope=scopes.SETTINGS_READ,
    answer=docs.ShareRuleList,
    right=SETS_UP,
    summary=gettext_lazy("List the rules of whom the new deals of a pipeline go to"),
)
def list_share_rules(request: ApiRequest, pipeline: IdInPath) -> docs.ShareRuleList:
    """Return the rules in their order."""
    return docs.ShareRuleList(items=_all(request.auth.actor, pipeline))


@operation(
    ways,
    "POST",
    "/{pipeline}/sharing",
    scope=scopes.SETTINGS_WRITE,
    answer=docs.ShareRule,
    status=201,
    summary=gettext_lazy("Add a rule of whom new deals go to"),
)
def add_share_rule(request: ApiRequest, pipeline: IdInPath, sent: docs.NewShareRule) -> Reply:
    """Put a rule at the end, or at a place."""
    actor, draft = request.auth.actor, docs.draft_in(sent)
    try:
        made = share_rules.add_rule(actor=actor, pipeline_id=pipeline, draft=draft)
    except Invalid as wrong:
        raise _placed(wrong, draft) from wrong
    if sent.place is not None:
        share_rules.move_rule(actor=actor, rule_id=made.public_id, to=sent.place)
    location = {"Location": f"/api/v1/share-rules/{made.public_id}"}
    return Reply(_one(actor, made.public_id), headers=location)


@operation(
    ways,
    "POST",
    "/{pipeline}/sharing/try",
    scope=scopes.SETTINGS_READ,
    answer=docs.ShareTried,
    summary=gettext_lazy("Try the rules out on a client, changing nothing"),
)
def try_sharing(request: ApiRequest, pipeline: IdInPath, sent: docs.ShareTry) -> docs.ShareTried:
    """Return whom a deal of the client would go to now, and why."""
    caller, people = request.auth, _employees()
    decision = share_rules.try_out(
        actor=caller.actor,
        pipeline_id=pipeline,
        client_id=sent.client,
        channel=sent.channel,
        amount=sent.sum,
        now=caller.now,
    )
    rows = share_rules.list_rules(pipelines.get_pipeline(caller.actor, pipeline))
    rule = next((one for one in rows if one.pk == decision.rule_id), None)
    names = {key: one.name for key, one in people.items()}
    why, skipped = share_words.decision_words(decision, rule.name if rule is not None else "", names)
    return docs.ShareTried(
        employee=people.get(decision.employee_id or 0),
        rule=rule.public_id if rule is not None else None,
        why=why,
        skipped=skipped,
    )


@operation(
    rules,
    "GET",
    "/{rule}",
    scope=scopes.SETTINGS_READ,
    answer=docs.ShareRule,
    right=SETS_UP,
    summary=gettext_lazy("Show a rule of whom new deals go to"),
)
def get_share_rule(request: ApiRequest, rule: IdInPath) -> docs.ShareRule:
    """Return a rule."""
    return _one(request.auth.actor, rule)


@operation(
    rules,
    "PATCH",
    "/{rule}",
    scope=scopes.SETTINGS_WRITE,
    answer=docs.ShareRule,
    summary=gettext_lazy("Change a rule of whom new deals go to, or its place"),
)
def change_share_rule(request: ApiRequest, rule: IdInPath, sent: docs.ShareRuleChanges) -> docs.ShareRule:
    """Change what is sent; whose turn it is stays."""
    actor = request.auth.actor
    if sent.place is not None:  # first: a move locks the pipeline, then its rules
        share_rules.move_rule(actor=actor, rule_id=rule, to=sent.place)
    share_rules.get_rule(actor, rule, lock=True)
    draft = docs.draft_in(sent, _one(actor, rule))
    try:
        share_rules.change_rule(actor=actor, rule_id=rule, draft=draft)
    except Invalid as wrong:
        raise _placed(wrong, draft) from wrong
    return _one(actor, rule)


@operation(
    rules,
    "DELETE",
    "/{rule}",
    scope=scopes.SETTINGS_WRITE,
    status=204,
    summary=gettext_lazy("Delete a rule of whom new deals go to"),
)
def drop_share_rule(request: ApiRequest, rule: IdInPath) -> None:
    """Delete a rule; deals that it gave stay where they are."""
    share_rules.drop_rule(actor=request.auth.actor, rule_id=rule)
