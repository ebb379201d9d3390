"""Ways out: e-mail, letters behind the undo by SMTP, SMS, calls of webhooks. Importing this package registers them."""

from voronka.messaging.channels import email, sms, smtp, talks, webhook

__all__ = ["email", "sms", "smtp", "talks", "webhook"]
