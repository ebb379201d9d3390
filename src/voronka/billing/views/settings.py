"""Settings of documents: requisites and accounts, numbers, own texts."""

from datetime import UTC, datetime
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from voronka.billing import services
from voronka.billing.models import Account, PaperTemplate, Requisites, Series, SeriesYear
from voronka.billing.permissions import SET_UP
from voronka.billing.queries import documents
from voronka.billing.rules.docx import MOST_BYTES
from voronka.billing.rules.numbers import written
from voronka.billing.services import RequisitesDraft
from voronka.billing.services.requisites import PICTURES
from voronka.billing.services.templates import FIELDS
from voronka.billing.views.words import kind_names, posted, read_day, vat_names
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.files import file_response, get_file
from voronka.kit.screens import actor_of, signed_in

_COLUMNS = ("name", "inn", "kpp", "ogrn", "okpo", "address", "city", "phone", "director", "director_post", "acting",
            "accountant", "warning", "terms")  # fmt: skip


@require_http_methods(["GET"])
@signed_in
def requisites_list(request: HttpRequest) -> HttpResponse:
    """Show the own requisites with their accounts."""
    actor = actor_of(request)
    actor.require(SET_UP)
    accounts: dict[int, list[Account]] = {}
    for one in documents.list_accounts():
        accounts.setdefault(one.requisites_id, []).append(one)
    rows = [(one, accounts.get(one.pk, [])) for one in documents.list_requisites()]
    return render(request, "billing/requisites_list.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@signed_in
def requisites_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Add own requisites or change them."""
    actor = actor_of(request)
    actor.require(SET_UP)
    row = _found(public_id) if public_id else None
    typed: dict[str, object] = {name: getattr(row, name) for name in _COLUMNS} if row else {}
    typed |= {
        "is_trader": row.is_trader, "ogrn_on": row.ogrn_on.isoformat() if row.ogrn_on else "", "vat": row.vat,
        "with_tax": row.prices_with_tax, "pay_days": row.pay_days, "is_default": row.is_default,
    } if row else {"vat": "none", "with_tax": True, "pay_days": 5}  # fmt: skip
    problems: dict[str, str] = {}
    if request.method == "POST":
        sent = posted(request)
        typed = dict(sent.items()) | {name: name in sent for name in ("is_trader", "with_tax", "is_default")}
        try:
            days = sent.get("pay_days", "")
            draft = RequisitesDraft(
                texts={name: str(value) for name, value in sent.items()},
                is_trader="is_trader" in sent,
                ogrn_on=read_day(sent, "ogrn_on", empty=None),
                vat=sent.get("vat", ""),
                prices_with_tax="with_tax" in sent,
                pay_days=int(days) if days.isascii() and days.isdecimal() and len(days) < 5 else -1,
                is_default="is_default" in sent,
            )
            saved = services.save_requisites(actor=actor, draft=draft, public_id=public_id or None)
        except Invalid as wrong:
            problems = dict(wrong.fields)
        else:
            messages.success(request, _("Saved"))
            return redirect("billing:requisites-one", saved.public_id)
    names = {"logo": _("Logo"), "stamp": _("Stamp"), "sign_director": _("Signature of the head"),
             "sign_accountant": _("Signature of the accountant")}  # fmt: skip
    context = {
        "row": row,
        "typed": typed,
        "problems": problems,
        "rates": list(vat_names().items()),
        "accounts": list(Account.objects.filter(requisites=row, is_active=True)) if row else [],
        "pictures": [(slot, names[slot], bool(getattr(row, slot))) for slot in PICTURES] if row else [],
    }
    return render(request, "billing/requisites_edit.html", context, status=422 if problems else 200)


def _found(public_id: str) -> Requisites:
    found = Requisites.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There are no such requisites."))
    return found


@require_POST
@signed_in
def account_add(request: HttpRequest, public_id: str) -> HttpResponse:
    """Add a bank account of own requisites."""
    sent = posted(request)
    services.save_account(
        actor=actor_of(request), requisites_id=public_id, bank=sent.get("bank", "")[:500], bik=sent.get("bik", "")[:50],
        number=sent.get("number", "")[:50], corr_account=sent.get("corr_account", "")[:50],
        is_default="is_default" in sent,
    )  # fmt: skip
    messages.success(request, _("Saved"))
    return redirect("billing:requisites-one", public_id)


@require_POST
@signed_in
def account_drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put a bank account away."""
    services.drop_account(actor=actor_of(request), public_id=public_id)
    messages.success(request, _("Put away"))
    return redirect("billing:requisites")


@require_POST
@signed_in
def picture(request: HttpRequest, public_id: str, slot: str) -> HttpResponse:
    """Keep a logo, stamp or signature; without a file it is taken away."""
    file = request.FILES.get("file")
    services.set_picture(
        actor=actor_of(request), public_id=public_id, slot=slot, source=file, name=file.name or "" if file else "",
        now=datetime.now(UTC),
    )  # fmt: skip
    messages.success(request, _("Saved"))
    return redirect("billing:requisites-one", public_id)


@require_http_methods(["GET", "POST"])
@signed_in
def numbering(request: HttpRequest) -> HttpResponse:
    """Show and set how papers of each kind are numbered."""
    actor = actor_of(request)
    actor.require(SET_UP)
    today = datetime.now(UTC).astimezone(actor.zone).date()
    names, tried = kind_names(), ""
    problems: dict[str, str] = {}
    if request.method == "POST":
        sent = posted(request)
        tried, last = sent.get("kind", ""), sent.get("last", "").strip()
        if tried not in names:
            raise NotFound(_("There is no such kind of paper."))
        try:
            services.save_series(
                actor=actor, kind=tried, pattern=sent.get("pattern", ""), is_yearly="is_yearly" in sent, day=today,
                last=(int(last) if last.isascii() and last.isdecimal() and len(last) < 11 else -1) if last else None,
            )  # fmt: skip
        except Invalid as wrong:
            problems = dict(wrong.fields)
        else:
            messages.success(request, _("Saved"))
            return redirect("billing:numbering")
    known = {one.kind: one for one in Series.objects.all()}
    lasts = {(one.series_id, one.year): one.last for one in SeriesYear.objects.all()}
    rows = []
    for code, name in names.items():
        one = known.get(code) or Series(kind=code)
        given = lasts.get((one.pk or 0, today.year if one.is_yearly else 0), 0)
        after = written(one.pattern, given + 1, today)
        rows.append((code, name, one, given, after, problems if code == tried else {}))
    return render(request, "billing/numbering.html", {"rows": rows}, status=422 if problems else 200)


@require_http_methods(["GET"])
@signed_in
def template_list(request: HttpRequest) -> HttpResponse:
    """Show the company's own texts."""
    actor_of(request).require(SET_UP)
    rows = PaperTemplate.objects.filter(is_active=True).order_by("name")
    return render(request, "billing/template_list.html", {"rows": list(rows)})


@require_http_methods(["GET", "POST"])
@signed_in
def template_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Write an own text or change one."""
    actor = actor_of(request)
    actor.require(SET_UP)
    row = PaperTemplate.objects.filter(public_id=public_id, is_active=True).first() if public_id else None
    if public_id and row is None:
        raise NotFound(_("There is no such template."))
    typed = {"name": row.name if row else "", "body": row.body if row else ""}
    problems: dict[str, str] = {}
    if request.method == "POST":
        sent = posted(request)
        typed = {"name": sent.get("name", ""), "body": sent.get("body", "")}
        try:
            sent_file = request.FILES.get("file")
            services.save_template(
                actor=actor, name=typed["name"], body=typed["body"], public_id=public_id or None,
                file=sent_file.read(MOST_BYTES + 1) if sent_file else None, now=datetime.now(UTC),
            )  # fmt: skip
        except Invalid as wrong:
            problems = dict(wrong.fields)
        else:
            messages.success(request, _("Saved"))
            return redirect("billing:templates")
    context = {"row": row, "typed": typed, "problems": problems, "fields": FIELDS}
    return render(request, "billing/template_edit.html", context, status=422 if problems else 200)


@require_http_methods(["GET"])
@signed_in
def template_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the file of Word that an own text is written by."""
    actor = actor_of(request)
    actor.require(SET_UP)
    row = PaperTemplate.objects.filter(public_id=public_id, is_active=True).exclude(file="").first()
    if row is None:
        raise NotFound(_("There is no such template."))
    return cast("HttpResponse", file_response(get_file(actor, row.file)))


@require_POST
@signed_in
def template_drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put an own text away."""
    services.delete_template(actor=actor_of(request), public_id=public_id)
    messages.success(request, _("Put away"))
    return redirect("billing:templates")
