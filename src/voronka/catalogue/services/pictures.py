"""Pictures of goods: told by their bytes, kept as files of the product."""

from collections.abc import Sequence
from datetime import datetime
from typing import IO

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from voronka.catalogue.events import ProductSaved
from voronka.catalogue.models import Picture, Variant
from voronka.catalogue.permissions import EDIT
from voronka.catalogue.services.products import get_locked
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.events import publish
from voronka.kit.files import delete_file, store_file
from voronka.kit.models import StoredFile
from voronka.kit.pictures import HEAD, read_size

MOST_MIB, MOST = 10, 30
MOST_PICTURE = MOST_MIB * 1024 * 1024


@transaction.atomic
def add_picture(
    *, actor: Actor, product: str, source: IO[bytes], name: str, now: datetime, variant: str = ""
) -> Picture:
    """Keep a picture of a product, or of one of its variants, behind the others.

    Raises Denied, NotFound, Invalid for what is no PNG, JPEG or WebP, for more than 10 MB or 30 pictures.
    """
    actor.require(EDIT)
    row = get_locked(product)
    of = Variant.objects.filter(product=row, public_id=variant).first() if variant else None
    if variant and of is None:
        raise NotFound(_("There is no such variant."))
    have = Picture.objects.filter(product=row)
    if have.count() >= MOST:
        raise _wrong(_("A product has at most %(most)d pictures.") % {"most": MOST})
    size = read_size(source.read(HEAD))
    source.seek(0)
    if size is None:
        raise _wrong(_("This is no picture that browsers show: a PNG, JPEG or WebP is needed."))
    kept = store_file(
        source, name=name, subject_kind="product", subject_id=row.pk, added_by=actor.employee_id,
        now=now, content_type=size.content_type, most_mib=MOST_MIB,
    )  # fmt: skip
    last = have.aggregate(last=Max("position"))["last"]
    made = Picture.objects.create(
        product=row, variant=of, file_id=kept.pk, width=size.width, height=size.height,
        position=0 if last is None else last + 1,
    )  # fmt: skip
    publish(ProductSaved(product_id=row.pk, is_new=False))
    return made


def _wrong(message: str) -> Invalid:
    return Invalid(message, fields={"file": message})


@transaction.atomic
def delete_picture(*, actor: Actor, public_id: str) -> None:
    """Delete a picture with its bytes. Raises Denied, NotFound."""
    actor.require(EDIT)
    found = Picture.objects.filter(public_id=public_id).select_related("product").first()
    if found is None:
        raise NotFound(_("There is no such picture."))
    get_locked(found.product.public_id)
    file = StoredFile.objects.filter(pk=found.file_id).first()
    found.delete()
    if file is not None:
        delete_file(file)
    publish(ProductSaved(product_id=found.product_id, is_new=False))


@transaction.atomic
def order_pictures(*, actor: Actor, product: str, public_ids: Sequence[str]) -> None:
    """Put the pictures of a product into an order; those not named follow as they stood. Raises Denied, NotFound."""
    actor.require(EDIT)
    row = get_locked(product)
    place = {public_id: number for number, public_id in enumerate(public_ids)}
    have = list(Picture.objects.filter(product=row).order_by("position", "id"))
    have.sort(key=lambda one: place.get(one.public_id, len(place)))
    for number, one in enumerate(have):
        one.position = number
    Picture.objects.bulk_update(have, ["position"])
    publish(ProductSaved(product_id=row.pk, is_new=False))
