"""A mail server for tests: IMAP over TLS on this machine, with a certificate of its own that is trusted."""

import datetime as dt
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Post:
    """A mail server that speaks what RFC 3501 says of these commands; letters by number, `seen` of them.

    `asked` are the commands as they came, `validity` the sign under which numbers hold.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self.letters: dict[int, bytes] = {}
        self.seen: set[int] = set()
        self.logins: list[str] = []
        self.asked: list[str] = []
        self.validity = 1
        self._context = context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop to listen."""
        self._socket.shutdown(socket.SHUT_RDWR)  # closing alone leaves the thread in its accept
        self._socket.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                raw, _peer = self._socket.accept()
            except OSError:
                return
            with raw:
                try:
                    with self._context.wrap_socket(raw, server_side=True) as line:
                        self._talk(line)
                except OSError:
                    continue

    def _talk(self, line: ssl.SSLSocket) -> None:
        with line.makefile("rb") as asked:
            line.sendall(b"* OK ready\r\n")
            while text := asked.readline():
                tag, _space, command = text.decode().strip().partition(" ")
                answer = self._answer(command)
                done = b"NO [AUTHENTICATIONFAILED] wrong" if answer is None else b"OK done"
                line.sendall((answer or b"") + tag.encode() + b" " + done + b"\r\n")
                if command == "LOGOUT":
                    return

    def _answer(self, command: str) -> bytes | None:
        self.asked.append(command)
        if command == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n"
        if command.startswith("LOGIN"):
            self.logins.append(command)
            return None if "wrong" in command else b""
        if command.startswith("SELECT"):
            told = (
                f"* OK [UIDVALIDITY {self.validity}] valid\r\n* OK [UIDNEXT {max(self.letters, default=0) + 1}] next"
            )
            return f"* {len(self.letters)} EXISTS\r\n{told}\r\n".encode()
        if command.startswith("UID SEARCH UNSEEN"):
            found = [str(uid) for uid in self.letters if uid not in self.seen]
            return f"* SEARCH {' '.join(found)}\r\n".encode()
        if begun := re.match(r"UID SEARCH UID (\d+):\*", command):
            # The last letter is named even where its number is below what was asked for (RFC 3501, 6.4.8).
            last = max(self.letters, default=0)
            later = [str(uid) for uid in sorted(self.letters) if uid >= min(int(begun[1]), last)]
            return f"* SEARCH {' '.join(later)}\r\n".encode()
        if marked := re.match(r"UID STORE (\d+) \+FLAGS.SILENT \(\\Seen\)", command):
            self.seen.add(int(marked[1]))
            return b""
        if asked := re.match(r"UID FETCH (\d+) \((.*)\)$", command):
            whole = self.letters[int(asked[1])]
            is_head = "HEADER.FIELDS" in command
            body = whole.partition(b"\n\n")[0] + b"\n\n" if is_head else whole
            told = f"RFC822.SIZE {len(whole)} BODY[HEADER.FIELDS (FROM SUBJECT MESSAGE-ID)]" if is_head else "BODY[]"
            return f"* 1 FETCH (UID {asked[1]} {told} {{{len(body)}}}\r\n".encode() + body + b")\r\n"
        return b"* BYE\r\n" if command == "LOGOUT" else None


@contextmanager
def post_office(folder: Path) -> Iterator[tuple[Post, ssl.SSLContext]]:
    """Run a mail server at `localhost`; give it, and the trust that knows its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    alternative = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - dt.timedelta(1)).not_valid_after(now + dt.timedelta(1))
    certificate = made.add_extension(alternative, critical=False).sign(key, hashes.SHA256())
    (folder / "c.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "k.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "c.pem", folder / "k.pem")
    trusted = ssl.create_default_context(cafile=str(folder / "c.pem"))
    server = Post(context)
    try:
        yield server, trusted
    finally:
        server.close()
