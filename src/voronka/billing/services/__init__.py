"""The verbs of documents and money."""
