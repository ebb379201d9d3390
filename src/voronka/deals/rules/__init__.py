"""Rules of deals on plain values: buttons, ladders, moments."""
