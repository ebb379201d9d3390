"""Pages of widgets: what there is and what came of it, one made and tried before a visitor sees it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.accounts import queries as accounts
from voronka.care import queries as care
from voronka.care.queries.surveys import surveys_for_site
from voronka.catalogue import queries as catalogue
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, Refusal
from voronka.kit.screens import actor_of, signed_in
from voronka.loyalty import queries as loyalty
from voronka.orders.queries.shop import get_shop_page
from voronka.site.models import Site, Stage
from voronka.site.permissions import SET_UP
from voronka.site.queries import widgets as queries
from voronka.site.queries.showings import reason_words
from voronka.site.rules import widgets as rules
from voronka.site.rules.stage import Rules
from voronka.site.services import trying
from voronka.site.services.ready import ready_widgets
from voronka.site.services.showing import stage_of
from voronka.site.services.widgets import (
    WidgetDraft,
    copy_widget,
    drop_widget,
    restore_widget,
    save_stage,
    save_widget,
    set_widget_on,
)
from voronka.site.views import row_forms
from voronka.site.views import widget_words as words

LONG = 200
MODULES = Path(__file__).resolve().parent.parent / "built" / "modules"
_MODULE = re.compile(r"[a-z]{2,20}")


@signed_in
@require_GET
def widget_list(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the widgets of a site with what came of each in a month; with `?archive=1` those put away."""
    actor, now = actor_of(request), timezone.now()
    site, is_archive = queries.get_site(actor, public_id), "archive" in request.GET
    rows = queries.list_widgets(actor, site, gone=is_archive)
    numbers, kinds = queries.numbers_of([one.pk for one in rows], now), words.kind_words()
    context = {
        "site": site,
        "rows": [
            {
                "widget": one, "kind": kinds.get(one.kind, one.kind), "icon": words.ICONS.get(one.kind, "message-2"),
                "rule": words.sentence(one), "numbers": numbers[one.pk],
            }
            for one in rows
        ],
        "currency": accounts.get_company_rules().currency,
        "may_set_up": actor.may(SET_UP),
        "is_archive": is_archive,
        "put_away": 0 if is_archive else queries.count_put_away(actor, site),
    }  # fmt: skip
    return render(request, "site/widget_list.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def widget_new(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what a widget may begin with, each as a visitor would see it (`?look=CODE`), and make one, switched off."""
    actor = actor_of(request)
    actor.require(SET_UP)
    site, ready = queries.get_site(actor, public_id), ready_widgets(actor.language)
    if request.method == "POST":
        chosen = ready.get(request.POST.get("ready", ""))
        if chosen is None:
            raise Invalid(_("Choose one of the list."))
        draft = WidgetDraft(kind=chosen.kind, name=chosen.name, content=chosen.content, rules=chosen.rules)
        row = save_widget(actor=actor, site=site.public_id, draft=draft, now=timezone.now())
        return redirect("site:widget", row.public_id)
    if "look" in request.GET:
        one = ready.get(request.GET["look"])
        if one is None:
            raise Http404
        return _as_seen(request, one.kind, one.content, site.pk)
    kinds = words.kind_words()
    groups = [
        {
            "name": kinds[kind],
            "icon": words.ICONS.get(kind, "message-2"),
            "ready": [one for one in ready.values() if one.kind == kind],
        }
        for kind in rules.KINDS
    ]
    return render(request, "site/widget_new.html", {"site": site, "groups": groups})


@signed_in
@require_http_methods(["GET", "POST"])
def widget(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a widget with its rules, its numbers and how it looks; save what is changed."""
    actor, now = actor_of(request), timezone.now()
    row = queries.get_widget(actor, public_id)
    content, shown = dict(row.content), dict(row.rules)
    problems: Mapping[str, str] = {}
    if request.method == "POST":
        shown = read_rule_fields(request.POST)
        content = dict(row.content) if row.trial_id else read_fields(row.kind, request.POST)
        draft = WidgetDraft(
            kind=row.kind, name=request.POST.get("name", "")[:LONG], content=bare_fields(content), rules=shown,
            is_on="is_on" in request.POST,
        )  # fmt: skip
        version = read_version(request.POST)
        try:
            if not row_forms.act_of(request.POST):
                save_widget(
                    actor=actor, site=row.site.public_id, draft=draft, now=now, public_id=public_id, version=version
                )
                messages.success(request, _("Saved"))
                return redirect("site:widget", public_id)
        except (Invalid, Conflict) as refusal:
            problems = {**refusal.fields, "": refusal.message}
        row.name, row.is_on = draft.name, draft.is_on
        if not problems and version is not None:
            row.version = (
                version  # an act on rows settles nothing: what a colleague has saved meanwhile is told of yet
            )
    numbers = queries.numbers_of([row.pk], now)[row.pk]
    context = {
        "widget": row,
        "site": row.site,
        "kind": words.kind_words().get(row.kind, row.kind),
        "fields": shown_fields(row.kind, content, problems),
        "rules": rule_context(shown, problems),
        "rule": words.sentence(row),
        "why": problems.get("", "") if not {one for one in problems if one} else _("Look at the marked places."),
        "problems": problems,
        "tabs": words.variant_tabs(row, at=0),
        "stats": _stats(numbers, actor),
        "answers_url": _answers_url(row.content, actor),
        "refused": _refused(numbers),
        "own_button": format_html('<button type="button" data-voronka-open="{}">{}</button>', public_id, row.name),
        # A scenario gives a code of its own.
        "lacks_code": row.rules.get("when") != "scenario" and rules.lacks_code(row.kind, row.content),
        "has_no_form": row.kind == "order" and not get_shop_page().is_on,
        "opens_itself": row.kind == "order",  # nobody meets an order form but by a button
    }
    return render(request, "site/widget.html", context, status=422 if problems else 200)


def _answers_url(content: Mapping[str, Any], actor: Actor) -> str:
    """Return where the answers stand to the survey that a widget asks; "" for who may not see them, or none."""
    survey = content.get("survey", "")
    if not survey or care.SEE_RIGHT not in actor.rights or survey not in dict(surveys_for_site()):
        return ""
    return f"{reverse('care:survey', args=[survey])}?channel=site"


def _stats(numbers: queries.Numbers, actor: Actor) -> list[dict[str, Any]]:
    """Return the funnel of a widget: each step with its share of what was shown."""
    lang, currency = actor.language, accounts.get_company_rules().currency

    def step(name: str, count: int) -> dict[str, Any]:
        share = f"{wording.number(round(100 * count / numbers.shown), lang)} %" if numbers.shown else ""
        return {"name": name, "value": wording.number(count, lang), "more": share}

    return [
        {"name": _("Shown in 30 days"), "value": wording.number(numbers.shown, lang)},
        step(pgettext("widget", "Closed"), numbers.closed),
        step(_("Acted"), numbers.acted),
        step(_("Bought in a week"), numbers.bought),
        {"name": _("For"), "value": wording.money(numbers.money, currency, lang)},
        {"name": _("Given away"), "value": wording.money(numbers.given, currency, lang)},
    ]


def _refused(numbers: queries.Numbers) -> list[tuple[str, int]]:
    said = reason_words()
    return sorted(((said.get(code, code), count) for code, count in numbers.refused.items()), key=lambda one: -one[1])


@signed_in
@require_POST
def widget_act(request: HttpRequest, public_id: str) -> HttpResponse:
    """Switch a widget on or off, copy it, put it into the archive, bring it back from there."""
    actor, now = actor_of(request), timezone.now()
    act = request.POST.get("act", "") or request.GET.get("act", "")  # the notice that takes an act back posts nothing
    site = queries.get_widget(actor, public_id, with_gone=act == "back").site.public_id
    if act in ("on", "off"):
        set_widget_on(actor=actor, public_id=public_id, is_on=act == "on", now=now)
    elif act == "copy":
        made = copy_widget(actor=actor, public_id=public_id, now=now)
        return redirect("site:widget", made.public_id)
    elif act == "drop":
        drop_widget(actor=actor, public_id=public_id, now=now)
        undo = f"{reverse('site:widget-act', args=[public_id])}?act=back"
        messages.success(request, _("Put into the archive"), extra_tags=undo)
    elif act == "back":
        made = restore_widget(actor=actor, public_id=public_id, now=now)
        messages.success(request, _("Back on the list, switched off"))
        return redirect("site:widget", made.public_id)
    else:
        raise Invalid(_("This cannot be done."))
    return redirect("site:widgets", site)


@signed_in
@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say how the widgets of a site look, and how often they come."""
    actor = actor_of(request)
    actor.require(SET_UP)
    site = queries.get_site(actor, public_id)
    stage = stage_of(site.pk)
    problems: Mapping[str, str] = {}
    if request.method == "POST":
        given, limits = _look_sent(request.POST), _limits_sent(request.POST)
        version = request.POST.get("version", "")
        try:
            save_stage(
                actor=actor, site=public_id, look=given, now=timezone.now(), most_per_visit=limits[0],
                gap_seconds=limits[1], version=int(version[:9]) if version.isdecimal() else None,
            )  # fmt: skip
        except (Invalid, Conflict) as refusal:
            problems = {**refusal.fields, "": refusal.message}
            stage.look, stage.most_per_visit, stage.gap_seconds = given, *limits
        else:
            messages.success(request, _("Saved"))
            return redirect("site:widgets", public_id)
    return render(request, "site/look.html", _look_context(site, stage, problems), status=422 if problems else 200)


def _look_sent(sent: QueryDict) -> dict[str, Any]:
    names = ("brand", "letters", "shade", "side")
    return {
        **{name: sent.get(name, "")[:20].lower() for name in names},
        "corners": sent.get("corners", "")[:4],
        "signed": "signed" in sent,
    }


def _limits_sent(sent: QueryDict) -> tuple[int, int]:
    most, gap = (sent.get(name, "")[:6] for name in ("most_per_visit", "gap_seconds"))
    return (int(most) if most.isdecimal() else -1, int(gap) if gap.isdecimal() else -1)


def _look_context(site: Site, stage: Stage, problems: Mapping[str, str]) -> dict[str, Any]:
    shown = {**rules.Look().model_dump(), **stage.look}
    return {
        "site": site, "look": shown, "stage": stage, "problems": problems, "why": problems.get("", ""),
        "letters": [("page", _("as on the site")), ("system", _("of the visitor's device"))],
        "shades": [("page", _("as the site is")), ("light", _("always light")), ("dark", _("always dark"))],
        "sides": [("right", _("in the right corner")), ("left", _("in the left corner"))],
    }  # fmt: skip


@signed_in
@require_POST
def widget_look(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a page on which the widget's own module shows what is typed, for a frame of the editor."""
    row = queries.get_widget(actor_of(request), public_id)
    return _as_seen(request, row.kind, bare_fields(read_fields(row.kind, request.POST)), row.site_id)


def _as_seen(request: HttpRequest, kind: str, content: Mapping[str, Any], site_id: int) -> HttpResponse:
    """Give a page on which the module of a kind shows a content in the look of its site, for a frame of ours."""
    why, show = "", {}
    try:
        show = trying.as_shown(kind, content, site_id, now=timezone.now())
    except Refusal as refusal:
        why = refusal.message
    look = rules.Look().model_dump() | stage_of(site_id).look
    context = {"show": {"show": show, "look": look}, "why": why}
    answer = render(request, "site/widget_look.html", context)
    answer["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'self'; require-trusted-types-for 'script'"
    )
    answer["X-Frame-Options"] = "SAMEORIGIN"
    answer["Cache-Control"] = "no-store"
    return answer


@require_GET
def widget_script(request: HttpRequest, name: str) -> HttpResponse:
    """Give a module as sites get it: the frame of the editor runs the very same."""
    path = MODULES / f"{name}.js"
    if not _MODULE.fullmatch(name) or not path.exists():
        raise Http404
    answer = HttpResponse(path.read_bytes(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


# --- What is typed ----------------------------------------------------------------------------------------------


def shown_fields(kind: str, content: Mapping[str, Any], problems: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the fields of a kind's content as the editor shows them."""
    names, choices = words.field_words(), words.choice_words()
    found = []
    for name, about in rules.KINDS[kind].model_fields.items():
        value: Any = content.get(name, about.default)
        type_ = about.annotation
        one = {"name": f"c-{name}", "label": names[name], "value": value, "why": _why(problems, f"content.{name}")}
        if name == "promo":
            one |= {"type": "select", "choices": [("", "—"), *loyalty.batches([str(value)])]}
        elif name == "survey":
            one |= {"type": "select", "choices": [("", "—"), *surveys_for_site()]}
        elif get_origin(type_) is Literal:
            one |= {"type": "select", "choices": [(each, choices[name][each]) for each in get_args(type_)]}
        elif type_ is bool:
            one |= {"type": "checkbox"}
        elif type_ is int:
            one |= {"type": "text", "numeric": True}
        elif name == "answers":
            one |= {"type": "textarea", "value": "\n".join(value) if isinstance(value, list) else value}
        elif name == "questions":
            one |= {"type": "questions", "rows": row_forms.shown_questions(value, problems)}
        elif name == "prizes":
            one |= {"type": "prizes", "rows": row_forms.shown_prizes(value, problems)}
        else:
            one |= {"type": "textarea" if name in ("text", "thanks", "consent", "result") else "text"}
        found.append(one)
    return found


def _why(problems: Mapping[str, str], place: str) -> str:
    return next((said for at, said in problems.items() if at == place or at.startswith(f"{place}.")), "")


def read_fields(kind: str, sent: QueryDict) -> dict[str, Any]:
    """Return the content that was typed, as it is, for the form; `bare_fields` is what the rules judge of it."""
    found: dict[str, Any] = {}
    for name, about in rules.KINDS[kind].model_fields.items():
        text = sent.get(f"c-{name}", "")[:8_000].replace("\0", "").replace("\r\n", "\n")
        if about.annotation is bool:
            found[name] = f"c-{name}" in sent
        elif name == "answers":
            found[name] = [line.strip() for line in text.split("\n") if line.strip()]
        elif name in ROWS:
            found[name] = ROWS[name](sent)
        else:
            found[name] = text.strip()
    return found


ROWS = {"questions": row_forms.read_questions, "prizes": row_forms.read_prizes}
BARE = {"questions": row_forms.bare_questions, "prizes": row_forms.bare_prizes}


def read_version(sent: QueryDict) -> int | None:
    """Return the version of a widget that stood in the form, None for none."""
    text = sent.get("version", "")[:9]
    return int(text) if text.isascii() and text.isdecimal() else None


def bare_fields(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a typed content without what only its form knows of its rows."""
    return {name: BARE[name](value) if name in BARE else value for name, value in content.items()}


def read_rule_fields(sent: QueryDict) -> dict[str, Any]:
    """Return the rules of showing that were typed."""
    names = ("when", "number", "visits", "client", "basket", "source", "campaign", "often", "days")
    found: dict[str, Any] = {name: sent.get(f"r-{name}", "")[:LONG].replace("\0", "").strip() for name in names}
    found["number"], found["days"] = found["number"] or 0, found["days"] or 7
    for name in ("paths", "but"):
        text = sent.get(f"r-{name}", "")[:8_000].replace("\0", "")
        found[name] = [line.strip() for line in text.splitlines() if line.strip()]
    found["goods"], found["never_after_closing"] = "r-goods" in sent, "r-never_after_closing" in sent
    found["devices"] = [one[:20] for one in sent.getlist("r-devices")[:3]]
    found["categories"] = [one[:20] for one in sent.getlist("r-categories")[:20] if one]
    return found


def rule_context(shown: Mapping[str, Any], problems: Mapping[str, str]) -> dict[str, Any]:
    """Return the rules as the sentence with its choices shows them."""
    held = {**Rules().model_dump(), **shown}
    whom = words.whom_words()
    return {
        "held": held,
        "when": list(words.when_words().items()),
        "often": list(words.often_words().items()),
        "visits": list(whom["visits"].items()),
        "client": list(whom["client"].items()),
        "basket": list(whom["basket"].items()),
        "devices": [(code, name, code in held["devices"]) for code, name in words.device_words().items()],
        "categories": [(code, name, code in held["categories"]) for code, name in catalogue.category_names()[:500]],
        "paths": "\n".join(held["paths"]),
        "but": "\n".join(held["but"]),
        "why": {name: _why(problems, f"rules.{name}") for name in Rules.model_fields},
    }
