"""The rules by which the gate goes: the company's own, else the shipped ones."""

from voronka.messaging.models import ChannelRules, GateSettings, ReturnsState
from voronka.messaging.rules.gate import Quiet

CHANNELS = ("email", "sms", "push", "telegram", "chat")
# At night a phone rings at an SMS; a letter waits in its box till it is read.
_QUIET_FOR_SERVICE = frozenset({"sms"})


def get_gate() -> GateSettings:
    """Return the company's rules for all channels."""
    return GateSettings.objects.first() or GateSettings()


def returns_state() -> ReturnsState | None:
    """Return how the mailbox of returns fares, None before the first look since the company's letters leave."""
    return ReturnsState.objects.first()


def channel_rules(channel: str) -> ChannelRules:
    """Return the company's rules of a channel."""
    found = ChannelRules.objects.filter(channel=channel).first()
    return found or shipped_rules(channel)


def all_channel_rules() -> list[ChannelRules]:
    """Return the rules of every channel, in the order of the channels."""
    kept = {one.channel: one for one in ChannelRules.objects.all()}
    return [kept.get(one) or shipped_rules(one) for one in CHANNELS]


def shipped_rules(channel: str) -> ChannelRules:
    """Return the rules of a channel that nobody has changed."""
    return ChannelRules(channel=channel, is_quiet_for_service=channel in _QUIET_FOR_SERVICE)


def quiet_of(gate: GateSettings) -> Quiet:
    """Return the quiet hours of the company."""
    return Quiet(gate.quiet_begins, gate.quiet_ends)
