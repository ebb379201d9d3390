"""What a person sees and changes about himself."""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from voronka.accounts import queries, services
from voronka.accounts.forms import NameForm, take, typed
from voronka.accounts.models import User
from voronka.kit.screens import actor_of, signed_in, wants_fragment, wants_json


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "only behind signed_in"
    return request.user


@signed_in
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show the person himself: name, clock, companies, and the ways to his password and second factor."""
    actor, user = actor_of(request), _me(request)
    form = NameForm(
        typed(request),
        zone=actor.zone.key,
        initial={**queries.get_name(actor), "zone": actor.zone.key},
    )
    if request.method == "POST" and take(form, lambda: services.change_profile(actor=actor, **form.cleaned_data)):
        messages.success(request, _("Saved"))
        return redirect("accounts:profile")
    context = {
        "form": form,
        "places": queries.list_own_places(user.pk),
        "has_second_factor": is_mfa_enabled(user),
        "here": actor.company_id,
    }
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember the colours of the screens."""
    services.set_theme(user_id=_me(request).pk, theme=request.POST.get("theme", ""))
    if wants_fragment(request) or wants_json(request) or request.headers.get("Sec-Fetch-Dest") == "empty":
        return HttpResponse(status=204)
    return redirect("accounts:profile")


@require_POST
def place(request: HttpRequest) -> HttpResponse:
    """Go over to another company of one's own, also from one that lets nobody in from here."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    number = request.POST.get("place", "")
    request.session["place"] = list(
        services.choose_place(user_id=_me(request).pk, employee_id=int(number) if number.isdecimal() else 0)
    )
    return redirect("/")
