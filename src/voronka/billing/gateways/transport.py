"""How providers are spoken to over HTTP: by the kit's guarded way, which reaches no inner network."""

from collections.abc import Mapping, Sequence

from voronka.billing.gateways.kassa import Transport
from voronka.billing.ports import ProviderSilent
from voronka.kit import outgoing

SECONDS = 20.0


def over_http(base: str, *, allow_private: Sequence[str] = (), seconds: float = SECONDS) -> Transport:
    """Return a transport to an address. What never got an answer is unknown, and said so by ProviderSilent."""

    def ask(method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        try:
            answer = outgoing.send(
                method, f"{base}{path}", body=body, headers=headers, timeout=seconds, allow_private=allow_private
            )
        except (outgoing.OutgoingRefused, outgoing.OutgoingFailed) as error:
            raise ProviderSilent(error.reason.value) from error
        if not answer.is_whole:
            raise ProviderSilent("too_long")
        return answer.status, answer.body_start

    return ask
