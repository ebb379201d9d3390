"""Live updates: what happens elsewhere, as it happens, over a stream that is taken up from the last event.

The browser gets names and ids only and asks the web server for what it may see: rights are checked there.
"""

from voronka.kit.live.messages import LiveMessage, call_name, shows
from voronka.kit.live.whispers import whisper
from voronka.kit.live.wire import app

__all__ = ["LiveMessage", "app", "call_name", "shows", "whisper"]
