"""Rules of deals, on plain values."""
