"""The one way out over HTTP: addresses are checked before anything is sent, and only a checked address is spoken to."""

from .addresses import OutgoingRefused, Refusal
from .client import Answer, Failure, OutgoingFailed, post, send
from .words import explain

__all__ = ["Answer", "Failure", "OutgoingFailed", "OutgoingRefused", "Refusal", "explain", "post", "send"]
