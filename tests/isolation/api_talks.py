"""Rows of the operations on talks; `rows_messaging.py` makes its records."""

from api_row import ApiRow
from api_row import kept as _kept
from isolation_table import World

TALK = "owner head manager"


def _begun(world: World) -> dict[str, object]:
    box = world.kept["sending_mailbox"]
    return {"client": world.kept["mine"], "mailbox": box, "subject": "Заказ", "body": "Готов"}


ROWS = [
    ApiRow("list_talks", TALK),
    ApiRow("list_mailboxes", TALK),
    ApiRow("begin_talk", TALK, (201,), names=True, by_record=True, sent=_begun),
    ApiRow("get_talk", TALK, args=_kept(talk="talk")),
    ApiRow("answer_talk", TALK, args=_kept(talk="talk"), sent=lambda w: {"text": "Добрый день", "anyway": True}),
    ApiRow("note_talk", TALK, args=_kept(talk="talk"), sent=lambda w: {"text": "Про возврат"}),
    ApiRow("assign_talk", TALK, args=_kept(talk="talk"), sent=lambda w: {"to": w.kept["department"]}),
    ApiRow("get_talk_attachment", TALK, args=_kept(talk="talk", file_id="talk_file")),
    ApiRow("close_talk", TALK, args=_kept(talk="talk")),
]
