"""The kinds of providers that payments by link may go through."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from voronka.billing.gateways.kassa import KassaGateway
from voronka.billing.gateways.sandbox import SandboxGateway
from voronka.billing.gateways.transport import over_http
from voronka.billing.ports import GatewayKind, Keys, register_gateway
from voronka.billing.services import sandbox

YOOKASSA = "https://api.yookassa.ru/v3"


def open_yookassa(keys: Keys) -> KassaGateway:
    """Open a shop of YooKassa."""
    return KassaGateway(keys, over_http(YOOKASSA))


def open_sandbox(keys: Keys) -> SandboxGateway:
    """Open a sandbox in this process."""
    return SandboxGateway(keys, partial(sandbox.answer, keys))


register_gateway(GatewayKind("yookassa", _("YooKassa"), open_yookassa))
register_gateway(GatewayKind("sandbox", _("Sandbox, without money"), open_sandbox, is_real=False))
