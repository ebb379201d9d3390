"""Which addresses may be spoken to: a name is resolved once, all its addresses are judged, no other is used.

So a name that answers differently the second time changes nothing, and whatever way an address is written in
(octal, short, in IPv6 clothes), it is judged as the number it is.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import httpx

Resolver = Callable[[str, int], Sequence[str]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

USUAL_PORTS = {80, 443}
LOWEST_FREE_PORT, HIGHEST_PORT = 1024, 65_535
LONGEST_URL = 2048
# IPv6 ranges that carry an IPv4 address in their last 32 bits: compatible (RFC 4291), mapped, translated (RFC
# 2765), NAT64 (RFC 6052, 8215). 6to4 and Teredo carry theirs elsewhere and are unwrapped by the standard
# library.
CARRIERS = [
    ipaddress.IPv6Network(network)
    for network in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")
]
# Told apart by no standard library of ours everywhere: site-local (RFC 3879), discard (RFC 6666),
# documentation (RFC 9637).
NEVER = [ipaddress.ip_network(network) for network in ("fec0::/10", "100::/64", "3fff::/20", "192.88.99.0/24")]
NUMERIC_LABEL = re.compile(r"(?:0[xX][0-9A-Fa-f]*|[0-9]+)")


class Refusal(StrEnum):
    """Why an address is not spoken to."""

    ADDRESS = "address"
    SCHEME = "scheme"
    CREDENTIALS = "credentials"
    PORT = "port"
    UNRESOLVED = "unresolved"
    PRIVATE = "private"


class OutgoingRefused(Exception):
    """The address may not be spoken to; nothing was sent, no connection was opened."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was judged: how to name the host, and which numbers to connect to."""

    scheme: str
    host: str
    port: int
    path: bytes
    addresses: tuple[str, ...]


def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a name as the system resolves it; empty when it knows none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def judge(url: str, *, allow_private: Sequence[str] = (), resolver: Resolver = resolve) -> Target:
    """Return where to connect for this address, or raise OutgoingRefused.

    `allow_private` names networks (`10.0.0.0/8`) that this installation lets its people speak to. One bad
    address among several refuses them all.
    """
    parsed = _parse(url)
    port = parsed.port or (443 if parsed.scheme == "https" else 80)
    if port > HIGHEST_PORT:
        raise OutgoingRefused(Refusal.ADDRESS)
    if port not in USUAL_PORTS and port < LOWEST_FREE_PORT:
        raise OutgoingRefused(Refusal.PORT)
    host = parsed.raw_host.decode("ascii").rstrip(".")
    literal = _literal(host)
    allowed = [ipaddress.ip_network(network) for network in allow_private]
    found = [literal] if literal else [_number(text) for text in resolver(host, port)]
    if not found:
        raise OutgoingRefused(Refusal.UNRESOLVED)
    if not all(may_speak_to(address, allowed) for address in found):
        raise OutgoingRefused(Refusal.PRIVATE)
    return Target(parsed.scheme, host, port, parsed.raw_path, tuple(str(address) for address in found))


def judge_host(
    host: str, port: int, *, allow_private: Sequence[str] = (), resolver: Resolver = resolve
) -> tuple[str, ...]:
    """Return the numbers to connect to for a server that does not speak HTTP, or raise OutgoingRefused."""
    name = host.strip().rstrip(".")
    if not name or not 0 < port <= HIGHEST_PORT or any(ord(sign) <= 32 or sign in "/\\@%?#" for sign in name):
        raise OutgoingRefused(Refusal.ADDRESS)
    literal = _literal(name)
    allowed = [ipaddress.ip_network(network) for network in allow_private]
    found = [literal] if literal else [_number(text) for text in resolver(name, port)]
    if not found:
        raise OutgoingRefused(Refusal.UNRESOLVED)
    if not all(may_speak_to(address, allowed) for address in found):
        raise OutgoingRefused(Refusal.PRIVATE)
    return tuple(str(address) for address in found)


def _parse(url: str) -> httpx.URL:
    if len(url) > LONGEST_URL or any(ord(sign) <= 32 or ord(sign) == 127 or sign == "\\" for sign in url):
        raise OutgoingRefused(Refusal.ADDRESS)
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise OutgoingRefused(Refusal.ADDRESS) from error
    if parsed.scheme not in ("http", "https"):
        raise OutgoingRefused(Refusal.SCHEME)
    if parsed.userinfo:
        raise OutgoingRefused(Refusal.CREDENTIALS)
    if not parsed.raw_host.strip(b".") or b"%" in parsed.raw_host:
        raise OutgoingRefused(Refusal.ADDRESS)
    return parsed


def _literal(host: str) -> Address | None:
    """Return the address that the host is, None for a name; raises for odd spellings such as `0177.0.0.1`, `127.1`."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        if ":" in host or NUMERIC_LABEL.fullmatch(host.rpartition(".")[2]):
            raise OutgoingRefused(Refusal.ADDRESS) from None
        return None


def _number(text: str) -> Address:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError as error:
        raise OutgoingRefused(Refusal.UNRESOLVED) from error


def may_speak_to(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether the address, and any that it carries inside, is of the open internet or of an allowed network."""
    return all(
        _is_open(each) or any(each.version == network.version and each in network for network in allowed)
        for each in _layers(address)
    )


def _layers(address: Address) -> Iterator[Address]:
    """Yield the address that is meant: the one carried inside where there is one, else itself."""
    if isinstance(address, ipaddress.IPv6Address):
        carried: list[Address] = []
        if any(address in network for network in CARRIERS) and int(address) > 1:
            carried.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address.sixtofour is not None:
            carried.append(address.sixtofour)
        if address.teredo is not None:
            carried.extend(address.teredo)
        if carried:
            yield from carried
            return
    yield address


def _is_open(address: Address) -> bool:
    if any(address.version == network.version and address in network for network in NEVER):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved
