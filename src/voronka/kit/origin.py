"""Where a request comes from: the one reading of X-Forwarded-For for history, throttles and the API alike."""

from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the address of the visitor, or the empty string where the server told none.

    With VORONKA_TRUSTED_PROXIES = n the n-th entry of X-Forwarded-For from the right was written by our own
    outermost proxy; everything left of it may be forged. With 0 the header says nothing.
    """
    return address_of(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""))


def address_of(direct: str, forwarded: str) -> str:
    """Return the visitor's address by that of the connection and by X-Forwarded-For, as `client_address` tells."""
    proxies = settings.TRUSTED_PROXIES
    entries = forwarded.split(",")
    if proxies and len(entries) >= proxies:
        return _clean(entries[-proxies]) or _clean(direct)
    return _clean(direct)


def counted_as(address: str) -> str:
    """Return what tries from an address are counted by: of the sixth version its first half, which one owner holds.

    He has 2⁶⁴ addresses there, so a limit for each of them would be none. History keeps the whole address.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Network((int(found), 64), strict=False).network_address) if found.version == 6 else address


def _clean(text: str) -> str:
    try:
        found = ip_address(text.strip().removeprefix("[").partition("]")[0])
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:  # as a server of both versions writes it
        return str(found.ipv4_mapped)
    return str(found)
