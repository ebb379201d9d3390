"""The client's own page of a survey. Who has the link is the client; looking changes nothing, only a press does."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from voronka.accounts import queries as accounts
from voronka.care.services.answering import Page, closed_words, get_page, respond
from voronka.care.services.links import find_invitation
from voronka.care.services.texts import rating_words
from voronka.kit.errors import NotFound, Refusal
from voronka.kit.public_pages import LANGUAGES, is_over, language_of, private, refused
from voronka.kit.tenancy import company_context

MOST_NAMES = 60
PAGE = "survey-page"  # as limits count it


@csrf_exempt  # the link itself is the key: no cookie gives anybody anything here
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show the survey, or keep what is answered; wrong links are all answered in the same words."""
    with translation.override(language_of(request)):
        what = "act" if request.method == "POST" else "look"
        if is_over(PAGE, request, what) or is_over(PAGE, request, "wrong", counts=False):
            return refused(request, 429, _("Too many requests from one place. Wait a little and try again."))
        found = find_invitation(token)
        if found is None:
            is_over(PAGE, request, "wrong")
            return refused(request, 404, _("The link is wrong or holds no more."))
        company_id, invitation_id = found
        with company_context(company_id, origin="survey page"):
            try:
                if request.method == "POST":
                    return private(_kept(request, token, invitation_id))
                return private(_show(request, token, get_page(invitation_id, now=timezone.now())))
            except NotFound:
                return refused(request, 404, _("The link is wrong or holds no more."))


def _kept(request: HttpRequest, token: str, invitation_id: int) -> HttpResponse:
    now, stars = timezone.now(), request.POST.get("rating", "")
    answers = {
        name.removeprefix("a-"): [value.replace("\0", "")[:4_000] for value in request.POST.getlist(name)[:20]]
        for name in list(request.POST)[:MOST_NAMES]
        if name.startswith("a-")
    }
    is_answering = bool(answers) or request.POST.get("what") == "answers"
    try:
        respond(
            invitation_id, now=now, rating=int(stars) if stars in ("1", "2", "3", "4", "5") else None,
            answers=answers if is_answering else None,
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refusal:
        return _show(request, token, get_page(invitation_id, now=now), why=refusal.message, status=refusal.status)
    lang = f"&lang={request.GET['lang']}" if request.GET.get("lang") in LANGUAGES else ""
    answer = redirect(f"{reverse('care:page', args=[token])}?done={'all' if is_answering else 'stars'}{lang}")
    answer.status_code = 303
    return answer


def _show(request: HttpRequest, token: str, found: Page, *, why: str = "", status: int = 200) -> HttpResponse:
    lang, response = language_of(request), found.response
    rating = response.rating if response is not None else None
    pointed = request.GET.get("r", "")
    chosen = rating or (int(pointed) if pointed in ("1", "2", "3", "4", "5") else None)
    is_rated = not found.asks_rating or rating is not None
    # A star of the letter pressed anew means that it is to be changed.
    again = "again" in request.GET or (rating is not None and pointed.isascii() and pointed not in ("", str(rating)))
    if again and pointed in ("1", "2", "3", "4", "5"):
        chosen = int(pointed)
    words = rating_words()
    context: dict[str, Any] = {  # plain values for the template
        "company": accounts.get_company_rules().name,
        "lang": lang,
        "other": "en" if lang == "ru" else "ru",
        "token": token,
        "ask": found.version.ask,
        "asks_stars": found.asks_rating and (not is_rated or again) and not found.closed,
        "stars": [(one, words[one]) for one in (5, 4, 3, 2, 1)],
        "chosen": chosen,
        "chosen_words": words.get(chosen or 0, ""),
        "rating": rating,
        "rating_words": words.get(rating or 0, ""),
        "is_done": request.GET.get("done") == "all" and response is not None,
        "has_answered": response is not None,
        "thanks": found.version.thanks or _("Thank you: it helps."),
        "closed": closed_words(found.closed) if found.closed else "",
        "questions": _questions(found) if is_rated and not again and not found.closed else [],
        "why": why,
    }
    return render(request, "care/client/page.html", context, status=status)


def _questions(found: Page) -> list[dict[str, Any]]:
    """Return the questions that fit, with what was answered."""
    said = found.response.answers if found.response is not None else {}
    rows = []
    for one in found.questions:
        answer = said.get(one.key)
        picked = answer if isinstance(answer, list) else [answer]
        rows.append(
            {
                "name": f"a-{one.key}",
                "text": one.text,
                "kind": one.kind,
                "options": [(str(number), words, words in picked) for number, words in enumerate(one.options)],
                "said": answer if isinstance(answer, str) and one.kind == "text" else "",
            }
        )
    return rows
