"""What states, operators and points of the launch checklist of SMS are called."""

from django.utils.translation import gettext as _

from voronka.messaging.rules.launch import Point


def operators() -> list[tuple[str, str]]:
    """Return the operators that register names, by code."""
    return [
        ("all", _("All operators")), ("mts", _("MTS")), ("megafon", _("MegaFon")), ("beeline", _("Beeline")),
        ("t2", "T2"), ("yota", "Yota"), ("other", _("Another one")),
    ]  # fmt: skip


def traffic() -> list[tuple[str, str]]:
    """Return the kinds of messages, by code."""
    return [("service", _("service messages")), ("advertising", _("advertising"))]


def sender_states() -> list[tuple[str, str]]:
    """Return how far the registration of a name is, by code."""
    return [
        ("draft", _("not asked for yet")), ("asked", _("asked for, waiting")), ("registered", _("registered")),
        ("refused", _("refused")),
    ]  # fmt: skip


def try_states() -> dict[str, str]:
    """Return the states of a message that was sent to try."""
    return {
        "accepted": _("taken by the provider"), "delivered": _("delivered to the phone"), "failed": _("not delivered"),
        "rejected": _("refused"), "retry": _("not sent"), "unknown": _("unknown"),
    }  # fmt: skip


def handed_states() -> dict[str, str]:
    """Return what an error means for the message."""
    return {
        "accepted": _("is on its way"), "rejected": _("will not go"), "retry": _("waits and is tried again"),
        "unknown": _("may have gone"),
    }  # fmt: skip


def about_kind(kind: str) -> str:
    """Return a sentence on a kind of provider."""
    return {
        "smpp": _(
            "The protocol of operators, for any provider that gives it: the quickest, receipts come by themselves."
        ),
        "exolve": _("MTS Exolve by its key. Delivery is asked for."),
        "smsc": _("SMSC.ru and those that speak as it does. Balance and delivery are asked for."),
        "sandbox": _("To look at everything before there is a contract. The end of the number decides what happens."),
    }.get(kind, "")  # fmt: skip


def point(code: str) -> tuple[str, str]:
    """Return the name of a point of the checklist, and where it is done."""
    return {
        "provider": (_("A provider is connected"), "messaging:sms-provider-new"),
        "traffic": (_("Service messages and advertising go apart"), "messaging:sms"),
        "sender": (_("Names of senders are registered"), "messaging:sms"),
        "characters": (_("A long text in Russian has come whole"), "messaging:sms-try"),
        "receipts": (_("Receipts come back"), "messaging:sms-try"),
        "errors": (_("An error has been seen and understood"), "messaging:sms-try"),
        "balance": (_("The balance is watched"), "messaging:sms"),
        "security": (_("Nobody on the way reads the messages"), "messaging:sms"),
    }[code]  # fmt: skip


def why(one: Point) -> str:
    """Return what is missing at a point, or why it is only a warning."""
    return {
        ("provider", "none"): _("Add one; the sandbox will do to begin with."),
        ("provider", "sandbox"): _("Only the sandbox is on: nothing leaves. Add a real one."),
        ("traffic", "service"): _("No real provider carries service messages."),
        ("traffic", "shared"): _("One name serves both: who forbids advertising by it loses service messages too."),
        ("sender", "none"): _("First a provider."),
        ("sender", "unregistered"): _("A provider has no registered name for what it carries."),
        ("characters", "long"): _("Send a text of more than 70 characters in Russian to your own phone."),
        ("receipts", "none"): _("Send a message to your own phone."),
        ("receipts", "waiting"): _("A message is taken, its receipt has not come yet: ask for it."),
        ("errors", "none"): _("Send to a number that does not exist, and see what is told."),
        ("balance", "none"): _("First a provider."),
        ("balance", "limit"): _("Say below which sum to warn."),
        ("balance", "unread"): _("The balance has not been read today."),
        ("balance", "by_hand"): _("This provider does not tell the balance: set a warning in his cabinet."),
        ("security", "none"): _("First a provider."),
        ("security", "open"): _("A provider is spoken to without encryption: ask him for TLS."),
    }.get((one.code, one.why), "")  # fmt: skip
