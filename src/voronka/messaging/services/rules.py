"""The company's rules of sending, and the texts of its consents."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.messaging.models import ChannelRules, ConsentText, GateSettings
from voronka.messaging.permissions import MANAGE
from voronka.messaging.queries.rules import CHANNELS

MOST, LONGEST = 100, 365
TEXT_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class GateDraft:
    """Rules for all channels: quiet hours in minutes of the client's day, `most` advertising messages in `days`.

    `tracks_*` say in which letters openings and clicks are counted.
    """

    is_on: bool
    quiet_begins: int
    quiet_ends: int
    most: int
    days: int
    tracks_service: bool = False
    tracks_advertising: bool = True


@dataclass(frozen=True, slots=True)
class ChannelDraft:
    """Rules of one channel; `most` None for no cap of its own."""

    channel: str
    is_on: bool
    is_quiet_for_service: bool
    most: int | None
    days: int


@transaction.atomic
def save_rules(*, actor: Actor, gate: GateDraft, channels: list[ChannelDraft]) -> None:
    """Keep the rules of sending. Raises Denied, Invalid."""
    actor.require(MANAGE)
    problems = _problems(gate, channels)
    if problems:
        raise Invalid(_("The rules are not saved: mend the marked places."), fields=problems)
    GateSettings.objects.bulk_create([GateSettings()], ignore_conflicts=True)
    row = GateSettings.objects.select_for_update().get()
    for name in GateDraft.__slots__:
        setattr(row, name, getattr(gate, name))
    row.save(update_fields=list(GateDraft.__slots__))
    ChannelRules.objects.bulk_create([ChannelRules(channel=one.channel) for one in channels], ignore_conflicts=True)
    kept = {one.channel: one for one in ChannelRules.objects.select_for_update().order_by("id")}
    names = [name for name in ChannelDraft.__slots__ if name != "channel"]
    for draft in channels:
        for name in names:
            setattr(kept[draft.channel], name, getattr(draft, name))
        kept[draft.channel].save(update_fields=names)


def _problems(gate: GateDraft, channels: list[ChannelDraft]) -> dict[str, str]:
    problems = {}
    for name, minute in (("quiet_begins", gate.quiet_begins), ("quiet_ends", gate.quiet_ends)):
        if not 0 <= minute < 24 * 60:
            problems[name] = _("A time of the day from 00:00 to 23:59.")
    caps = [("most", "days", gate.most, gate.days)]
    caps += [(f"{one.channel}_most", f"{one.channel}_days", one.most or 1, one.days) for one in channels]
    for most_name, days_name, most, days in caps:
        if not 1 <= most <= MOST:
            problems[most_name] = _("From 1 to %(most)d.") % {"most": MOST}
        if not 1 <= days <= LONGEST:
            problems[days_name] = _("From 1 to %(most)d days.") % {"most": LONGEST}
    if unknown := [one.channel for one in channels if one.channel not in CHANNELS]:
        problems["channel"] = _("There is no such channel: %(name)s.") % {"name": unknown[0][:20]}
    return problems


@transaction.atomic
def publish_consent_text(*, actor: Actor, purpose: str, channel: str, text: str) -> ConsentText:
    """Put a new version of the text of a consent into use; the versions before stay as they were read.

    A text that is the newest already makes no version. Raises Denied, Invalid.
    """
    actor.require(MANAGE)
    if (purpose, channel) not in TEXT_KINDS:
        raise Invalid(_("There is no such consent."), fields={"purpose": _("There is no such consent.")})
    said = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if not said or len(said) > TEXT_LIMIT or "\0" in said:
        wrong = _("From one sign to %(most)d.") % {"most": TEXT_LIMIT}
        raise Invalid(_("The text is not saved."), fields={"text": wrong})
    newest = ConsentText.objects.filter(purpose=purpose, channel=channel).order_by("-version").first()
    if newest is not None and newest.text == said:
        return newest
    GateSettings.objects.bulk_create([GateSettings()], ignore_conflicts=True)
    GateSettings.objects.select_for_update().get()  # versions are counted by one person at a time
    newest = ConsentText.objects.filter(purpose=purpose, channel=channel).order_by("-version").first()
    version = newest.version + 1 if newest is not None else 1
    return ConsentText.objects.create(
        purpose=purpose, channel=channel, version=version, text=said, author_id=actor.employee_id
    )


TEXT_KINDS = (
    ("personal_data", "any"), ("advertising", "any"), ("advertising", "email"), ("advertising", "sms"),
    ("advertising", "phone"),
)  # fmt: skip
