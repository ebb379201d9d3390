"""The local mailbox: where no mail server is configured, letters land as files that a page shows."""

import itertools
import signal
import threading
import time
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

_number = itertools.count()
LONGEST_LETTER = 25 * 2**20


class Sink:
    """Writes every letter to a folder as NAME.eml, complete or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take one letter."""
        name = f"{time.time_ns()}-{next(_number)}"
        content = envelope.original_content or b""
        making = self.folder / f".{name}.part"
        making.write_bytes(b"X-Envelope-To: " + ", ".join(envelope.rcpt_tos).encode() + b"\r\n" + content)
        making.rename(self.folder / f"{name}.eml")
        return "250 Taken"


def start_mailbox(folder: Path, port: int) -> Controller:
    """Start taking letters on this machine's `port` in a thread; `.stop()` ends it."""
    folder.mkdir(parents=True, exist_ok=True)
    controller = Controller(
        Sink(folder), hostname="127.0.0.1", port=port, data_size_limit=LONGEST_LETTER, decode_data=False
    )
    controller.start()
    return controller


def run(folder: Path, port: int) -> None:
    """Take letters until told to stop."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    controller = start_mailbox(folder, port)
    stop.wait()
    controller.stop()
