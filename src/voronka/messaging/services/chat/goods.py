"""Goods of the catalogue in an operator's line: a card where the other side's page draws one, its words everywhere."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.messaging.models import Talk, TalkLine
from voronka.messaging.ports import GoodsCard, goods_source
from voronka.messaging.queries.talks import get_talk
from voronka.messaging.rules.chat import MOST_TEXT, is_address
from voronka.messaging.services.chat import operating
from voronka.messaging.services.chat.lines import line_of_key


@transaction.atomic
def show_goods(*, actor: Actor, public_id: str, draft: operating.Reply, goods: str, now: datetime) -> Talk:
    """Answer with goods (the public id of a variant), after a text if there is one; sent again, it is there once.

    What they cost and where they are is kept as it was then. Raises what `reply` raises, NotFound for goods that are
    not there or not on sale.
    """
    talk, source = get_talk(actor, public_id), goods_source()
    if line_of_key(talk, draft.key) is not None:
        return talk
    card = source.get(goods, talk.visitor) if source is not None and source.may(actor) else None
    if card is None:
        raise NotFound(_("There are no such goods."))
    said = words_of(card, talk.language)
    text = "\n".join(one for one in (draft.text.strip()[: MOST_TEXT - len(said) - 1], said) if one)
    row = operating.reply(actor=actor, public_id=public_id, draft=replace(draft, text=text), now=now)
    line = line_of_key(row, draft.key)
    if line is not None and line.goods is None:
        own = line.text.split("\n")[-len(said.split("\n")) :]  # as the line has it: signs may have been put right
        line.goods = {
            "variant": card.variant, "name": card.name, "price": None if card.price is None else str(card.price),
            "currency": card.currency, "url": _safe(card.url), "picture": card.picture, "said": "\n".join(own),
        }  # fmt: skip
        line.save(update_fields=["goods"])
    return row


def words_of(card: GoodsCard, language: str) -> str:
    """Return goods in words, as they go by every channel: name, price, address."""
    with translation.override(language):
        price = "" if card.price is None else wording.money(card.price, card.currency, language)
    return "\n".join(
        one for one in (" — ".join(one for one in (card.name[:300], price) if one), _safe(card.url)) if one
    )


def _safe(url: str) -> str:
    return url if is_address(url) else ""


def goods_shown(goods: Mapping[str, Any], language: str) -> dict[str, str]:
    """Return a card of goods as it is drawn: its price in the reader's language."""
    price = goods["price"]
    words = "" if price is None else wording.money(Decimal(price), goods["currency"], language)
    return {"name": goods["name"], "price": words, "url": goods["url"], "picture": goods["picture"]}


def text_beside(line: TalkLine) -> str:
    """Return the text of a line without what its card of goods says."""
    return line.text if line.goods is None else line.text.removesuffix(str(line.goods["said"])).strip()
