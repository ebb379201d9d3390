"""Orders by letters: mailboxes looked into, letters understood, orders placed of them, once."""

from voronka.orders.services.mail.boxes import BoxDraft, delete_box, get_box, list_boxes, save_box
from voronka.orders.services.mail.letters import drop_letter, get_letter, keep_letter, take_up_letter
from voronka.orders.services.mail.looking import companies_due, look, order_due, order_look
from voronka.orders.services.mail.placing import draft_of_letter, last_order, place_by_itself, place_letter

__all__ = [
    "BoxDraft",
    "companies_due",
    "delete_box",
    "draft_of_letter",
    "drop_letter",
    "get_box",
    "get_letter",
    "keep_letter",
    "last_order",
    "list_boxes",
    "look",
    "order_due",
    "order_look",
    "place_by_itself",
    "place_letter",
    "save_box",
    "take_up_letter",
]
