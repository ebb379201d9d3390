"""Pages for strangers: the client's own page of his order, by a secret link, and the order form of the shop."""
