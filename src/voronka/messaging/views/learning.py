"""What the knowledge base may learn: proposals with their approval, questions without an answer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.kit.errors import Invalid
from voronka.kit.screens import actor_of, signed_in
from voronka.messaging.forms import ProposalForm
from voronka.messaging.permissions import SEE_ANSWERS
from voronka.messaging.queries import answers as queries
from voronka.messaging.services import answers as services
from voronka.messaging.views.knowledge import context_of, saved, typed


@signed_in
@require_GET
def learnt(request: HttpRequest) -> HttpResponse:
    """List the proposals that wait: all of them to whoever approves, else one's own."""
    actor = actor_of(request)
    context = context_of(actor, "learnt", rows=queries.list_learnt(actor))
    return render(request, "messaging/learnt.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Propose an answer for the knowledge base."""
    actor = actor_of(request)
    actor.require(SEE_ANSWERS)
    form = ProposalForm(request.POST if request.method == "POST" else None)

    def save() -> None:
        services.propose_answer(actor=actor, now=timezone.now(), **form.cleaned_data)

    if request.method == "POST" and saved(form, save):
        messages.success(request, _("Proposed: it is answered by it as soon as somebody approves."))
        return redirect("messaging:learnt")
    context = context_of(actor, "", form=form)
    return render(request, "messaging/propose.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def learnt_judge(request: HttpRequest, public_id: str) -> HttpResponse:
    """Approve a proposal with the words that stand in its fields, or refuse it."""
    actor, is_approved = actor_of(request), request.POST.get("what") == "approve"
    question, answer = typed(request, "question", 1_000), typed(request, "answer", 20_000)
    try:
        services.judge_answer(
            actor=actor,
            public_id=public_id,
            is_approved=is_approved,
            now=timezone.now(),
            question=question,
            answer=answer,
        )
    except Invalid as refusal:
        rows = queries.list_learnt(actor)
        for row in rows:
            if row.public_id == public_id:
                row.question, row.answer = question, answer
        context = context_of(actor, "learnt", rows=rows, wrong=public_id, why=refusal.message)
        return render(request, "messaging/learnt.html", context, status=422)
    messages.success(
        request, _("Approved: it is answered by it now.") if is_approved else _("The proposal is refused.")
    )
    return redirect("messaging:learnt")


@signed_in
@require_GET
def unanswered(request: HttpRequest) -> HttpResponse:
    """List the questions that nothing surely answers, the most asked first."""
    actor = actor_of(request)
    rows = [(row, round(row.score * 100)) for row in queries.list_unanswered(actor)]
    return render(request, "messaging/unanswered.html", context_of(actor, "unanswered", rows=rows))


@signed_in
@require_POST
def unanswered_act(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make a question a way to ask the `article`, or set it aside."""
    actor, article = actor_of(request), typed(request, "article", 40)
    if article:
        services.lead_to_article(actor=actor, public_id=public_id, article=article, now=timezone.now())
        messages.success(request, _("Added as a way to ask that answer."))
    else:
        services.set_aside(actor=actor, public_id=public_id)
        messages.success(request, _("Set aside"))
    return redirect("messaging:unanswered")
