"""Rules of the queue and of working time, on plain values."""
