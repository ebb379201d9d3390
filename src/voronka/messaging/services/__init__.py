"""The verbs of messages."""

from voronka.messaging.services.blocking import block, unblock
from voronka.messaging.services.blocks import BlocksDraft, preview_blocks, save_blocks
from voronka.messaging.services.letters import LetterText, Origin, render_letter, render_letters, write_letter
from voronka.messaging.services.planning import Draft, call_back, plan
from voronka.messaging.services.preview import preview_letter
from voronka.messaging.services.ready import ready_letters
from voronka.messaging.services.rules import ChannelDraft, GateDraft, publish_consent_text, save_rules
from voronka.messaging.services.sending import due_now, send_due
from voronka.messaging.services.settling import settle, settle_by_hand
from voronka.messaging.services.templates import LetterDraft, delete_template, save_template, set_up_templates
from voronka.messaging.services.values import written_fields
from voronka.messaging.services.writing import HandLetter, call_back_by_hand, write_by_hand
from voronka.messaging.services.writing_sms import HandSms, write_sms_by_hand

__all__ = [
    "BlocksDraft",
    "ChannelDraft",
    "Draft",
    "GateDraft",
    "HandLetter",
    "HandSms",
    "LetterDraft",
    "LetterText",
    "Origin",
    "block",
    "call_back",
    "call_back_by_hand",
    "delete_template",
    "due_now",
    "plan",
    "preview_blocks",
    "preview_letter",
    "publish_consent_text",
    "ready_letters",
    "render_letter",
    "render_letters",
    "save_blocks",
    "save_rules",
    "save_template",
    "send_due",
    "set_up_templates",
    "settle",
    "settle_by_hand",
    "unblock",
    "write_by_hand",
    "write_letter",
    "write_sms_by_hand",
    "written_fields",
]
