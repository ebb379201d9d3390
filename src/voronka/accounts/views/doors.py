"""Ways in: signing in, the first company of an empty installation, invitations."""

from typing import cast

from allauth.account.views import login as allauth_login
from allauth.account.views import logout as allauth_logout
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from voronka.accounts import queries, services
from voronka.accounts.forms import JoinForm, StartForm, take, typed
from voronka.accounts.models import User
from voronka.kit.errors import NotFound

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LANGUAGES = {code for code, _name in settings.LANGUAGES}


def sign_in(request: HttpRequest) -> HttpResponse:
    """Show or take the form of signing in; an empty installation leads to its first company."""
    if request.method == "GET" and not queries.any_company():
        return redirect("accounts:start")
    return cast("HttpResponse", allauth_login(request))


def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; the browser drops the pages it holds, so that the way back shows nothing to the next person."""
    response = cast("HttpResponse", allauth_logout(request))
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = '"cache"'
    return response


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Found the first company; the page is not there once one exists."""
    if queries.any_company():
        raise NotFound(translation.gettext("This installation has its company already. Sign in."))
    form = StartForm(typed(request))
    made: list[tuple[int, int]] = []
    if request.method == "POST" and take(form, lambda: made.append(_found(form, request))):
        _enter(request, *made[0])
        return redirect("/")
    return render(request, "accounts/start.html", {"form": form}, status=422 if form.is_bound else 200)


def _found(form: StartForm, request: HttpRequest) -> tuple[int, int]:
    typed = form.cleaned_data
    return services.found_first_company(
        name=typed["name"],
        owner_email=typed["email"],
        password=typed["password"],
        owner_name=typed["owner_name"],
        zone=typed["zone"],
        language=request.LANGUAGE_CODE if request.LANGUAGE_CODE in LANGUAGES else "ru",
        now=timezone.now(),
    )


def _enter(request: HttpRequest, company_id: int, employee_id: int) -> None:
    """Sign the person of a place in, straight into it."""
    login(request, User.objects.get(pk=queries.user_of_place(company_id, employee_id)), backend=BACKEND)
    request.session["place"] = [company_id, employee_id]


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Take a place by invitation: choose a password, or sign in as the person it was sent to."""
    invitation = services.read_invitation(token, now=timezone.now())
    form = JoinForm(typed(request))
    if not invitation.needs_password:
        del form.fields["password"]
    user_id = request.user.pk if request.user.is_authenticated else None
    if request.method == "POST" and take(form, lambda: _join(form, token, user_id)):
        if invitation.needs_password:
            _enter(request, invitation.company_id, invitation.employee_id)
        else:
            request.session["place"] = [invitation.company_id, invitation.employee_id]
        return redirect("/")
    context = {"form": form, "invitation": invitation, "is_he": user_id == invitation.user_id}
    return render(request, "accounts/join.html", context, status=422 if form.errors else 200)


def _join(form: JoinForm, token: str, user_id: int | None) -> None:
    services.join(token=token, user_id=user_id, password=form.cleaned_data.get("password"), now=timezone.now())


def nowhere(request: HttpRequest) -> HttpResponse:
    """Tell somebody who has no place in any company."""
    if getattr(request, "actor", None) is not None:
        return redirect("/")
    if not request.user.is_authenticated:
        return redirect("account_login")
    return render(request, "accounts/nowhere.html", status=403)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the screens: of the person, or of the visitor's browser."""
    wanted = request.POST.get("language", "")
    response = redirect(_way_back(request))
    if request.user.is_authenticated:
        services.set_language(user_id=request.user.pk, language=wanted)
    elif wanted in LANGUAGES:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            wanted,
            max_age=365 * 24 * 3600,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
    return response


def _way_back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else "/"
