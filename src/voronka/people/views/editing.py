"""Making and changing cards; the form keeps what was typed, whatever comes of it."""

import json
from typing import IO, Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.screens import actor_of, signed_in
from voronka.people import queries, services
from voronka.people.forms import SPARE_CONTACTS, ClientForm, initial_of, read_base, texts_of
from voronka.people.models import Client, CustomField
from voronka.people.permissions import CREATE_CLIENTS, EDIT_CLIENTS
from voronka.people.services import CardChanged
from voronka.people.services.words import field_name, match_words, warning_words

# Fields of a card by the inputs of its form, where they differ.
_INPUT_FIELDS = {
    "call_opens": "call_opens_minute",
    "call_closes": "call_closes_minute",
    "responsible": "responsible_id",
}


@signed_in
@require_http_methods(["GET", "POST"])
def client_add(request: HttpRequest) -> HttpResponse:
    """Make a card by hand; likely duplicates show while typing."""
    actor = actor_of(request)
    actor.require(CREATE_CLIENTS)
    data = request.POST if request.method == "POST" else None
    initial = {"name": request.GET.get("name", "")[:300], "contact_0": request.GET.get("phone", "")[:60]}
    form = ClientForm(data, actor=actor, known_fields=_typed_fields(actor), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                client = services.create_client(actor=actor, draft=form.draft(), now=timezone.now())
        except Invalid as wrong:
            form.refuse(wrong.fields, wrong.message)
        else:
            messages.success(request, _("Card made: %(name)s") % {"name": client.name})
            _warn(request, client)
            return redirect("people:client-detail", client.public_id)
    return render(request, "people/client_add.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
@require_POST
def duplicate_hint(request: HttpRequest) -> HttpResponse:
    """Show cards that may be the one being typed. Posted, so that names stay out of addresses and logs."""
    actor = actor_of(request)
    actor.require(CREATE_CLIENTS)
    form = ClientForm(request.POST, actor=actor)
    form.is_valid()
    found: list[Any] = []
    if not {"name"} & set(form.errors):
        draft = services.ClientDraft(
            kind=form.cleaned_data.get("kind", "person"),
            name=form.cleaned_data.get("name", ""),
            city=form.cleaned_data.get("city", ""),
            inn=form.cleaned_data.get("inn", ""),
            contacts=form.typed_contacts(),
        )
        found = services.likely_duplicates(actor=actor, draft=draft, client_id=_known(request))
    rows = [(one, ", ".join(match_words(sign) for sign in one.signs)) for one in found]
    return render(request, "people/_duplicates.html", {"found": rows})


def _known(request: HttpRequest) -> int | None:
    public_id = request.POST.get("client", "")
    return (
        Client.objects.filter(public_id=public_id).values_list("pk", flat=True).first()
        if public_id.isalnum()
        else None
    )


@signed_in
@require_http_methods(["GET", "POST"])
def client_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a card. When a colleague saved it meanwhile, both values show and nothing typed is lost."""
    actor = actor_of(request)
    client = queries.get_client(actor, public_id)
    queries.get_client_for(actor, EDIT_CLIENTS, client_id=client.pk)
    if request.method != "POST":
        return _form_page(request, client, _fresh_form(request, client), status=200)
    form = ClientForm(request.POST, request.FILES, actor=actor, known_fields=queries.fields_open(actor))
    if not form.is_valid():
        return _form_page(request, client, form, status=422, held=request.POST)
    base = read_base(request.POST.get("base", ""))
    touched = _touched(request.POST, base)
    try:
        with transaction.atomic():
            services.update_client(
                actor=actor,
                client_id=client.pk,
                changes=_changes(form, touched, _keep_files(request, client, form)),
                version=_version(request.POST),
                now=timezone.now(),
            )
    except CardChanged as conflict:
        return _conflict_page(request, client.public_id, conflict, touched)
    except Invalid as wrong:
        form.refuse(wrong.fields, wrong.message)
        return _form_page(request, client, form, status=422, held=request.POST)
    messages.success(request, _("Saved"))
    _warn(request, client)
    # Whoever sees his own clients only has perhaps just given this one away.
    if not queries.list_clients(actor).filter(pk=client.pk).exists():
        return redirect("people:client-list")
    return redirect("people:client-detail", public_id)


def _typed_fields(actor: Actor) -> list[CustomField]:
    """Return the fields of a card that is not made yet: a file needs its card first."""
    return [one for one in queries.fields_open(actor) if one.kind != CustomField.Kind.FILE]


def _fresh_form(request: HttpRequest, client: Client) -> ClientForm:
    actor = actor_of(request)
    initial = initial_of(services.draft_of(client, actor))
    rows = sum(1 for name in initial if name.startswith("contact_") and name.endswith("_kind"))
    return ClientForm(
        actor=actor,
        known_fields=queries.fields_open(actor),
        contacts=rows + SPARE_CONTACTS,
        initial=initial,
    )


def _form_page(
    request: HttpRequest,
    client: Client,
    form: ClientForm,
    *,
    status: int,
    held: QueryDict | None = None,
    notes: dict[str, str] | None = None,
    conflict: str = "",
) -> HttpResponse:
    base = held.get("base", "") if held is not None else _base(client, actor_of(request))
    context = {
        "client": client,
        "form": form,
        "base": base,
        "version": held.get("version", "") if held is not None else client.version,
        "notes": notes or {},
        "conflict": conflict,
    }
    return render(request, "people/client_edit.html", context, status=status)


def _base(client: Client, actor: Actor) -> str:
    return json.dumps(texts_of(initial_of(services.draft_of(client, actor))), ensure_ascii=False)


def _version(data: QueryDict) -> int:
    text = data.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _touched(data: QueryDict, base: dict[str, str]) -> set[str]:
    """Return the inputs that differ from what the form held when it was opened."""
    now = texts_of(data)
    names = (set(now) | set(base)) - {"csrfmiddlewaretoken", "version", "base", "client"}
    found = set()
    for name in names:
        if name.endswith("_kind") and not now.get(name.removesuffix("_kind")) and name not in base:
            continue  # the kind of an empty spare row
        if now.get(name, "").replace("\r\n", "\n").strip() != base.get(name, "").replace("\r\n", "\n").strip():
            found.add(name)
    return found


def _keep_files(request: HttpRequest, client: Client, form: ClientForm) -> dict[str, object]:
    """Keep the files that came and return them as values of their fields."""
    return {
        code: None
        if file is None
        else services.attach_file(
            actor=actor_of(request),
            client_id=client.pk,
            source=cast("IO[bytes]", file),  # an upload reads like a file of bytes
            name=file.name or "",
            content_type=file.content_type or "",
            now=timezone.now(),
        )
        for code, file in form.uploads().items()
    }


def _changes(form: ClientForm, touched: set[str], files: dict[str, object]) -> dict[str, object]:
    """Return the fields of the card that the person has touched."""
    values = form.values()
    wanted = {_INPUT_FIELDS.get(name, name) for name in touched if not name.startswith(("contact_", "field_"))}
    changes = {name: value for name, value in values.items() if name in wanted}
    if any(name.startswith("contact_") for name in touched):
        changes["contacts"] = values["contacts"]
    held = values["fields"]
    assert isinstance(held, dict)
    custom = {code: value for code, value in held.items() if f"field_{code}" in touched} | files
    if custom:
        changes["fields"] = custom
    return changes


def _conflict_page(request: HttpRequest, public_id: str, conflict: CardChanged, touched: set[str]) -> HttpResponse:
    """Show the form again: my values where I typed, the colleague's where I did not, both where we met."""
    actor = actor_of(request)
    client = queries.get_client(actor, public_id)
    fresh = texts_of(initial_of(services.draft_of(client, actor)))
    data = request.POST.copy()
    mine_contacts = any(name.startswith("contact_") for name in touched)
    base = read_base(request.POST.get("base", ""))
    notes: dict[str, str] = {}
    for name in sorted(set(fresh) | set(base)):
        theirs, was = fresh.get(name, ""), base.get(name, "")
        is_contact = name.startswith("contact_")
        if theirs == was:
            continue
        if name in touched or (is_contact and mine_contacts):
            if not name.endswith(("_kind", "_label")) or not is_contact:
                notes[name] = _("A colleague has saved here: «%(value)s»") % {"value": theirs or "—"}
        elif "\n" in theirs:
            data.setlist(name, theirs.split("\n"))
        else:
            data[name] = theirs
            notes[name] = _("Changed by a colleague")
    data["version"], data["base"] = str(client.version), json.dumps(fresh, ensure_ascii=False)
    form = ClientForm(data, actor=actor, known_fields=queries.fields_open(actor))
    form.is_valid()
    names = ", ".join(sorted({field_name(code) for code in conflict.changed if code != "zone_sure"}))
    text = conflict.message + (" " + _("Changed: %(fields)s.") % {"fields": names} if names else "")
    return _form_page(request, client, form, status=409, held=data, notes=notes, conflict=text)


def _warn(request: HttpRequest, client: Client) -> None:
    for code in services.warnings_about(client_id=client.pk):
        messages.warning(request, warning_words(code))
