"""The knowledge base: the list with the try-out box, an answer, what is done with it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, Refusal
from voronka.kit.pieces import Tab
from voronka.kit.screens import actor_of, signed_in
from voronka.messaging.forms import ArticleForm, SynonymsForm
from voronka.messaging.models import Article
from voronka.messaging.permissions import EDIT_ANSWERS, SEE_ANSWERS
from voronka.messaging.queries import answers as queries
from voronka.messaging.services import answers as services


def context_of(actor: Actor, here: str, **more: Any) -> dict[str, Any]:
    """Return what every page of the knowledge base shows: the ways between its pages, with what waits there."""
    waiting, unanswered = queries.waiting_counts(actor)
    may_edit = actor.may(EDIT_ANSWERS)
    ways = [("answers", _("Answers"), 0), ("synonyms", _("Synonyms"), 0), ("learnt", _("To approve"), waiting)]
    if may_edit:
        ways.append(("unanswered", _("Without an answer"), unanswered))
    tabs = [
        Tab(f"{name} · {count}" if count else name, reverse(f"messaging:{code}"), active=code == here)
        for code, name, count in ways
    ]
    return {"tabs": tabs, "may_edit": may_edit, **more}


def saved(form: forms.Form, act: Callable[[], object]) -> bool:
    """Do an act with a form that is valid; what the service finds wrong goes to its fields."""
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            act()
    except Invalid as refusal:
        for name, message in (refusal.fields or {"": refusal.message}).items():
            form.add_error(name if name in form.fields else None, message)
        return False
    except Refusal as refusal:
        if refusal.code != "stale":
            raise
        form.add_error(None, refusal.message)
        return False
    return True


def typed(request: HttpRequest, name: str, most: int) -> str:
    """Return what the address or the form says under a name, cut."""
    return str((request.POST if request.method == "POST" else request.GET).get(name, ""))[:most].replace("\0", "")


@signed_in
@require_GET
def answer_list(request: HttpRequest) -> HttpResponse:
    """List the answers; `q` narrows them, `ask` tries a question out and notes nothing."""
    actor = actor_of(request)
    text, ask, after = (
        typed(request, "q", 200).strip(),
        typed(request, "ask", 500).strip(),
        typed(request, "after", 5),
    )
    begin = int(after) if after.isascii() and after.isdecimal() else 0
    page = queries.list_articles(actor, text=text, after=begin)
    said = services.try_question(actor=actor, question=ask) if ask else None
    shares = [(found, round(found.score * 100)) for found in said.nearest] if said else []
    context = context_of(actor, "answers", page=page, text=text, ask=ask, said=said, shares=shares)
    return render(request, "messaging/answers.html", context)


def _initial(article: Article | None, request: HttpRequest) -> dict[str, Any]:
    if article is None:
        return {"title": typed(request, "title", 500), "unanswered": typed(request, "unanswered", 40)}
    return {
        "title": article.title,
        "questions": "\n".join(article.questions),
        "answer": article.answer,
        "version": article.version,
    }


@signed_in
@require_http_methods(["GET", "POST"])
def answer_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Write an answer or change one; to whoever may not, it is shown only."""
    actor = actor_of(request)
    article = queries.get_article(actor, public_id) if public_id else None
    if article is None or request.method == "POST":
        actor.require(EDIT_ANSWERS)
    form = ArticleForm(request.POST if request.method == "POST" else None, initial=_initial(article, request))

    def save() -> None:
        given = form.cleaned_data
        draft = services.ArticleDraft(
            given["title"],
            given["answer"],
            [line for line in given["questions"].splitlines() if line.strip()],
            is_on=article.is_on if article else True,
        )
        services.save_article(
            actor=actor,
            draft=draft,
            now=timezone.now(),
            public_id=public_id,
            version=given["version"],
            unanswered=given["unanswered"],
        )

    if request.method == "POST" and saved(form, save):
        messages.success(request, _("Saved"))
        return redirect("messaging:answers")
    context = context_of(actor, "", form=form, article=article)
    return render(request, "messaging/answer.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def answer_switch(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let an answer be given, or not."""
    is_on = request.POST.get("what") == "on"
    services.switch_article(actor=actor_of(request), public_id=public_id, is_on=is_on, now=timezone.now())
    messages.success(request, _("The answer is given again.") if is_on else _("The answer is not given any more."))
    return redirect("messaging:answer", public_id)


@signed_in
@require_POST
def answer_delete(request: HttpRequest, public_id: str) -> HttpResponse:
    """Delete an answer."""
    services.delete_article(actor=actor_of(request), public_id=public_id)
    messages.success(request, _("Deleted"))
    return redirect("messaging:answers")


@signed_in
@require_http_methods(["GET", "POST"])
def synonyms(request: HttpRequest) -> HttpResponse:
    """List the words that mean the same; a posted set is kept, `id` changes one, `what` delete takes it away."""
    actor = actor_of(request)
    actor.require(EDIT_ANSWERS if request.method == "POST" else SEE_ANSWERS)
    public_id = typed(request, "id", 40)
    if request.method == "POST" and request.POST.get("what") == "delete":
        services.delete_synonyms(actor=actor, public_id=public_id)
        messages.success(request, _("Deleted"))
        return redirect("messaging:synonyms")
    form = SynonymsForm(request.POST if request.method == "POST" else None)

    def save() -> None:
        words = form.cleaned_data["words"].replace(",", " ").split()
        services.save_synonyms(actor=actor, words=words, public_id=public_id)

    if request.method == "POST" and saved(form, save):
        messages.success(request, _("Saved"))
        return redirect("messaging:synonyms")
    words, why = (
        (typed(request, "words", 1_000), " ".join(map(str, form.errors.get("words", []))))
        if form.errors
        else ("", "")
    )
    rows = [
        (one, words, why) if one.public_id == public_id else (one, ", ".join(one.words), "")
        for one in queries.list_synonyms(actor)
    ]
    new = {} if public_id else {"new_words": words, "new_error": why}
    context = context_of(actor, "synonyms", rows=rows, **new)
    return render(request, "messaging/synonyms.html", context, status=422 if form.errors else 200)
