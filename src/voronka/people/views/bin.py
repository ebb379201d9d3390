"""The recycle bin: what lies there, who put it there, and the way back."""

from datetime import UTC, datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from voronka.accounts import services as accounts
from voronka.kit.errors import Refusal
from voronka.kit.listfile import ListFile, file_links, handed_over
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.people import queries, services
from voronka.people.permissions import DELETE_CLIENTS
from voronka.people.queries.bin import KEEP_DAYS, PAGE, list_bin, walk_bin, within_bin

EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


@signed_in
@require_GET
def bin_list(request: HttpRequest) -> HttpResponse:
    """Show the bin."""
    actor, now = actor_of(request), timezone.now()
    rows = list_bin(actor, now=now, before=_place(request.GET.get("before", "")))
    after = f"?before={(rows[-1].at - EPOCH) // MICROSECOND}-{rows[-1].client.pk}" if len(rows) == PAGE else ""
    context = {
        "rows": [(row, row.at.astimezone(actor.zone)) for row in rows],
        "after": after,
        "first": reverse("people:bin") if "before" in request.GET else "",
        "days": KEEP_DAYS,
        "files": file_links(actor, "people:bin-export"),
    }
    return render(request, "people/bin.html", context)


@signed_in
@require_GET
def bin_export(request: HttpRequest, code: str) -> HttpResponse:
    """Give what lies in the bin as a file."""
    actor, now = actor_of(request), timezone.now()
    actor.require(DELETE_CLIENTS)
    sees_city = actor.sees("client.city")
    made = ListFile(
        what="bin",
        name=_("bin"),
        heads=[_("Client"), *([_("City")] if sees_city else []), _("Who deleted"), _("When"), _("Days left")],
        count=lambda most: within_bin(actor).order_by()[:most].count(),
        rows=lambda: (
            [
                one.client.name,
                *([one.client.city] if sees_city else []),
                one.by,
                one.at.astimezone(actor.zone),
                one.days_left,
            ]
            for chunk in walk_bin(actor, now=now)
            for one in chunk
        ),
    )
    return handed_over(accounts.take_list_out(actor=actor, made=made, code=code, now=now))


def _place(text: str) -> tuple[datetime, int] | None:
    """Read the moment and the id that a page began behind; a spoilt place is the beginning."""
    at, _dash, pk = text.partition("-")
    if not (at.isdecimal() and pk.isdecimal() and len(at) < 18 and len(pk) < 19):
        return None
    return EPOCH + int(at) * MICROSECOND, int(pk)


@signed_in
@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """Take the named cards out of the bin."""
    ids = (request.POST.getlist("id") or request.GET.getlist("id"))[:PAGE]
    found = services.restore_clients(actor=actor_of(request), public_ids=ids)
    said = ngettext("%(n)s client is restored", "%(n)s clients are restored", len(found)) % {"n": len(found)}
    messages.success(request, said)
    to = reverse("people:client-detail", args=[ids[0]]) if len(ids) == 1 else reverse("people:bin")
    if not wants_fragment(request):
        return redirect(to)
    answer = HttpResponse(status=204)
    answer.headers["HX-Redirect"] = to
    return answer


@signed_in
@require_POST
def client_delete(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put a card into the bin, and offer to take it out."""
    actor = actor_of(request)
    client = queries.get_client(actor, public_id)
    try:
        services.bin_client(actor=actor, client_id=client.pk, now=timezone.now())
    except Refusal as refusal:
        if refusal.code != "client_held" or wants_fragment(request):
            raise
        messages.error(request, refusal.message)
        return redirect("people:client-detail", public_id)
    said = _("%(name)s is in the recycle bin for %(days)d days") % {"name": client.name, "days": KEEP_DAYS}
    messages.success(request, said, extra_tags=f"{reverse('people:bin-restore')}?id={public_id}")
    return redirect("people:client-list")
