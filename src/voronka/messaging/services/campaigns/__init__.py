"""Campaigns: prepared, checked, run, answered for."""

from voronka.messaging.services.campaigns.checking import (
    Check,
    check,
    find_check,
    judge_all,
    order_check,
    preview,
    send_test,
)
from voronka.messaging.services.campaigns.drafting import (
    CampaignDraft,
    VariantDraft,
    copy_campaign,
    delete_campaign,
    save_campaign,
)
from voronka.messaging.services.campaigns.gains import Gain, attribute, restate
from voronka.messaging.services.campaigns.looking import companies_due, hold_left, look
from voronka.messaging.services.campaigns.running import answer, pause, resume, start, stop, unschedule

__all__ = [
    "CampaignDraft",
    "Check",
    "Gain",
    "VariantDraft",
    "answer",
    "attribute",
    "check",
    "companies_due",
    "copy_campaign",
    "delete_campaign",
    "find_check",
    "hold_left",
    "judge_all",
    "look",
    "order_check",
    "pause",
    "preview",
    "restate",
    "resume",
    "save_campaign",
    "send_test",
    "start",
    "stop",
    "unschedule",
]
