"""SMS through SMSC and Exolve over real HTTP on loopback, with the errors of their documents and of the network."""

import json
from decimal import Decimal

import pytest

from voronka.messaging.channels.exolve.channel import Account as ExolveAccount
from voronka.messaging.channels.exolve.channel import ExolveChannel
from voronka.messaging.channels.exolve.standin import Exolve
from voronka.messaging.channels.http import over_http
from voronka.messaging.channels.smsc import errors as smsc_errors
from voronka.messaging.channels.smsc.channel import Account, SmscChannel
from voronka.messaging.channels.smsc.standin import Smsc
from voronka.messaging.ports import Outgoing, Refused, Silent
from voronka.messaging.services.sms_faults import FAULTS
from voronka.messaging.tests.sms_peer import sms_peer

LOCAL = ("127.0.0.0/8",)


def message(number: int = 1, text: str = "Заказ готов", to: str = "", sender: str = "Shop") -> Outgoing:
    return Outgoing(number, f"m{number}", to or f"+7916000{number:04}", sender, "", text, "", "service")


def smsc(base: str, login: str = "shop", secret: str = "secret", **more) -> SmscChannel:
    return SmscChannel(Account(login, secret, **more), over_http(f"{base}/sys", allow_private=LOCAL, seconds=0.4))


def exolve(base: str, secret: str = "key") -> ExolveChannel:
    return ExolveChannel(ExolveAccount(secret), over_http(f"{base}/messaging/v1", allow_private=LOCAL, seconds=0.4))


def told(channel, *batch: Outgoing) -> list[tuple[str, str]]:
    found = {one.message_id: one for one in channel.hand_over(batch)}
    return [(found[one.message_id].state, found[one.message_id].code) for one in batch]


def test_smsc_takes_messages_tells_their_price_and_their_fate() -> None:
    with sms_peer(Smsc()) as peer:
        channel = smsc(peer.base)
        short, long = sorted(channel.hand_over([message(1), message(2, "я" * 100)]), key=lambda one: one.message_id)
        assert (short.state, short.provider_id, short.parts, short.cost) == ("accepted", "v1", 1, Decimal("4.5"))
        assert (long.parts, long.cost) == (2, Decimal(9))
        assert channel.balance() == Decimal("86.5")
        peer.provider.states["v2"] = (20, 6)
        assert (channel.status(1, "79160000001").state, channel.status(2, "79160000002").code) == (
            "delivered", "phone_off",
        )  # fmt: skip
        assert channel.status(3, "79160000003").state == "unknown"
        assert peer.provider.taken["v1"]["mes"] == "Заказ готов"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"to": "+79160000008"}, ("rejected", "no_route")),
        ({"to": "+7"}, ("rejected", "bad_number")),
        ({"text": "Лучшее casino"}, ("rejected", "forbidden_text")),
        ({"sender": "Other"}, ("rejected", "forbidden_text")),
        ({"text": ""}, ("rejected", "empty_text")),
        ({"text": "я" * 3000}, ("retry", "no_money")),
    ],
)
def test_smsc_refuses_in_its_codes(changed: dict, expected: tuple[str, str]) -> None:
    with sms_peer(Smsc()) as peer:
        assert told(smsc(peer.base), message(1, **changed)) == [expected]
        assert peer.provider.taken == {}


@pytest.mark.parametrize("account", [("shop", "wrong"), ("who", "secret"), ("", "wrong")])
def test_wrong_credentials_stop_the_rest_unsent(account: tuple[str, str]) -> None:
    with sms_peer(Smsc()) as peer:
        batch = [message(number) for number in range(1, 41)]
        assert set(told(smsc(peer.base, *account), *batch)) == {("retry", "wrong_credentials")}
        assert peer.asked < 40
        with pytest.raises(Refused):
            smsc(peer.base, *account).balance()


def test_a_key_alone_is_enough() -> None:
    with sms_peer(Smsc()) as peer:
        assert told(smsc(peer.base, ""), message()) == [("accepted", "")]
        peer.provider.is_blocked = True
        assert told(smsc(peer.base, ""), message(2)) == [("retry", "blocked")]


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [("silent", "unknown"), ("lost", "unknown"), ("broken", "unknown"), ("junk", "unknown"), ("list", "unknown"),
     ("busy", "retry")],
)  # fmt: skip
def test_silence_of_smsc_is_unknown_and_asked_after(trouble: str, expected: str) -> None:
    with sms_peer(Smsc()) as peer:
        peer.troubles.append(trouble)
        channel = smsc(peer.base)
        assert told(channel, message())[0][0] == expected
        assert channel.status(1, "79160000001").state == ("delivered" if trouble == "lost" else "unknown")


def test_without_a_connection_nothing_has_left() -> None:
    with sms_peer(Smsc()) as peer:
        base = peer.base
    assert told(smsc(base), message()) == [("retry", "provider_down")]
    guarded = SmscChannel(Account("shop", "secret"), over_http(base))
    assert told(guarded, message()) == [("retry", "provider_down")]


def test_the_test_mode_costs_nothing() -> None:
    with sms_peer(Smsc()) as peer:
        assert told(smsc(peer.base, is_test=True), message()) == [("accepted", "")]
        assert peer.provider.money == Decimal(100)


@pytest.mark.parametrize(
    ("status", "cause", "expected"),
    [
        (1, 0, ("delivered", "")), (4, 0, ("delivered", "")), (0, 0, ("accepted", "")), (3, 0, ("failed", "expired")),
        (20, 1, ("failed", "bad_number")), (20, 11, ("failed", "not_delivered")), (20, 13, ("failed", "phone_off")),
        (20, 220, ("failed", "phone_off")), (23, 250, ("failed", "blacklisted")),
        (23, 238, ("failed", "forbidden_text")), (25, 0, ("failed", "no_route")),
        (20, 999, ("failed", "not_delivered")), (-3, 0, ("unknown", "")), (77, 0, ("unknown", "")),
    ],
)  # fmt: skip
def test_states_of_smsc_mean_what_its_documents_say(status: int, cause: int, expected: tuple[str, str]) -> None:
    with sms_peer(Smsc()) as peer:
        channel = smsc(peer.base)
        told(channel, message(1))
        peer.provider.states["v1"] = (status, cause)
        found = channel.status(1, message(1).address)
        assert (found.state, found.code) == expected
        peer.provider.states["v1"] = (20, 245)
        assert channel.status(1, message(1).address).state == "unknown", "nobody knows whether it has come"


def test_answers_of_subscribers_come_once() -> None:
    with sms_peer(Smsc()) as peer:
        channel = smsc(peer.base)
        assert channel.incoming(0) == []
        for number, text in ((8, "СТОП"), (7, "Спасибо")):
            peer.provider.answers.append({"id": number, "phone": "79160000001", "message": text, "to_phone": "79"})
        assert [one.text for one in channel.incoming(0)] == ["Спасибо", "СТОП"]
        assert [one.provider_id for one in channel.incoming(7)] == ["8"]
        peer.troubles.append("junk")
        with pytest.raises(Silent):
            channel.incoming(8)


def test_exolve_takes_messages_and_tells_their_fate() -> None:
    with sms_peer(Exolve()) as peer:
        channel = exolve(peer.base)
        [taken] = channel.hand_over([message(1, "я" * 100)])
        assert (taken.state, taken.parts, taken.provider_id in peer.provider.taken) == ("accepted", 2, True)
        assert channel.status(taken.provider_id).state == "delivered"
        for word, state in (("UNDELIVERED", "failed"), ("QUEUED", "accepted"), (3, "accepted")):
            peer.provider.states[taken.provider_id] = word
            assert channel.status(taken.provider_id).state == state
        assert channel.status("1").state == "unknown"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [({"to": "+7916"}, ("rejected", "bad_number")), ({"sender": "Other"}, ("rejected", "wrong_sender")),
     ({"text": ""}, ("rejected", "empty_text"))],
)  # fmt: skip
def test_exolve_refuses_in_its_words(changed: dict, expected: tuple[str, str]) -> None:
    with sms_peer(Exolve()) as peer:
        assert told(exolve(peer.base), message(1, **changed)) == [expected]


def test_exolve_without_money_key_or_answer() -> None:
    with sms_peer(Exolve(has_money=False)) as peer:
        assert told(exolve(peer.base), message()) == [("retry", "no_money")]
        assert told(exolve(peer.base, "wrong"), message()) == [("retry", "wrong_credentials")]
        for trouble, expected in (("lost", "unknown"), ("broken", "unknown"), ("junk", "unknown"), ("list", "unknown"),
                                  ("busy", "retry")):  # fmt: skip
            peer.troubles.append(trouble)
            assert told(exolve(peer.base), message())[0][0] == expected


@pytest.mark.parametrize(
    "body",
    [b"{}", b'{"error": "no"}', b'{"error": null, "message_id": ""}', b"[]", b"null", b'"x"', b'{"error_code": "x"}',
     b'{"id": {}, "cnt": [], "cost": "NaN"}', b"\xff"],
)  # fmt: skip
@pytest.mark.parametrize("status", [200, 302, 400, 404, 500])
def test_no_answer_breaks_us(body: bytes, status: int) -> None:
    for make, account in ((SmscChannel, Account("a", "b")), (ExolveChannel, ExolveAccount("k"))):
        channel = make(account, lambda _path, _headers, _body: (status, body))
        [found] = channel.hand_over([message()])
        assert found.state in ("accepted", "rejected", "unknown", "retry")
        if status != 200 or b"id" not in body:
            assert found.state != "accepted"
        json.dumps([found.code, found.words, str(found.cost)])


def test_every_code_of_the_providers_is_in_the_catalogue() -> None:
    codes = {
        *smsc_errors.ANSWERS.values(),
        *smsc_errors.CAUSES.values(),
        *(code for _state, code in smsc_errors.STATES.values()),
    }
    assert {code for code in codes if code} <= set(FAULTS)
