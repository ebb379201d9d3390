"""What operators do with a talk beside writing: whose it is, its tags, macros and how they are taken back."""

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from voronka.kit.errors import NotFound
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.messaging.queries import talks as queries
from voronka.messaging.rules.chat import MOST_TEXT, read_key
from voronka.messaging.services import chat as services
from voronka.messaging.views.knowledge import typed
from voronka.messaging.views.talks.asked import number_of, tab_of


@signed_in
@require_POST
def talk_act(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take, hand over, put off, close, open again, block, bind to a client: `what` says which."""
    actor, now, what = actor_of(request), timezone.now(), typed(request, "what", 10)
    key = read_key(typed(request, "key", 40)) or uuid.uuid4()
    acts: Mapping[str, Callable[[], object]] = {
        "take": lambda: services.take(actor=actor, public_id=public_id, now=now),
        "close": lambda: services.close(actor=actor, public_id=public_id, now=now),
        "reopen": lambda: services.reopen(actor=actor, public_id=public_id, now=now),
        "snooze": lambda: services.snooze(actor=actor, public_id=public_id, until=_until(request), now=now),
        "pass": lambda: services.pass_on(
            actor=actor,
            public_id=public_id,
            to=typed(request, "to", 20),
            now=now,
            why=typed(request, "why", 4 * MOST_TEXT),
        ),
        "tag": lambda: services.tag(
            actor=actor, public_id=public_id, name=typed(request, "tag", 60), is_on=True, now=now
        ),
        "untag": lambda: services.tag(
            actor=actor, public_id=public_id, name=typed(request, "tag", 60), is_on=False, now=now
        ),
        "macro": lambda: services.run_macro(
            actor=actor,
            public_id=public_id,
            macro=typed(request, "macro", 20),
            now=now,
            key=key,
            seen=number_of(request, "after"),
        ),
        "block": lambda: services.block(actor=actor, public_id=public_id, is_blocked=True, now=now),
        "free": lambda: services.block(actor=actor, public_id=public_id, is_blocked=False, now=now),
        "bind": lambda: services.bind(actor=actor, public_id=public_id, client=typed(request, "client", 20), now=now),
        "make": lambda: services.make_client(actor=actor, public_id=public_id, now=now),
    }
    if what not in acts:
        raise NotFound(_("There is no such page."))
    acts[what]()
    done = {
        "take": _("The talk is yours"),
        "close": _("The talk is closed"),
        "snooze": _("The talk is put off"),
        "pass": _("The talk is handed over"),
        "block": _("The visitor is blocked"),
        "make": _("The card is made"),
        "macro": _("The macro has been run"),
    }
    undo = reverse("messaging:talk-undo-macro", args=[public_id, key]) if what == "macro" else ""
    messages.success(request, done.get(what, _("Done")), extra_tags=undo)
    if what in ("close", "snooze", "pass", "macro"):
        return redirect(f"{reverse('messaging:talks')}?tab={tab_of(request)}")
    return redirect(f"{reverse('messaging:talk', args=[public_id])}?tab={tab_of(request)}")


@signed_in
@require_POST
def talk_undo_macro(request: HttpRequest, public_id: str, key: uuid.UUID) -> HttpResponse:
    """Take back what a macro of one's own did, and say what of it stays."""
    actor = actor_of(request)
    done = services.undo_macro(actor=actor, public_id=public_id, key=key, now=timezone.now())
    said = _("The macro is taken back; its answer stays, since it has left") if done.is_answered else None
    messages.success(request, said or _("The macro is taken back"))
    is_seen = bool(queries.talks_seen(actor, [done.talk.pk]))
    page = reverse("messaging:talk", args=[public_id]) if is_seen else reverse("messaging:talks")
    to = f"{page}?tab={tab_of(request)}"
    if not wants_fragment(request):
        return redirect(to)
    answer = HttpResponse(status=204)
    answer.headers["HX-Redirect"] = to
    return answer


def _until(request: HttpRequest) -> datetime:
    """Return the moment that was chosen; what is none is long past, which the service refuses."""
    try:
        found = datetime.fromisoformat(typed(request, "until", 40))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
