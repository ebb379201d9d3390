"""Shared mailboxes of talks: letters go by the mailbox's own server, in the thread of what they answer."""
