"""Tags of the pages of clients."""
