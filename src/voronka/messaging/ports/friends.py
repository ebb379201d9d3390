"""What letters tell of friends: links by which clients bring them, codes that they got."""

from collections.abc import Callable, Mapping, Sequence

# Tells the links by which clients bring friends, or the codes that they got as friends, by client.
FriendLinks = Callable[[Sequence[int]], Mapping[int, str]]

_friend_links: list[FriendLinks] = []
# Tells a link that nobody has, as long as one that a client would get; empty where clients get none.
_friend_stand_ins: list[Callable[[], str]] = []
_friend_codes: list[FriendLinks] = []


def register_friend_links(tell: FriendLinks) -> None:
    """Say who gives letters the links by which clients bring friends."""
    _friend_links[:] = [tell]


def friend_links(client_ids: Sequence[int]) -> Mapping[int, str]:
    """Return the links by which clients bring friends, by client."""
    return _friend_links[0](client_ids) if _friend_links else {}


def register_friend_stand_in(tell: Callable[[], str]) -> None:
    """Say what stands for a client's link where a letter is only looked at."""
    _friend_stand_ins[:] = [tell]


def friend_stand_in() -> str:
    """Return what stands for a client's link where a letter is only looked at: as long as one, and nobody's."""
    return _friend_stand_ins[0]() if _friend_stand_ins else ""


def register_friend_codes(tell: FriendLinks) -> None:
    """Say who gives letters the codes that clients got as friends who were brought."""
    _friend_codes[:] = [tell]


def friend_codes(client_ids: Sequence[int]) -> Mapping[int, str]:
    """Return the codes that clients got as friends who were brought, by client."""
    return _friend_codes[0](client_ids) if _friend_codes else {}
