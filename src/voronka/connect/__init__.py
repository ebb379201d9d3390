"""Outside systems and machines: the REST API, its keys, outgoing webhooks."""
