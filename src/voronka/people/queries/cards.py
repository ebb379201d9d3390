"""What the page of a card needs beside the card itself."""

from voronka.people.models import Touch


def last_touches(client_id: int, *, most: int = 20) -> list[Touch]:
    """Return the last contacts of the client with the company, newest first."""
    return list(Touch.objects.filter(client_id=client_id).order_by("-at", "-id")[:most])
