"""Settings: whom the new deals of a pipeline go to, tried out on a real client."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from voronka.accounts import queries as accounts
from voronka.deals.forms import RuleForm, TryForm, take, typed
from voronka.deals.models import Pipeline
from voronka.deals.services import pipelines, share_rules, share_words
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.screens import actor_of, signed_in
from voronka.people import queries as people


@require_http_methods(["GET", "POST"])
@signed_in
def rules(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the rules of a pipeline in their order; take a new one; `client` tries them out on somebody."""
    actor = actor_of(request)
    pipeline = pipelines.get_pipeline(actor, public_id)
    form = RuleForm.of(None, typed(request))

    def add() -> None:
        share_rules.add_rule(actor=actor, pipeline_id=public_id, draft=form.draft())

    if request.method == "POST" and take(form, add):
        messages.success(request, _("Saved"))
        return redirect("deals:share-rules", public_id)
    context = {
        "pipeline": pipeline,
        "rows": _rows(pipeline, actor),
        "form": form,
        "tried": _tried(request, actor, pipeline),
        "try_form": TryForm(request.GET if "who" in request.GET else None),
    }
    return render(request, "deals/share_rules.html", context, status=422 if form.is_bound else 200)


def _rows(pipeline: Pipeline, actor: Actor) -> list[dict[str, object]]:
    found = share_rules.list_rules(pipeline)
    names = {one.pk: one.name for one in accounts.list_employees()}
    rows = []
    for at, one in enumerate(found):
        when, does = share_words.rule_words(one, names, actor)
        rows.append(
            {
                "rule": one,
                "when": when,
                "does": does,
                "before": at - 1 if at else None,
                "after": at + 1 if at + 1 < len(found) else None,
            }
        )
    return rows


def _tried(request: HttpRequest, actor: Actor, pipeline: Pipeline) -> dict[str, object] | None:
    """Return what the rules would decide for the client that was typed, None when nobody was."""
    form = TryForm(request.GET)
    text = request.GET.get("who", "").strip()
    if not text:
        return None
    if not form.is_valid():
        return {"why": _("Nobody is found. Type a part of the name or the end of the phone."), "who": ""}
    ids = people.search_clients(actor, text[:200], most=1)
    rows = people.client_rows(ids)
    if not rows:
        return {"why": _("Nobody is found. Type a part of the name or the end of the phone."), "who": ""}
    client = people.shown(actor, next(iter(rows.values())))
    try:
        decision = share_rules.try_out(
            actor=actor,
            pipeline_id=pipeline.public_id,
            client_id=client.public_id,
            channel=form.cleaned_data["channel"],
            amount=form.cleaned_data["amount"],
            now=datetime.now(UTC),
        )
    except NotFound as gone:
        return {"why": gone.message, "who": ""}
    names = {one.pk: one.name for one in accounts.list_employees()}
    titles = {one.pk: one.name for one in share_rules.list_rules(pipeline)}
    why, skipped = share_words.decision_words(decision, titles.get(decision.rule_id or 0, ""), names)
    return {"who": client.name, "why": why, "skipped": skipped}


@require_http_methods(["GET", "POST"])
@signed_in
def rule(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one rule and take its changes."""
    actor = actor_of(request)
    found = share_rules.get_rule(actor, public_id)
    form = RuleForm.of(found, typed(request))

    def change() -> None:
        share_rules.change_rule(actor=actor, rule_id=public_id, draft=form.draft())

    if request.method == "POST" and take(form, change):
        messages.success(request, _("Saved"))
        return redirect("deals:share-rules", found.pipeline.public_id)
    context = {"rule": found, "pipeline": found.pipeline, "form": form}
    return render(request, "deals/share_rule.html", context, status=422 if form.is_bound else 200)


@require_POST
@signed_in
def rule_move(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put a rule at another place."""
    text = request.POST.get("to", "")
    to = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    moved = share_rules.move_rule(actor=actor_of(request), rule_id=public_id, to=to)
    return redirect("deals:share-rules", moved.pipeline.public_id)


@require_POST
@signed_in
def rule_drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Delete a rule."""
    pipeline = share_rules.drop_rule(actor=actor_of(request), rule_id=public_id)
    messages.success(request, _("The rule is deleted."))
    return redirect("deals:share-rules", pipeline.public_id)
