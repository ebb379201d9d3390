"""The editor of letters of blocks: the server answers each act, so it works by mouse, keys and finger alike."""

import json
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound, Refusal
from voronka.kit.files import file_response
from voronka.kit.framing import framed
from voronka.kit.models import StoredFile
from voronka.kit.screens import actor_of, signed_in
from voronka.kit.tenancy import company_context
from voronka.messaging import queries
from voronka.messaging.models import Template
from voronka.messaging.permissions import EDIT_TEMPLATES
from voronka.messaging.rules import blocks as rules
from voronka.messaging.rules.blocks import Block
from voronka.messaging.services import blocks as services
from voronka.messaging.services import pictures
from voronka.messaging.services.ready import ready_letters
from voronka.messaging.views.block_acts import ACTS, Desk, kind_words, read_desk
from voronka.messaging.views.letters import field_words
from voronka.people import queries as people

_ICONS = {
    "heading": "heading", "text": "align-left", "picture": "photo", "button": "hand-click", "columns": "columns",
    "divider": "minus", "product": "package", "order": "list", "accessories": "shopping-cart",
    "footer": "layout-bottombar",
}  # fmt: skip


@require_GET
@signed_in
def block_starts(request: HttpRequest) -> HttpResponse:
    """Show what a letter of blocks may begin with."""
    actor_of(request).require(EDIT_TEMPLATES)
    context = {"ready": list(ready_letters(accounts.get_company_rules().language).values())}
    return render(request, "messaging/block_starts.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def block_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Show the editor, and do one act: add, move, delete, take back, choose, save."""
    actor = actor_of(request)
    actor.require(EDIT_TEMPLATES)
    found = queries.find_template(public_id) if public_id else None
    if public_id and (found is None or found.kind != "blocks"):
        raise NotFound(_("There is no such template."))
    if request.method == "GET":
        return _page(request, actor, found, _first(request, found))
    desk = read_desk(request)
    act, _colon, what = request.POST.get("act", "").partition(":")
    if act == "save":
        saved = _saved(actor, desk, public_id)
        if saved is not None:
            messages.success(request, _("Saved"))
            to = reverse("messaging:block-template", args=[saved.public_id])
            return HttpResponseClientRedirect(to) if request.htmx else redirect(to)  # type: ignore[attr-defined]  # by its middleware
    elif act in ACTS:
        try:
            ACTS[act](request, actor, desk, what)
        except Invalid as refusal:
            desk.problems = {f"{desk.chosen}:{name}": said for name, said in refusal.fields.items()}
    return _page(request, actor, found, desk)


def _first(request: HttpRequest, found: Template | None) -> Desk:
    if found is not None:
        given = services.blocks_of(found)
        return Desk(found.name, found.subject, given, chosen=given[0]["id"] if given else "")
    ready = ready_letters(accounts.get_company_rules().language).get(request.GET.get("from", ""))
    if ready is not None:
        given = list(ready.blocks)
        return Desk(ready.title, ready.subject, given, chosen=given[0]["id"])
    given, chosen = rules.added(rules.clean([{"kind": "footer"}]), "text")
    return Desk("", "", given, chosen=chosen)


def _saved(actor: Actor, desk: Desk, public_id: str) -> Template | None:
    draft = services.BlocksDraft(desk.name, desk.subject, desk.blocks)
    try:
        return services.save_blocks(actor=actor, draft=draft, public_id=public_id or None)
    except Invalid as refusal:
        desk.problems = dict(refusal.fields)
        first = next((key for key in desk.problems if ":" in key), "")
        if first:
            desk.chosen = first.partition(":")[0]
        return None


# --- What is shown ------------------------------------------------------------------------------------------------


def _page(request: HttpRequest, actor: Actor, found: Template | None, desk: Desk) -> HttpResponse:
    words = kind_words()
    block = desk.block()
    query, client = _client(request, actor)
    context: dict[str, Any] = {
        "template": found,
        "desk": desk,
        "blocks_json": json.dumps(desk.blocks, ensure_ascii=False),
        "past_json": json.dumps(desk.past, ensure_ascii=False),
        "rows": _rows(desk, words),
        "kinds": [(kind, words[kind], _ICONS[kind]) for kind in rules.KINDS],
        "chosen": block,
        "chosen_name": words[block["kind"]] if block else "",
        "settings": _settings(desk, block) if block else [],
        "fields": field_words(actor),
        "query": query,
        "client": client,
        "client_name": people.name_shown(actor, client.name) if client else "",
        "labels": {
            "name": pgettext("of a thing", "Name"),
            "subject": _("Subject of the letter"),
        },
        "errors": {name: desk.problems.get(name, "") for name in ("name", "subject")},
        "has_text": block is not None
        and any(name in rules.SETTINGS[block["kind"]] for name in ("text", "left_text")),
        "width": request.POST.get("width", ""),
        "is_dark": "dark" in request.POST,
        "is_plain": "plain" in request.POST,
        "wrong": [said for key, said in desk.problems.items() if key == "blocks"],
        "is_wrong": bool(desk.problems),
    }
    name = "messaging/_blocks.html" if request.htmx else "messaging/block_edit.html"  # type: ignore[attr-defined]  # by its middleware
    status = 422 if desk.problems and not request.htmx else 200  # type: ignore[attr-defined]  # by its middleware
    return render(request, name, context, status=status)


def _rows(desk: Desk, words: dict[str, str]) -> list[dict[str, object]]:
    wrong = {key.partition(":")[0] for key in desk.problems}
    return [
        {
            "id": one["id"],
            "kind": words[one["kind"]],
            "icon": _ICONS[one["kind"]],
            "text": _summary(one),
            "is_chosen": one["id"] == desk.chosen,
            "is_wrong": one["id"] in wrong,
            "is_first": number == 0,
            "is_last": number == len(desk.blocks) - 1,
        }
        for number, one in enumerate(desk.blocks)
    ]


def _summary(one: Block) -> str:
    for name in ("name", "text", "alt", "left_text", "left_alt"):
        if one.get(name, "").strip():
            return " ".join(one[name].replace("**", "").split())[:60]
    return ""


def _settings(desk: Desk, block: Block) -> list[dict[str, object]]:
    """Return the settings of a block as the page draws them."""
    kept = [
        ("", pgettext("picture of a letter", "none")),
        *((one.public_id, one.name) for one in pictures.list_pictures()),
    ]
    made = []
    for name in rules.SETTINGS[block["kind"]]:
        look = "text"
        if name in rules.FILES:
            look = "file"
        elif name == "align":
            look = "align"
        elif name == "goods":
            look = "goods"
        elif name == "name":
            continue
        elif rules.SETTINGS[block["kind"]][name] == rules.TEXT:
            look = "long"
        made.append(
            {
                "name": name,
                "label": _label(block["kind"], name),
                "help": _help(block["kind"], name, look),
                "look": look,
                "value": block[name],
                "shown": block.get("name", "") if look == "goods" else "",
                "most": rules.SETTINGS[block["kind"]][name],
                "error": _wrong(desk, block["id"], name, look),
                "files": kept if look == "file" else [],
            }
        )
    return made


def _wrong(desk: Desk, block_id: str, name: str, look: str) -> str:
    said = desk.problems.get(f"{block_id}:{name}", "")
    return said or (desk.problems.get(f"{block_id}:upload", "") if look == "file" else "")


def _label(kind: str, name: str) -> str:
    words = {
        "text": _("Text"),
        "align": pgettext("of a text", "Aligned"),
        "file": _("Picture"),
        "alt": _("What the picture shows, in words"),
        "link": _("Link"),
        "button": _("Words on the button"),
        "goods": _("Product"),
        "left_file": _("Picture on the left"),
        "left_alt": _("What the left picture shows, in words"),
        "left_text": _("Text on the left"),
        "right_file": _("Picture on the right"),
        "right_alt": _("What the right picture shows, in words"),
        "right_text": _("Text on the right"),
        "left_button": _("Words on the left button"),
        "left_link": _("Link of the left button"),
        "right_button": _("Words on the right button"),
        "right_link": _("Link of the right button"),
    }
    if kind == "button" and name == "text":
        return words["button"]
    if kind == "order" and name == "text":
        return _("Words above the lines")
    if kind == "accessories" and name == "text":
        return _("Words above the goods")
    if kind == "footer" and name == "text":
        return _("More words below the requisites")
    return words[name]


def _help(kind: str, name: str, look: str) -> str:
    if look == "long":
        return _("**bold**, *italic*, [words](https://site.com); an empty line begins a paragraph.")
    if name in rules.LINKS:
        return _("Begins with https://; fields may stand behind the site.")
    if look == "file":
        return _("PNG, JPEG or WebP up to 2 MB.")
    return ""


def _client(request: HttpRequest, actor: Actor) -> tuple[str, Any]:
    """Return what was typed to find a client to look at the letter by, and the client; without words the newest."""
    query, chosen = request.POST.get("q", "").strip()[:200], request.POST.get("client", "")[:12]
    if query:
        found = people.find_clients(actor, query, most=2)
        return query, found[0] if found else None
    if chosen:
        try:
            return "", people.get_client(actor, chosen)
        except Refusal:
            return "", None
    return "", people.list_clients(actor).order_by("-id").first()


@require_POST
@signed_in
def block_preview(request: HttpRequest) -> HttpResponse:
    """Give the letter as its client would see it, for a frame where no script runs and from which nothing leads out."""
    actor = actor_of(request)
    actor.require(EDIT_TEMPLATES)
    desk, (_query, client) = read_desk(request), _client(request, actor)
    context: dict[str, object] = {}
    page = ""
    if client is None:
        context["why"] = _("Nobody is found by this.") if _query else _("There is no client yet to look at it by.")
    else:
        try:
            letter = services.preview_blocks(
                actor=actor, subject=desk.subject, blocks=desk.blocks, client_id=client.pk
            )
        except Refusal as refusal:
            context["why"] = refusal.message
        else:
            page = services.looked_at(letter.html, is_dark=request.POST.get("dark") == "yes")
            context |= {"text": letter.body} if request.POST.get("plain") == "yes" else {}
    return framed(render(request, "messaging/block_preview.html", context) if context else HttpResponse(page))


@require_safe
@transaction.non_atomic_requests
def letter_picture(request: HttpRequest, token: str) -> HttpResponseBase:
    """Give a picture to the reader of a letter: its signed address is the key."""
    found = pictures.company_of_picture(token)
    if found is None:
        raise Http404
    with company_context(found[0], origin="letter picture"), transaction.atomic():
        file = StoredFile.objects.filter(public_id=found[1]).first()
        if file is None:
            raise Http404
        answer = file_response(file)
    answer.headers["Cache-Control"] = "public, max-age=604800"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
