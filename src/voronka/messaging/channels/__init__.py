"""Ways out: e-mail, letters behind the undo by SMTP, calls of webhooks. Importing this package registers them."""

from voronka.messaging.channels import email, smtp, webhook

__all__ = ["email", "smtp", "webhook"]
