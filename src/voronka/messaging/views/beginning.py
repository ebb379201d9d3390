"""A letter from the client's card that begins a thread in a shared mailbox."""

import uuid
from datetime import UTC, datetime
from typing import BinaryIO, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, Refusal
from voronka.kit.screens import actor_of, signed_in
from voronka.messaging import queries
from voronka.messaging.permissions import TALK, WRITE
from voronka.messaging.queries.channels import list_mailboxes
from voronka.messaging.services.channels import beginning as services
from voronka.messaging.services.channels.beginning import BODY_LIMIT, MOST_AT_ONCE, MOST_MIB_AT_ONCE, SUBJECT_LIMIT
from voronka.messaging.services.chat.files import MOST_MIB
from voronka.people import queries as people

FIELDS = ("mailbox", "address", "subject", "body", "operation")


@require_http_methods(["GET", "POST"])
@signed_in
def begin(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write a letter that begins a thread; `act` preview shows it and sends nothing, to the script its part alone."""
    actor = actor_of(request)
    actor.require(TALK)
    client = people.get_client_for(actor, WRITE, client_id=people.get_client(actor, public_id).pk)
    context = _around(actor, client.pk) | _typed(request) | {"client": people.shown(actor, client)}
    if request.method == "GET":
        return render(request, "messaging/begin.html", context)
    is_look, is_part = request.POST.get("act") == "preview", request.headers.get("HX-Request") == "true"
    page = "messaging/_begin_shown.html" if is_look and is_part else "messaging/begin.html"
    try:
        if is_look:
            context["shown"] = services.preview_first(
                actor=actor, client_id=client.pk, mailbox=str(context["mailbox"]),
                subject=str(context["subject"]), body=str(context["body"]),
            )  # fmt: skip
            return render(request, page, context)
        talk = services.begin_letter(actor=actor, client_id=client.pk, letter=_letter(request), now=datetime.now(UTC))
    except Refusal as refusal:
        if refusal.status in {403, 404}:
            raise
        fields = refusal.fields if isinstance(refusal, Invalid) else {}
        context |= {"errors": fields, "why": "" if fields and not is_part else refusal.message}
        # A part of a page is put in only where it came as a success.
        return render(request, page, context, status=200 if is_look and is_part else 422)
    messages.success(request, _("The letter goes; the answer comes into this talk"))
    return redirect(f"{reverse('messaging:talk', args=[talk.public_id])}?tab=mine")


def _around(actor: Actor, client_id: int) -> dict[str, object]:
    """Return what may be chosen: mailboxes, addresses of the client, templates that are plain texts."""
    addresses = services.addresses_of(actor, client_id)
    templates = [one for one in queries.list_templates() if one.kind != "blocks"]
    limits = {"most": MOST_AT_ONCE, "mib": MOST_MIB, "all": MOST_MIB_AT_ONCE}
    return {
        "boxes": [(one.public_id, f"{one.name} · {one.settings['address']}") for one in list_mailboxes(actor)],
        "addresses": [(one, one) for one in addresses] if len(addresses) > 1 else [],
        "templates": [("", _("without a template")), *((one.public_id, one.name) for one in templates)],
        "file_help": _("Up to %(most)d files, %(mib)d MB each, %(all)d MB together.") % limits,
    }


def _typed(request: HttpRequest) -> dict[str, object]:
    """Return what stands in the form: what was typed, or the template that was chosen."""
    if request.method == "POST":
        return {name: request.POST.get(name, "")[: 2 * BODY_LIMIT] for name in FIELDS}
    found = queries.find_template(request.GET.get("template", "")[:12])
    found = found if found is not None and found.kind != "blocks" else None
    return {
        "template": found.public_id if found else "",
        "mailbox": request.GET.get("mailbox", "")[:12],
        "subject": found.subject if found else "",
        "body": found.body if found else "",
        "operation": str(uuid.uuid4()),
    }


def _letter(request: HttpRequest) -> services.FirstLetter:
    sent = request.POST
    try:
        operation = uuid.UUID(sent.get("operation", ""))
    except ValueError:
        why = _("The page is broken: reload it and try again.")
        raise Invalid(why, fields={"body": _("Reload the page.")}) from None
    # The stubs leave open what a file of a form reads from.
    files = [
        (cast("BinaryIO", one.file), one.name or "") for one in request.FILES.getlist("file")[: MOST_AT_ONCE + 1]
    ]
    return services.FirstLetter(
        sent.get("mailbox", "")[:20], sent.get("subject", "")[: SUBJECT_LIMIT + 1],
        sent.get("body", "")[: BODY_LIMIT + 1], operation, sent.get("address", "")[:254], files,
    )  # fmt: skip
