"""The one way out: nothing reaches the inner network by any spelling, redirect or second answer (SAFETY, check 5)."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from voronka.kit.outgoing import Failure, OutgoingFailed, OutgoingRefused, Refusal, explain, post, send
from voronka.kit.outgoing.addresses import judge, may_speak_to

LOOPBACK = ("127.0.0.0/8", "::1/128")
OPEN = "93.184.216.34"


class Canary:
    """A server on loopback that counts who comes and answers as told."""

    def __init__(self, answer: bytes | Callable[[socket.socket], None], tls: ssl.SSLContext | None = None) -> None:
        self._answer = answer
        self._tls = tls
        self.hits = 0
        self.heard = b""
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self.hits += 1
            try:
                with connection:
                    self._talk(connection)
            except OSError:
                continue

    def _talk(self, connection: socket.socket) -> None:
        talk = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
        talk.settimeout(5)
        while not self._heard_all():
            piece = talk.recv(65536)
            if not piece:
                return
            self.heard += piece
        if callable(self._answer):
            self._answer(talk)
        else:
            talk.sendall(self._answer)
        talk.close()

    def _heard_all(self) -> bool:
        head, end, body = self.heard.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        return bool(end) and len(body) >= int(length or 0)

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)  # wakes the waiting accept
        self._server.close()
        self._thread.join(5)


@pytest.fixture
def canary() -> Iterator[Callable[..., Canary]]:
    made: list[Canary] = []

    def make(answer: bytes | Callable[[socket.socket], None] = OK, tls: ssl.SSLContext | None = None) -> Canary:
        made.append(Canary(answer, tls))
        return made[-1]

    yield make
    for each in made:
        each.close()


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Kind: test\r\n\r\nhello"

SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f000001",
    "2130706433",
    "017700000001",
    "127.0.0.1.",
    "localhost",
    "LOCALHOST.",
    "0.0.0.0",
    "0",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1%25lo]",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "127.0.0.1%00.example.com",
    "user@127.0.0.1",
    "example.com@127.0.0.1",
    "127.0.0.1\\@example.com",
    "%31%32%37.0.0.1",
]


@pytest.mark.parametrize("host", SPELLINGS)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_spelling_of_loopback_is_reached(canary: Callable[..., Canary], host: str, scheme: str) -> None:
    server = canary()
    with pytest.raises(OutgoingRefused):
        post(f"{scheme}://{host}:{server.port}/", b"{}", {}, 2.0)
    assert server.hits == 0


INNER = [
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "0.1.2.3",
    "192.88.99.1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "100::1",
    "3fff::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "2002:c0a8:101::1",
    "2001:0:7f00:1::1",
    "::a00:1",
]


@pytest.mark.parametrize("address", INNER)
def test_inner_and_special_addresses_are_refused_however_they_are_found(address: str) -> None:
    for url, resolver in [
        (f"http://[{address}]/" if ":" in address else f"http://{address}/", lambda host, port: [OPEN]),
        ("http://name.example/", lambda host, port: [address]),
        ("http://name.example/", lambda host, port: [OPEN, address]),
    ]:
        with pytest.raises(OutgoingRefused) as caught:
            judge(url, resolver=resolver)
        assert caught.value.reason is Refusal.PRIVATE


@given(st.ip_addresses(v=4))
def test_an_address_in_ipv6_clothes_is_judged_as_what_it_is(address: ipaddress.IPv4Address) -> None:
    bare = may_speak_to(address, [])
    for network in ("::ffff:0:0", "64:ff9b::", "::ffff:0:0:0"):
        dressed = ipaddress.IPv6Address(int(ipaddress.IPv6Address(network)) + int(address))
        assert may_speak_to(dressed, []) == bare
    assert may_speak_to(ipaddress.IPv6Address((0x2002 << 112) + (int(address) << 80)), []) == bare


@pytest.mark.parametrize("address", [OPEN, "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"])
def test_the_open_internet_is_allowed(address: str) -> None:
    assert judge("https://name.example/a?b=c", resolver=lambda host, port: [address]).addresses == (address,)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://name.example/", Refusal.SCHEME),
        ("file:///etc/passwd", Refusal.SCHEME),
        ("gopher://127.0.0.1:6379/_x", Refusal.SCHEME),
        ("name.example", Refusal.SCHEME),
        ("http://", Refusal.ADDRESS),
        ("http:///path", Refusal.ADDRESS),
        ("http://name.example:99999/", Refusal.ADDRESS),
        ("http://name.example:25/", Refusal.PORT),
        ("http://name.example/a b", Refusal.ADDRESS),
        ("http://name.example/\r\nX: y", Refusal.ADDRESS),
        ("http://a:b@name.example/", Refusal.CREDENTIALS),
        ("http://name.example/" + "a" * 3000, Refusal.ADDRESS),
    ],
)
def test_odd_addresses_are_refused_with_their_reason(url: str, reason: Refusal) -> None:
    with pytest.raises(OutgoingRefused) as caught:
        judge(url, resolver=lambda host, port: [OPEN])
    assert caught.value.reason is reason
    assert explain(caught.value)


def test_an_unknown_host_is_told() -> None:
    with pytest.raises(OutgoingRefused) as caught:
        judge("http://name.example/", resolver=lambda host, port: [])
    assert caught.value.reason is Refusal.UNRESOLVED


def test_an_allowed_network_is_spoken_to(canary: Callable[..., Canary]) -> None:
    server = canary()
    answer = post(
        f"http://localhost:{server.port}/hook?a=1",
        b'{"x":1}',
        {"Content-Type": "application/json", "Host": "evil.example", "Content-Length": "0"},
        5.0,
        LOOPBACK,
        resolver=lambda host, port: ["127.0.0.1"],
    )
    assert (answer.status, answer.body_start, answer.is_whole, answer.headers["x-kind"]) == (
        200,
        b"hello",
        True,
        "test",
    )
    head, _, body = server.heard.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook?a=1 HTTP/1.1\r\n")
    assert f"host: localhost:{server.port}".encode() in head.lower()
    assert b"evil.example" not in head
    assert head.lower().count(b"content-length: 7") == 1
    assert body == b'{"x":1}'


def test_an_allowed_network_opens_no_other() -> None:
    with pytest.raises(OutgoingRefused):
        judge("http://name.example/", allow_private=["10.1.0.0/16"], resolver=lambda host, port: ["10.2.0.1"])


def test_a_redirect_is_returned_not_followed(canary: Callable[..., Canary]) -> None:
    inner = canary()
    redirect = f"HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:{inner.port}/\r\nContent-Length: 0\r\n\r\n".encode()
    server = canary(redirect)
    answer = post(f"http://127.0.0.1:{server.port}/", b"{}", {}, 5.0, LOOPBACK)
    assert (answer.status, server.hits, inner.hits) == (307, 1, 0)


def test_a_name_that_changes_its_address_gains_nothing(canary: Callable[..., Canary]) -> None:
    server = canary()
    asked: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return [OPEN] if len(asked) == 1 else ["127.0.0.1"]

    # The first answer is what is connected to: here the test's own wall stops it, elsewhere the internet would answer.
    with pytest.raises((RuntimeError, OutgoingFailed)):
        post(f"http://name.example:{server.port}/", b"{}", {}, 2.0, resolver=resolver)
    assert (asked, server.hits) == (["name.example"], 0)


def test_the_environment_adds_no_proxy(canary: Callable[..., Canary], monkeypatch: pytest.MonkeyPatch) -> None:
    proxy, server = canary(), canary()
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    post(f"http://127.0.0.1:{server.port}/", b"{}", {}, 5.0, LOOPBACK)
    assert (proxy.hits, server.hits) == (0, 1)


def endless(head: bytes, piece: bytes, pause: float) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(piece)
            time.sleep(pause)

    return answer


def test_only_the_start_of_a_long_answer_is_read(canary: Callable[..., Canary]) -> None:
    server = canary(endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536, 0))
    answer = post(f"http://127.0.0.1:{server.port}/", b"{}", {}, 5.0, LOOPBACK, body_limit=1000)
    assert (answer.body_start, answer.is_whole) == (b"x" * 1000, False)


@pytest.mark.parametrize(
    "head", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n"], ids=["status", "head", "body"]
)
def test_a_dripping_server_is_left_in_time(canary: Callable[..., Canary], head: bytes) -> None:
    server = canary(endless(head, b"HTTP/1.1 200 OK\r\n"[:1] if not head else b"a", 0.02))
    started = time.monotonic()
    with pytest.raises(OutgoingFailed) as caught:
        post(f"http://127.0.0.1:{server.port}/", b"{}", {}, 0.5, LOOPBACK)
    assert caught.value.reason is Failure.TIMEOUT
    assert time.monotonic() - started < 1.5


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"SSH-2.0-OpenSSH\r\n", Failure.PROTOCOL),
        (b"", Failure.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", None),
    ],
)
def test_what_is_no_http_is_told(canary: Callable[..., Canary], answer: bytes, reason: Failure | None) -> None:
    with pytest.raises(OutgoingFailed) as caught:
        post(f"http://127.0.0.1:{canary(answer).port}/", b"{}", {}, 5.0, LOOPBACK)
    assert caught.value.reason is Failure.PROTOCOL


def test_a_closed_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(OutgoingFailed) as caught:
        send("GET", f"http://127.0.0.1:{port}/", allow_private=LOOPBACK, timeout=2.0)
    assert caught.value.reason is Failure.CONNECTION


def test_headers_cannot_split_the_message(canary: Callable[..., Canary]) -> None:
    server = canary()
    with pytest.raises(OutgoingFailed):
        post(f"http://127.0.0.1:{server.port}/", b"{}", {"X-A": "b\r\nX-C: d"}, 2.0, LOOPBACK)
    assert b"X-C" not in server.heard


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's and a client's side of a certificate for the name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "both.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=str(path))


def test_certificates_are_checked_against_the_name_though_the_number_is_pinned(
    canary: Callable[..., Canary], tmp_path: Path
) -> None:
    server_side, client_side = certificate(tmp_path, "hook.example")
    names: list[str | None] = []
    server_side.sni_callback = lambda _socket, name, _context: names.append(name)
    options = {"resolver": lambda host, port: ["127.0.0.1"], "trust": client_side}
    port = canary(OK, server_side).port
    assert post(f"https://hook.example:{port}/", b"{}", {}, 5.0, LOOPBACK, **options).status == 200
    port = canary(OK, server_side).port
    with pytest.raises(OutgoingFailed):
        post(f"https://other.example:{port}/", b"{}", {}, 5.0, LOOPBACK, **options)
    port = canary(OK, server_side).port
    with pytest.raises(OutgoingFailed):  # not signed by anyone known
        post(f"https://hook.example:{port}/", b"{}", {}, 5.0, LOOPBACK, resolver=options["resolver"])
    assert names[:2] == ["hook.example", "other.example"]
