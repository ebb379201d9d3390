"""Rows of the operations on talks; `rows_messaging.py` makes its records."""

from api_row import ApiRow
from api_row import kept as _kept
from django.core.files.uploadedfile import SimpleUploadedFile
from isolation_table import World

TALK = "owner head manager"


def _begun(world: World) -> dict[str, object]:
    box = world.kept["sending_mailbox"]
    return {"client": world.kept["mine"], "mailbox": box, "subject": "Заказ", "body": "Готов"}


def _said(world: World) -> dict[str, object]:
    return {"text": "Добрый день", "anyway": True}


def _plan() -> SimpleUploadedFile:
    return SimpleUploadedFile("план.txt", "План".encode())


ROWS = [
    ApiRow("list_talks", TALK),
    ApiRow("list_mailboxes", TALK),
    ApiRow("begin_talk", TALK, (201,), names=True, by_record=True, sent=_begun),
    ApiRow("get_talk", TALK, args=_kept(talk="talk")),
    ApiRow("answer_talk", TALK, args=_kept(talk="talk"), sent=_said),
    ApiRow(
        "begin_talk_with_files",
        TALK,
        (201,),
        names=True,
        by_record=True,
        sent=_begun,
        file=lambda w: _plan(),
    ),
    ApiRow("answer_talk_with_file", TALK, (201,), args=_kept(talk="talk"), sent=_said, file=lambda w: _plan()),
    ApiRow(
        "answer_talk_with_goods",
        TALK,
        args=_kept(talk="talk"),
        sent=lambda w: _said(w) | {"variant": w.kept["order_goods_id"]},
    ),
    ApiRow("note_talk", TALK, args=_kept(talk="talk"), sent=lambda w: {"text": "Про возврат"}),
    ApiRow("assign_talk", TALK, args=_kept(talk="talk"), sent=lambda w: {"to": w.kept["department"]}),
    ApiRow("get_talk_attachment", TALK, args=_kept(talk="talk", file_id="talk_file")),
    ApiRow("close_talk", TALK, args=_kept(talk="talk")),
]
