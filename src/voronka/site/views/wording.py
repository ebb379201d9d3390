"""What happened on a site, in words."""

from django.utils.translation import gettext as _

from voronka.site.models import VisitEvent


def kind_words(event: VisitEvent) -> str:
    """Say what happened; what the page itself has said comes along as plain text, but who the visitor is does not."""
    words = {
        "page": _("A page was opened"),
        "product": _("A product was looked at"),
        "basket": _("The basket changed"),
        "checkout": _("The checkout was opened"),
        "purchase": _("Something was bought"),
        "form": _("A form was sent"),
        "exit": _("The pointer left the page"),
        "idle": _("Nothing happened for a minute"),
        "leave": _("The page was left"),
        "identify": _("The visitor said who he is"),
        "custom": _("The page told something of its own"),
    }[event.kind]
    said = "" if event.kind == "identify" else str(event.about.get("title") or event.about.get("name") or "")
    return f"{words}: {said}" if said else words
