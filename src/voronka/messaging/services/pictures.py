"""Pictures of letters: kept as files of the company, given to whoever holds their signed address, as a letter does."""

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import IO

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.files import store_file
from voronka.kit.ids import PUBLIC_ID_LENGTH
from voronka.kit.models import StoredFile
from voronka.kit.pictures import HEAD, read_size
from voronka.messaging.permissions import EDIT_TEMPLATES

KIND = "letter_picture"
MOST_MIB, MOST_SHOWN = 2, 60
_SALT, _SIGN = "voronka.messaging.picture", 24


def add_picture(*, actor: Actor, source: IO[bytes], name: str, now: datetime) -> StoredFile:
    """Keep a picture for letters. Raises Denied, Invalid for no PNG, JPEG or WebP of 2 MB."""
    actor.require(EDIT_TEMPLATES)
    size = read_size(source.read(HEAD))
    source.seek(0)
    if size is None:
        said = _("This is no picture that mail programs show: a PNG, JPEG or WebP is needed.")
        raise Invalid(said, fields={"upload": said})
    return store_file(
        source, name=name, subject_kind=KIND, subject_id=0, added_by=actor.employee_id, now=now,
        content_type=size.content_type, most_mib=MOST_MIB,
    )  # fmt: skip


def list_pictures() -> list[StoredFile]:
    """Return the pictures of letters, the newest first."""
    return list(StoredFile.objects.filter(subject_kind=KIND).order_by("-id")[:MOST_SHOWN])


def known_pictures(public_ids: Sequence[str]) -> dict[str, str]:
    """Return the addresses of those pictures that are there."""
    there = StoredFile.objects.filter(subject_kind=KIND, public_id__in=list(public_ids))
    return {one: picture_address(one) for one in there.values_list("public_id", flat=True)}


def picture_address(public_id: str) -> str:
    """Return the address by which a letter shows a picture."""
    return settings.SITE + reverse("messaging:letter-picture", args=[public_id + _sign(public_id)])


def _sign(public_id: str) -> str:
    return salted_hmac(_SALT, public_id, algorithm="sha256").hexdigest()[:_SIGN]


def company_of_picture(token: str) -> tuple[int, str] | None:
    """Return company and file of a picture's address; None for one not signed by us, the database unasked."""
    public_id, sign = token[:PUBLIC_ID_LENGTH], token[PUBLIC_ID_LENGTH:]
    if not token.isascii() or not hmac.compare_digest(sign, _sign(public_id)):
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT messaging_company_of_picture(%s)", [public_id])
        company_id: int | None = cursor.fetchone()[0]
    return None if company_id is None else (company_id, public_id)
