"""The catalogue of what goes wrong with SMS: one set of codes whatever the provider, each with its cause and cure."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from voronka.messaging.ports import HandedState
from voronka.messaging.queries.words import name_failures

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Fault:
    """A thing that goes wrong: what it means for the message, why it happens, how to mend it.

    `stops` says that no other message would fare better until somebody mends it.
    """

    code: str
    state: HandedState
    name: "str | _StrPromise"
    cause: "str | _StrPromise"
    cure: "str | _StrPromise"
    stops: bool = False


FAULTS: dict[str, Fault] = {
    one.code: one
    for one in (
        Fault(
            "wrong_credentials", "retry", _("Wrong credentials"),
            _("The provider does not know the login, password or key."),
            _("Copy them again from his cabinet, without spaces; a password changed there is changed here too."),
            stops=True,
        ),
        Fault(
            "wrong_place", "retry", _("Address not allowed"),
            _("The provider takes requests only from addresses on his list."),
            _("Add the address of this server to the list in his cabinet."), stops=True,
        ),
        Fault(
            "blocked", "retry", _("Account blocked"),
            _("The provider has closed the account, for a time or till a talk with him."),
            _("Wait a quarter of an hour; if it stays, write to his support."), stops=True,
        ),
        Fault(
            "no_money", "retry", _("No money"), _("The balance does not cover this message."),
            _("Top up at the provider; what waits goes by itself afterwards."), stops=True,
        ),
        Fault(
            "wrong_sender", "rejected", _("Wrong sender"),
            _("The name of the sender is not registered with provider and operator, or is longer than 11 signs."),
            _("Register the name, or choose one that is in use."),
        ),
        Fault("empty_text", "rejected", _("Empty text"), _("There is nothing to send."), _("Write a text.")),
        Fault(
            "too_long", "rejected", _("Too long"), _("The text has more parts than the provider takes."),
            _("Shorten it; the counter beside the text shows the parts."),
        ),
        Fault(
            "bad_number", "rejected", _("Bad number"), _("The number does not exist, or is no mobile one."),
            _("Correct the number in the client's card."),
        ),
        Fault(
            "blacklisted", "rejected", _("Number in a blacklist"),
            _("The subscriber has forbidden messages, or the provider stopped the number."),
            _("Do not write to it. If the client himself asks, let the provider take it off his list."),
        ),
        Fault(
            "forbidden_text", "rejected", _("Text not allowed"),
            _("The provider or the operator does not let such a text or link through."),
            _("Change the text, or let the provider approve it as a template."),
        ),
        Fault(
            "bad_request", "rejected", _("Request not understood"), _("The provider found a mistake in the request."),
            _("Check the settings of the provider; if they are right, send us the words of the provider."),
        ),
        Fault(
            "duplicate", "rejected", _("Said already"),
            _("The provider has had the same text for the same number a moment ago."),
            _("Nothing: the first one goes."),
        ),
        Fault(
            "no_route", "rejected", _("No way to the operator"),
            _("The provider has no way into the network of this number."),
            _("Ask the provider to open it, or let another provider stand behind him."),
        ),
        Fault(
            "throttled", "retry", _("Too quick"), _("More messages a second than the account allows."),
            _("They wait and go by themselves; the limit is a setting of the provider."),
        ),
        Fault(
            "provider_down", "retry", _("Provider does not answer"),
            _("No connection, or a fault on his side; surely nothing was sent."),
            _("They are tried again by themselves. If it lasts, see his page of faults."),
        ),
        Fault(
            "no_answer", "unknown", _("Broken off in the middle"),
            _("The message was on its way when the connection broke or the answer did not come: it may have left."),
            _("A receipt settles it. Advertising is never sent again by itself; a service message may be, by hand."),
        ),
        Fault(
            "partial", "unknown", _("Sent in part"), _("Some parts of a long text were taken and others were not."),
            _("See whether the client got it before you write again."),
        ),
        Fault(
            "phone_off", "rejected", _("Phone off or out of reach"),
            _("The phone was not in the network while the message was kept."),
            _("Write at another hour, or call."),
        ),
        Fault(
            "expired", "rejected", _("Not delivered in time"), _("The network kept the message and gave it up."),
            _("Write at another hour, or call."),
        ),
        Fault(
            "not_delivered", "rejected", _("Not delivered"), _("The operator says no more than that."),
            _("If it happens to many, ask the provider with the numbers of the messages."),
        ),
        Fault(
            "strange", "unknown", _("Strange answer"),
            _("The provider answered something that his documents do not know."),
            _("See whether the message has come; send us his words."),
        ),
    )
}  # fmt: skip

name_failures({one.code: one.name for one in FAULTS.values()})
