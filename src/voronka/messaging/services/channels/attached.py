"""Files that came with lines: checked by their bytes, kept, handed back as downloads to who sees the talk."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse
from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit import files
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.models import StoredFile
from voronka.kit.uploads import check_upload
from voronka.messaging.models import OutsideLine, Talk
from voronka.messaging.ports import Bot, CameFile, FileOut, Keys, Refused, Silent, ways
from voronka.messaging.queries.channels import fault_words
from voronka.messaging.queries.talks import visible
from voronka.messaging.rules.channels import FILE_KIND

MOST_MIB = 20  # what the Bot API gives out


def may_read(actor: Actor, talk_id: int) -> bool:
    """Tell whether the actor sees the talk that a file came in."""
    return visible(actor).filter(pk=talk_id).exists()


files.register_reader(FILE_KIND, may_read)


def kept_file(talk: Talk, one: CameFile, now: datetime) -> dict[str, Any]:
    """Keep the bytes of a file, where they are there and fit; return what the line tells of it."""
    told: dict[str, Any] = {"name": one.name, "size": one.size, "kind": one.kind, "why": one.why}
    if one.ref:
        told["ref"] = one.ref
    if not one.body or one.why:
        return told
    source = io.BytesIO(one.body)
    try:
        found = check_upload(one.name, source, max_mib=MOST_MIB)
    except Invalid as refusal:
        return told | {"size": len(one.body), "why": refusal.message}
    kept = files.store_file(
        source, name=found.name, subject_kind=FILE_KIND, subject_id=talk.pk, added_by=None, now=now,
        content_type=found.content_type, most_mib=MOST_MIB,
    )  # fmt: skip
    return {"name": kept.name, "size": kept.size, "kind": found.content_type, "why": "", "id": kept.public_id}


def fetch_files(line_id: int, *, now: datetime) -> int:
    """Fetch the files of a line from the other side; return how many. Called again, it fetches what is missing."""
    with transaction.atomic():
        rows = OutsideLine.objects.filter(line_id=line_id, state="came").select_related("account", "talk")
        row = rows.first()
        language = accounts.get_company_rules().language
    if row is None or row.account is None:
        return 0
    account = row.account
    keys = Keys(account.settings, account.secret or "", tuple(settings.ALLOW_PRIVATE_WEBHOOKS))
    bot, count = cast("Bot", ways()[account.kind].open(keys)), 0  # only bots tell of files to be fetched
    with translation.override(language):
        for place, told in enumerate(row.files):
            if told.get("ref") and not told.get("id") and not told.get("why"):
                count += _fetch(row, place, told, bot, now)
    return count


def _fetch(row: OutsideLine, place: int, told: dict[str, Any], bot: Bot, now: datetime) -> int:
    body, why = b"", ""
    try:
        body = bot.take_file(told["ref"])
    except (Refused, Silent) as error:
        why = fault_words(error.code, error.words)
    with transaction.atomic():
        locked = OutsideLine.objects.select_for_update(of=("self",)).select_related("talk").get(pk=row.pk)
        if place >= len(locked.files) or locked.files[place].get("id"):
            return 0  # erased, or fetched by another
        one = CameFile(told["name"], told["size"], told["kind"], why, body)
        locked.files[place] = kept_file(locked.talk, one, now)
        locked.save(update_fields=["files"])
    return int(not why)


def files_of(told: Sequence[Mapping[str, Any]]) -> tuple[FileOut, ...]:
    """Return the bytes of what a line takes along. Raises FileNotFoundError for what is kept no more."""
    kept = {one.public_id: one for one in StoredFile.objects.filter(public_id__in=[one["id"] for one in told])}
    found = []
    for one in told:
        row = kept.get(one["id"])
        if row is None:
            raise FileNotFoundError(one["name"])
        with default_storage.open(row.key) as source:
            found.append(FileOut(row.name, row.content_type, source.read()))
    return tuple(found)


def give_file(*, actor: Actor, public_id: str, talk: Talk | None = None) -> FileResponse:
    """Return a file of a line as a download, of this talk where one is named. Raises Denied, NotFound."""
    found = files.get_file(actor, public_id)
    if found.subject_kind != FILE_KIND or (talk is not None and found.subject_id != talk.pk):
        raise NotFound(_("There is no such file."))
    return files.file_response(found)
