"""The toast of a press: what was done to whom, and how long it may be taken back."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse

from voronka.deals.models import Press
from voronka.deals.queries import desk as queries
from voronka.deals.queries.shown import effects_shown
from voronka.deals.views import words
from voronka.deals.views.desk import Looker
from voronka.kit import wording
from voronka.people import queries as people


def toast_of(press: Press, look: Looker) -> dict[str, object]:
    """Return the toast of a press: whom it was about, what was done, how long it may be taken back."""
    left = 10 - int((look.now - press.at).total_seconds())
    said = [effect["words"] for effect in effects_shown(look.actor, press.effects)]
    return {
        **toast_head(people.name_shown(look.actor, press.deal.client.name), press.label, press.result, said),
        "undo": reverse("deals:press-undo", args=[press.pk]) if left > 0 else "",
        "left": max(left, 1),
    }


def toast_head(name: str, label: str, result: str, effects: Sequence[str]) -> dict[str, object]:
    """Return what a toast says: the client and the press, then all it did as sentences."""
    return {
        "icon": {"no_answer": "phone-x", "wrong_number": "phone-off", "paid": "currency-ruble"}.get(result, "check"),
        "what": words.toast_words(wording.short_name(name), label),
        "more": words.sentences(effects),
    }


def last_toast(request: HttpRequest, look: Looker) -> dict[str, object] | None:
    """Return the toast of the press that led here, while it may be taken back."""
    pressed = request.GET.get("after", "")
    if not pressed.isdecimal() or len(pressed) > 18:
        return None
    press = queries.find_press(int(pressed))
    if press is None or press.employee_id != look.actor.employee_id or press.undone_at is not None:
        return None
    toast = toast_of(press, look)
    return toast if toast["undo"] else None
