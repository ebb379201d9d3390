"""Networks from which people may come in: what is typed, and whether an address is inside."""

import ipaddress
from collections.abc import Iterable, Sequence
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MOST = 100
WIDEST_V4, WIDEST_V6 = 8, 16  # wider than the largest network that anybody owns: the list would mean nothing


class BadNetworkError(ValueError):
    """A line is no network; `reason` is a code: not_network, too_wide, too_many."""

    def __init__(self, reason: str, line: str = "") -> None:
        super().__init__(reason)
        self.reason, self.line = reason, line


def read_networks(lines: Iterable[str]) -> list[str]:
    """Return the networks of typed lines as they are kept: CIDR, in their order, each once.

    An address alone is a network of its own; host bits are cut off (10.0.0.5/24 is 10.0.0.0/24); what stands behind
    a # is a remark and not kept. Raises BadNetworkError naming the line.
    """
    found: dict[str, None] = {}
    for line in lines:
        text = line.partition("#")[0].strip()
        if not text:
            continue
        network = _read(text, line)
        if network.prefixlen < (WIDEST_V4 if network.version == 4 else WIDEST_V6):
            raise BadNetworkError("too_wide", line.strip())
        found[str(network)] = None
        if len(found) > MOST:
            raise BadNetworkError("too_many", line.strip())
    return list(found)


def _read(text: str, line: str) -> Network:
    try:
        network = ipaddress.ip_network(text[:60], strict=False)
    except ValueError:
        raise BadNetworkError("not_network", line.strip()) from None
    mapped = network.network_address.ipv4_mapped if isinstance(network, ipaddress.IPv6Network) else None
    if mapped is not None and network.prefixlen >= 96:
        return ipaddress.ip_network(f"{mapped}/{network.prefixlen - 96}", strict=False)
    if isinstance(network, ipaddress.IPv6Network) and network.network_address.scope_id:
        raise BadNetworkError("not_network", line.strip())
    return network


def is_inside(address: str, networks: Sequence[str]) -> bool:
    """Tell whether an address is in one of the kept networks; an IPv4 one written as IPv6 is the IPv4 one."""
    try:
        asked = _plain(ipaddress.ip_address(address))
    except ValueError:
        return False
    return any(asked in one for one in _kept(tuple(networks)))


def _plain(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return address if mapped is None else mapped


@lru_cache(maxsize=256)
def _kept(networks: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(one) for one in networks)
