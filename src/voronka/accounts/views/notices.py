"""Notices: what concerns me, and the colleagues a note can mention."""

import json

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from voronka.accounts import services
from voronka.accounts.queries.notices import list_notices, notices_title, offer_colleagues, unread_count
from voronka.kit import wording
from voronka.kit.pieces import Tab
from voronka.kit.screens import actor_of, place, signed_in


@signed_in
@require_GET
def notice_list(request: HttpRequest) -> HttpResponse:
    """Show the notices, unread ones marked."""
    actor, now = actor_of(request), timezone.now()
    before = request.GET.get("before", "")
    page = list_notices(actor, before=int(before) if before.isdecimal() and len(before) < 19 else None)
    unread = unread_count(actor)
    rows = [
        {
            "id": one.notice.public_id,
            "told": one.told,
            "at": wording.moment(one.notice.made_at, actor.zone.key, now, actor.language),
            "is_new": one.notice.read_at is None,
        }
        for one in page.rows
    ]
    here = reverse("accounts:notices")
    views = [Tab(_("Reminders"), place("work:reminders")), Tab(notices_title(unread), here, active=True)]
    context = {
        "rows": rows,
        "unread": unread,
        "after": f"?before={page.before}" if page.before else "",
        "first": here if before else "",
        "views": views,
    }
    return render(request, "accounts/notices.html", context)


@signed_in
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark one notice as read and go to what it is about, or all of them."""
    ids = request.POST.getlist("id")[:100]
    services.read_notices(actor=actor_of(request), public_ids=ids or None, now=timezone.now())
    to = request.POST.get("to", "")
    # Only to a page of ours: an address given from outside would send people away, a word may be no address at all.
    if to.startswith("/") and url_has_allowed_host_and_scheme(to, allowed_hosts=None):
        return HttpResponseRedirect(to)
    return redirect("accounts:notices")


@signed_in
@require_GET
def colleagues(request: HttpRequest) -> HttpResponse:
    """Return the colleagues whose names begin with what was typed after an @."""
    found = offer_colleagues(actor_of(request), request.GET.get("q", "")[:100])
    told = json.dumps({"people": [{"name": one.name, "role": one.role.name} for one in found]}, ensure_ascii=False)
    # A name with markup stays letters even for one who puts the answer into a page as it is.
    answer = HttpResponse(told.replace("<", "\\u003c").replace("&", "\\u0026"), content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer
