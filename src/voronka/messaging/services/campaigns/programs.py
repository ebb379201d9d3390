"""Campaigns started and resumed by programs: what a person sees before he presses, a program has to say."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict
from voronka.messaging.models import Campaign
from voronka.messaging.permissions import RUN_CAMPAIGNS
from voronka.messaging.queries import campaign_words
from voronka.messaging.services.campaigns import running
from voronka.messaging.services.campaigns.drafting import lock_campaign
from voronka.people.queries import asked

# What has gone since the backup only people can find out; what broke would break again as often as a program says run.
PEOPLE_ONLY = frozenset({"restored", "broken"})


@transaction.atomic
def start_counted(*, actor: Actor, public_id: str, at_most: int, now: datetime) -> Campaign:
    """Start a campaign, or let it wait for its hour, if its list finds no more than `at_most` clients now.

    Raises what `start` raises, and Conflict `more_recipients` with the count where there are more.
    """
    actor.require(RUN_CAMPAIGNS)
    row = lock_campaign(public_id)
    if row.state == "draft":
        query = asked.segment_query(actor, row.view) if row.view else row.query
        count, _up_to = asked.audience_size(actor, query)
        if count > at_most:
            said = ngettext(
                "The list finds %(n)d client now, more than you have said.",
                "The list finds %(n)d clients now, more than you have said.",
                count,
            )
            raise Conflict(said % {"n": count}, code="more_recipients")
    return running.start(actor=actor, public_id=public_id, now=now)


@transaction.atomic
def resume_named(*, actor: Actor, public_id: str, confirm: str, now: datetime) -> Campaign:
    """Go on with a paused campaign, or let one run that asks: `confirm` names the reason for which it asks.

    Raises what `resume` and `answer` raise, and Conflict `campaign_asks` where the reason is not named, or is one that
    only a person may answer.
    """
    actor.require(RUN_CAMPAIGNS)
    row = lock_campaign(public_id)
    if row.state != "asks":
        return running.resume(actor=actor, public_id=public_id, now=now)
    why = campaign_words.asks(row.asks_why)
    if row.asks_why in PEOPLE_ONLY:
        raise Conflict(_("%(why)s A person decides on its page.") % {"why": why}, code="campaign_asks")
    if confirm != row.asks_why:
        said = _("%(why)s To let it run all the same send “confirm”: “%(code)s”.")
        raise Conflict(said % {"why": why, "code": row.asks_why}, code="campaign_asks")
    return running.answer(actor=actor, public_id=public_id, run=True, now=now)
