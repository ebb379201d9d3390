"""What filters of the list of clients may ask of surveys."""

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy

from voronka.care.models import Response
from voronka.care.permissions import SEE
from voronka.care.services.words import CHANNELS
from voronka.kit.actors import Actor, Reach
from voronka.kit.facets import Facet, register_facet
from voronka.people import queries as people


def match_rating(text: str) -> Q:
    """Clients whose newest rating lies in a range."""
    least, most = people.read_range(text)
    newest = Response.objects.filter(invitation__client_id=OuterRef("invitation__client_id"), rating__isnull=False)
    rows = Response.objects.filter(pk=Subquery(newest.order_by("-id").values("id")[:1]))
    if least is not None:
        rows = rows.filter(rating__gte=least)
    if most is not None:
        rows = rows.filter(rating__lte=most)
    return Q(pk__in=rows.filter(invitation__client__isnull=False).values("invitation__client_id"))


def match_channel(text: str) -> Q:
    """Clients whose newest answer was asked for by a letter, an SMS, on the site."""
    if text not in CHANNELS:
        return Q(pk__in=[])
    newest = Response.objects.filter(invitation__client_id=OuterRef("invitation__client_id"))
    rows = Response.objects.filter(pk=Subquery(newest.order_by("-id").values("id")[:1]), invitation__channel=text)
    return Q(pk__in=rows.filter(invitation__client__isnull=False).values("invitation__client_id"))


def channel_options() -> list[tuple[str, str]]:
    """Return where clients are asked."""
    return [(code, str(words)) for code, words in CHANNELS.items()]


def _sees_all(actor: Actor) -> bool:
    return actor.reach(SEE) is Reach.ALL


register_facet(
    Facet(
        "client", "survey_rating", gettext_lazy("Newest rating in surveys"), "number", match_rating, open_to=_sees_all
    )
)
register_facet(
    Facet(
        "client", "survey_channel", gettext_lazy("Newest answer to a survey, asked"), "choice", match_channel,
        options=channel_options, open_to=_sees_all,
    )
)  # fmt: skip
