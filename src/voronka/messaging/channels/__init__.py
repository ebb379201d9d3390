"""Ways out: e-mail, letters behind the undo by SMTP, SMS, calls of webhooks. Importing this package registers them."""

from voronka.messaging.channels import email, sms, smtp, webhook

__all__ = ["email", "sms", "smtp", "webhook"]
