"""Ways out: letters by SMTP, calls of webhooks. Importing this package registers them."""

from voronka.messaging.channels import smtp, webhook

__all__ = ["smtp", "webhook"]
