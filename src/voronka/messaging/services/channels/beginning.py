"""A letter that begins a thread: written from the client's card, gone by a shared mailbox, answered into its talk."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, Refusal
from voronka.kit.events import publish
from voronka.kit.uploads import MIB, Upload, check_upload
from voronka.messaging.events import TalkBound
from voronka.messaging.models import ChannelAccount, OutsideLine, Talk
from voronka.messaging.permissions import TALK, WRITE
from voronka.messaging.queries.channels import list_mailboxes
from voronka.messaging.queries.facts import Asked, scene_of
from voronka.messaging.queries.words import verdict_words
from voronka.messaging.rules.channels import key_of
from voronka.messaging.rules.gate import decide
from voronka.messaging.services.channels.threads import sign_of, signature_of
from voronka.messaging.services.chat import operating
from voronka.messaging.services.chat.crossing import attach
from voronka.messaging.services.chat.files import MOST_MIB, TAKEN
from voronka.messaging.services.chat.lines import add_line, lock_talk
from voronka.messaging.services.letters import LetterText
from voronka.messaging.services.preview import preview_letter
from voronka.people import queries as people

SUBJECT_LIMIT, BODY_LIMIT = 200, 20_000
MOST_AT_ONCE, MOST_MIB_AT_ONCE = 5, 15
SHUT = ("sending_off",)  # of what makes a message wait: all sending is stopped, that of mailboxes too


@dataclass(frozen=True, slots=True)
class FirstLetter:
    """A letter as it was typed, its fields in Liquid; `mailbox` is a public id, `operation` the form's own id.

    `address` is one of the client's, his first where empty; `files` are bytes with their names.
    """

    mailbox: str
    subject: str
    body: str
    operation: uuid.UUID
    address: str = ""
    files: Sequence[tuple[BinaryIO, str]] = ()


@transaction.atomic
def begin_letter(*, actor: Actor, client_id: int, letter: FirstLetter, now: datetime) -> Talk:
    """Write to a client by a shared mailbox: a talk of the writer's, into which the answer comes. Once, however often
    it is sent.

    What we begin to say the gate judges as a letter about orders and questions; in its quiet hours it waits. Raises
    Denied, NotFound, Invalid at the wrong places, Refusal for a broken text and for what the gate refuses.
    """
    actor.require(TALK)
    client = people.get_client_for(actor, WRITE, client_id=client_id)
    people.lock_client(client.pk)
    account = _mailbox(actor, letter.mailbox)
    outside = sign_of(f"begun {letter.operation}")
    key = key_of("email", account.pk, outside)
    known = Talk.objects.filter(key=key).first()
    if known is not None:
        return known
    uploads = _checked(actor, client.pk, letter)
    address = letter.address or people.main_email(client.pk) or ""
    due_at = _due(actor, client.pk, address, now)
    text = preview_letter(actor=actor, subject=letter.subject, body=letter.body, client_id=client.pk)
    row, is_new = Talk.objects.get_or_create(
        key=key,
        defaults={
            "channel": "email", "account": account, "outside": outside, "subject": text.subject[:300],
            "name": client.name, "email": address, "client": client, "owner_id": actor.person_id, "given_at": now,
            "language": accounts.get_company_rules().language, "last_at": now, "begun_at": now,
        },
    )  # fmt: skip
    talk = lock_talk(pk=row.pk) if is_new else None
    if talk is None:
        return row
    publish(TalkBound(talk_id=talk.pk, client_id=client.pk), at=now)
    line = add_line(talk, by="operator", text=text.body, author_id=actor.person_id, key=letter.operation, now=now)
    # Nobody has waited: how soon the first answer comes is counted from what the client writes.
    talk.answered_at = None
    talk.save(update_fields=["answered_at"])
    attach(talk, line, uploads, employee_id=actor.person_id, now=now)
    if due_at > now:
        OutsideLine.objects.filter(line=line).update(due_at=due_at)
    operating.read(actor=actor, talk=talk, number=line.number, now=now)
    return talk


def preview_first(*, actor: Actor, client_id: int, mailbox: str, subject: str, body: str) -> LetterText:
    """Return the letter as this client would get it, with its signature. Raises Denied, Invalid, Refusal."""
    text = preview_letter(actor=actor, subject=subject, body=body, client_id=client_id)
    rules = accounts.get_company_rules()
    signed = signature_of(_mailbox(actor, mailbox), actor.name, rules.name, rules.language)
    return replace(text, body=text.body + (f"\n\n-- \n{signed}" if signed else ""))


def _mailbox(actor: Actor, public_id: str) -> ChannelAccount:
    found = next((one for one in list_mailboxes(actor) if one.public_id == public_id), None)
    if found is None:
        message = _("Choose one of the list.")
        raise Invalid(message, fields={"mailbox": message})
    return found


def addresses_of(actor: Actor, client_id: int) -> list[str]:
    """Return the addresses of a client that the actor may see, the one that is written to first."""
    return [one.value for one in people.list_contacts(actor, [client_id])[client_id] if one.kind == "email"]


def _checked(actor: Actor, client_id: int, letter: FirstLetter) -> list[tuple[BinaryIO, Upload]]:
    """Judge what was typed and sent. Raises Invalid with the problems at their places."""
    problems: dict[str, str] = {}
    for field, text, most in (("subject", letter.subject, SUBJECT_LIMIT), ("body", letter.body, BODY_LIMIT)):
        if not text.strip() or len(text) > most:
            problems[field] = _("From one sign to %(most)d.") % {"most": most}
        elif "\0" in text:
            problems[field] = _("There is a sign in it that no letter can carry.")
    if letter.address and letter.address not in addresses_of(actor, client_id):
        problems["address"] = _("Choose one of the list.")
    uploads: list[tuple[BinaryIO, Upload]] = []
    try:
        if len(letter.files) > MOST_AT_ONCE:
            message = _("At most %(most)d files go with a letter.") % {"most": MOST_AT_ONCE}
            raise Invalid(message, fields={"file": message})
        for source, name in letter.files:
            uploads.append((source, check_upload(name, source, max_mib=MOST_MIB, allowed=TAKEN)))
        if sum(one.size for _source, one in uploads) > MOST_MIB_AT_ONCE * MIB:
            message = _("All files of a letter together have at most %(most)d MB.") % {"most": MOST_MIB_AT_ONCE}
            raise Invalid(message, fields={"file": message})
    except Invalid as refusal:
        problems["file"] = refusal.message
    if problems:
        raise Invalid(_("The letter is not sent: mend the marked places."), fields=problems)
    return uploads


def _due(actor: Actor, client_id: int, address: str, now: datetime) -> datetime:
    """Return when the gate lets the letter go. Raises Refusal in its words.

    That the installation's own letters have no server or no money is nothing to a mailbox, which has its own.
    """
    asked = Asked(client_id, address, "service", "hand", now)
    facts = scene_of("email", [asked], now=now).facts(asked)
    verdict = decide(replace(facts, is_set_up=True, has_budget=True), now)
    if verdict.kind == "refuse" or verdict.code in SHUT:
        raise Refusal(verdict_words(verdict, actor, now), code=verdict.code)
    return verdict.until or now
