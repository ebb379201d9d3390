"""Settings: templates of letters; the mailbox of an installation that sends none."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.kit.actors import Actor
from voronka.kit.errors import Denied, Invalid, NotFound, Refusal
from voronka.kit.screens import actor_of, signed_in
from voronka.messaging import queries, services
from voronka.messaging.forms import TemplateForm
from voronka.messaging.models import Template
from voronka.messaging.permissions import EDIT_TEMPLATES
from voronka.messaging.services import preview, taken
from voronka.messaging.services.values import FIELDS, own_fields
from voronka.people import queries as people

# What is a list is put into a text as a loop over it.
LOOPS = {
    "basket.lines": "{% for line in basket.lines %}{{ line.name }} x {{ line.count }}\n{% endfor %}",
    "accessories.lines": (
        "{% for line in accessories.lines %}{{ line.name }}, {{ line.price }} {{ line.url }}\n{% endfor %}"
    ),
}


def field_words(actor: Actor) -> list[tuple[str, str]]:
    """Return the fields of a letter with their names for people, the company's own ones last."""
    names = {
        "client.name": _("client's name"),
        "client.first_name": _("client's first name"),
        "client.middle_name": _("client's patronymic"),
        "client.city": _("client's city"),
        "client.referral_link": _("client's link for friends"),
        "client.friend_code": _("promo code that the client got as a friend"),
        "deal.title": _("deal"),
        "deal.sum": _("sum of the deal"),
        "deal.stage": _("stage of the deal"),
        "manager.name": _("manager's name"),
        "company.name": _("our company"),
        "order.number": _("number of the order"),
        "order.total": _("sum of the order"),
        "order.url": _("page of the order"),
        "basket.sum": _("sum of the basket left on the site"),
        "basket.url": _("page of the basket"),
        "basket.lines": _("goods of the basket left on the site"),
        "accessories.lines": _("goods that go with what was bought"),
        "promo.code": _("code that an automation gives"),
        "promo.ends": _("till when the code works"),
    }
    named = [*((field, names.get(field, field)) for field in FIELDS), *own_fields(actor)]
    return [(LOOPS.get(field, f"{{{{ {field} }}}}"), name) for field, name in named]


@require_GET
@signed_in
def template_list(request: HttpRequest) -> HttpResponse:
    """List the templates in use."""
    actor_of(request).require(EDIT_TEMPLATES)
    context = {"templates": queries.list_templates(), "has_mailbox": not settings.MAIL_REACHES_PEOPLE}
    return render(request, "messaging/templates.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def template_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Make a template or change one; `act` preview shows it on a client and keeps nothing."""
    actor = actor_of(request)
    actor.require(EDIT_TEMPLATES)
    found = _found(public_id)
    if found is not None and found.kind == "blocks":
        return redirect("messaging:block-template", found.public_id)
    initial = {"name": found.name, "subject": found.subject, "body": found.body} if found else {}
    form = TemplateForm(request.POST if request.method == "POST" else None, initial=initial)
    context: dict[str, object] = {"form": form, "template": found, "fields": field_words(actor)}
    if request.method == "POST" and request.POST.get("act") == "preview":
        context["shown"] = _preview(actor, request)
    elif request.method == "POST" and _saved(actor, form, public_id):
        messages.success(request, _("Saved"))
        return redirect("messaging:templates")
    is_bad = form.is_bound and "shown" not in context
    return render(request, "messaging/template_edit.html", context, status=422 if is_bad else 200)


def _found(public_id: str) -> Template | None:
    found = queries.find_template(public_id) if public_id else None
    if public_id and found is None:
        raise NotFound(_("There is no such template."))
    return found


def _saved(actor: Actor, form: TemplateForm, public_id: str) -> bool:
    if not form.is_valid():
        return False
    typed = form.cleaned_data
    try:
        services.save_template(actor=actor, public_id=public_id or None, **typed)
    except Invalid as refusal:
        for name, message in refusal.fields.items():
            form.add_error(name if name in form.fields else None, message)
        return False
    return True


def _preview(actor: Actor, request: HttpRequest) -> dict[str, object]:
    """Return the letter on the asked client, the clients to choose from, or why it cannot be shown."""
    query, chosen = request.POST.get("q", "").strip()[:200], request.POST.get("client", "")[:12]
    found = people.find_clients(actor, query, most=6) if query else []
    client = found[0] if len(found) == 1 else None
    if client is None and chosen and not query:
        client = people.get_client(actor, chosen)
    shown: dict[str, object] = {"q": query, "client": client, "found": found if client is None else []}
    if client is None:
        return shown | {"nobody": not found}
    subject, body = request.POST.get("subject", "")[:1000], request.POST.get("body", "")[:40_000]
    try:
        letter = preview.preview_letter(actor=actor, subject=subject, body=body, client_id=client.pk)
    except Refusal as refusal:
        return shown | {"why": refusal.message}
    return shown | {"letter": letter}


@require_POST
@signed_in
def template_delete(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put a template away."""
    services.delete_template(actor=actor_of(request), public_id=public_id)
    messages.success(request, _("The template is put away; buttons that use it say so."))
    return redirect("messaging:templates")


@require_GET
@signed_in
def mailbox(request: HttpRequest) -> HttpResponse:
    """Show the letters to the company's clients that stayed on this machine; not there where letters really leave."""
    actor = actor_of(request)
    actor.require(EDIT_TEMPLATES)
    if people.hides_any(actor) or not all(actor.sees(code) for code in actor.limits if code.startswith("deal.")):
        raise Denied(_("Letters hold fields that your role may not see."))
    if settings.MAIL_REACHES_PEOPLE:
        raise NotFound(_("Letters leave by a mail server here: there is no local mailbox."))
    return render(request, "messaging/mailbox.html", {"letters": taken.list_taken(settings.MAILBOX)})
