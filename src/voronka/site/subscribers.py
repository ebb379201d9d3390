"""What the site does when something happens elsewhere, and what of it goes to open pages."""

from voronka.kit.events import RecordedEvent, listens
from voronka.kit.live.messages import LiveMessage, call_name, shows
from voronka.messaging.events import TalkBound
from voronka.messaging.queries import talks
from voronka.orders.events import OrderPlaced
from voronka.people.events import LeadReceived
from voronka.site import events, services
from voronka.site.queries.chatting import find_visitor
from voronka.site.services import gains
from voronka.site.services.collecting import SOMEBODY_IS_THERE
from voronka.site.services.widgets import end_test
from voronka.trials.events import TrialDecided, TrialStopped

call_name(SOMEBODY_IS_THERE)


@listens("site.request_sorted", LeadReceived)
def know_sender(event: RecordedEvent) -> None:
    """Know whose request it was that waited in the inbox: its visitor was nobody till it was on a card."""
    services.know_sender(int(event.payload["touch_id"]), event.subject_id, now=event.at)


@listens("site.talk_bound", TalkBound)
def know_who_wrote(event: RecordedEvent) -> None:
    """Know the visitor by his talk, once a colleague has said whose it is; the shop has signed nothing.

    Not by a talk that went on in Telegram: he may have sent its address to somebody else (docs/adr/0063).
    """
    visitor = find_visitor(*talks.visitor_of_talk(event.subject_id, only_there=True))
    if visitor is not None and visitor.client_id is None:
        services.bind(visitor.pk, int(event.payload["client_id"]), is_proven=False, now=event.at)


@listens("site.tests_know", events.VisitorNamed)
def tell_tests_who_it_is(event: RecordedEvent) -> None:
    """Let what a visitor was shown, and bought before anybody knew him, be the client's whom he turned out to be."""
    gains.tell_who(event.subject_id, now=event.at)


@listens("site.tests_order", OrderPlaced)
def know_purchase(event: RecordedEvent) -> None:
    """Let a purchase that a page told of be the order that it has become: it counts once, for who was shown."""
    gains.join_order(event.subject_id, now=event.at)


@listens("site.test_ended", TrialDecided, TrialStopped)
def take_winner(event: RecordedEvent) -> None:
    """Let a widget whose test has ended say what has won."""
    end_test(event.subject_id, now=event.at)


@shows(
    "site",
    events.VisitorNamed,
    events.SiteVisited,
    events.ProductSeen,
    events.BasketChanged,
    events.BasketLeft,
    events.CheckoutLeft,
    events.SitePurchase,
)
def site_changed(event: RecordedEvent) -> LiveMessage:
    """Tell open pages that a client does something on the site."""
    return LiveMessage("site", {"visitor": event.subject_id, "client": event.client_id or 0})
