"""SMS by a real SMPP session with a centre on loopback: its habits, its troubles, what we know afterwards."""

import socket
import threading
import time
from collections import deque
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.messaging.channels.smpp import session as sessions
from voronka.messaging.channels.smpp.channel import SmppChannel
from voronka.messaging.channels.smpp.pdu import HEADER, Bind, Broken, Command, Pdu, Short, Status, Stream, Tag
from voronka.messaging.channels.smpp.session import Account, Lost, Session, Unbound, read_delivery
from voronka.messaging.channels.smpp.standin import RECEIPTS, Centre, Habits, answer_of_subscriber, centre
from voronka.messaging.channels.smpp.text import HAS_HEADER, UCS2, parts_of, read_text
from voronka.messaging.ports import Incoming, Outgoing, SmsReceipt
from voronka.messaging.rules.joining import joined, whole
from voronka.messaging.rules.receipts import key_of, learn_forms, read_receipt
from voronka.messaging.rules.sms import Tariff, count

LOCAL = ("127.0.0.0/8",)


def account(made: Centre, **changed) -> Account:
    usual = {
        "host": "127.0.0.1", "port": made.port, "system_id": "voronka", "password": "secret", "answer_seconds": 1.0,
        "throttle_seconds": 0.01, "allow_private": LOCAL,
    }  # fmt: skip
    return Account(**(usual | changed))


def message(number: int, text: str = "Заказ готов", to: str = "", sender: str = "Shop") -> Outgoing:
    return Outgoing(number, f"m{number}", to or f"+7916000{number:04}", sender, "", text, "", "service")


def until(true, seconds: float = 3.0) -> None:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    assert true()


@pytest.fixture
def kept() -> list:
    return []


def send(made: Centre, kept: list, batch: list[Outgoing], **changed):
    channel = SmppChannel(account(made, **changed), kept.append, sleep=lambda _seconds: None)
    found = {one.message_id: one for one in channel.hand_over(batch)}
    assert set(found) == {one.message_id for one in batch}
    return channel, found


def hear(channel: SmppChannel, kept: list, many: int) -> list:
    end = time.monotonic() + 3
    while len(kept) < many and time.monotonic() < end:
        channel.listen(0.05)
    channel.close()
    return kept


def test_messages_go_and_their_receipts_come_back(kept: list) -> None:
    with centre() as made:
        channel, found = send(made, kept, [message(1), message(2, "Hello {€}"), message(3, "я" * 150)])
        assert [found[one].state for one in (1, 2, 3)] == ["accepted"] * 3
        assert [found[one].parts for one in (1, 2, 3)] == [1, 1, 3]
        assert len(found[3].part_ids) == 3
        hear(channel, kept, 5)
    ids = {one for handed in found.values() for one in handed.part_ids}
    assert {one.provider_id for one in kept} == ids
    assert {one.state for one in kept} == {"delivered"}
    assert {one.address for one in kept} == {"79160000001", "79160000002", "79160000003"}
    assert made.kept == [0] * 5
    texts = [read_text(one.short, "gsm") for one in made.taken]
    assert texts[:2] == [("Заказ готов", None), ("Hello {€}", None)]
    assert joined({part[2]: said for said, part in texts[2:] if part}, 3) == "я" * 150
    first = made.taken[0].short
    assert (first.source_kind, first.destination_kind, first.coding) == ((5, 0), (1, 1), UCS2)
    assert made.asked["0x9"] == 1
    assert made.asked["0x6"] == 1


@pytest.mark.parametrize(
    ("ids", "forms"),
    [
        (("dec", "dec"), ("text", "text")),
        (("hex", "HEX"), ("text", "text")),
        (("dec", "padded"), ("text", "text")),
        (("hex", "dec"), ("hex", "dec")),
        (("padded_hex", "dec"), ("hex", "dec")),
        (("dec", "hex"), ("dec", "hex")),
        (("padded", "padded_hex"), ("dec", "hex")),
    ],
)
@pytest.mark.parametrize("receipt", ["usual", "short", "shouting", "turned", "equals"])
def test_a_receipt_finds_its_message_however_its_number_is_written(
    kept: list, ids: tuple[str, str], forms: tuple, receipt: str
) -> None:
    with centre(Habits(ids=ids, receipt=receipt, outcomes={"79160000002": "UNDELIV"})) as made:
        channel, found = send(made, kept, [message(1), message(2)])
        hear(channel, kept, 2)
    by_address = {one.address: one for one in kept}
    assert [by_address[f"7916000000{one}"].state for one in (1, 2)] == ["delivered", "failed"]
    assert by_address["79160000002"].code == "not_delivered"
    for number in (1, 2):
        answered, receipted = found[number].provider_id, by_address[f"7916000000{number}"].provider_id
        assert learn_forms(answered, receipted) == forms
        assert key_of(answered, forms[0]) == key_of(receipted, forms[1])
    assert key_of(found[1].provider_id, forms[0]) != key_of(found[2].provider_id, forms[0])


def test_a_receipt_without_a_text_is_read_from_its_parameters(kept: list) -> None:
    with centre(Habits(receipt="empty", by_parameters=True, outcomes={"79160000001": "EXPIRED"})) as made:
        channel, found = send(made, kept, [message(1)])
        [told] = hear(channel, kept, 1)
    assert (told.provider_id, told.state, told.code) == (found[1].provider_id, "failed", "expired")


def test_an_answer_that_looks_like_a_receipt_is_none(kept: list) -> None:
    forged = "id:787091888 sub:001 dlvrd:001 stat:DELIVRD err:000 text:"
    with centre(Habits(sends_receipts=False)) as made:
        made.write_to_us(answer_of_subscriber("79160000001", forged))
        channel, _found = send(made, kept, [message(1)])
        [told] = hear(channel, kept, 1)
    assert told == Incoming("79160000001", forged, "Shop")


def test_the_window_is_never_wider_than_it_may_be(kept: list) -> None:
    with centre(Habits(sends_receipts=False)) as made:
        _channel, found = send(made, kept, [message(number) for number in range(1, 301)], window=7)
        assert len(made.taken) == 300
        assert 1 < made.most_waiting <= 7
        assert all(one.state == "accepted" for one in found.values())
        assert len({one.provider_id for one in found.values()}) == 300
        _channel.close()


def test_nobody_gets_an_sms_in_his_night_though_it_stood_in_the_chunk(kept: list) -> None:
    late = replace(message(2), until=time.monotonic() - 1)
    with centre(Habits(sends_receipts=False)) as made:
        channel, found = send(made, kept, [message(1), late, replace(message(3), until=time.monotonic() + 60)])
        channel.close()
    assert [(found[one].state, found[one].code) for one in (1, 2, 3)] == [
        ("accepted", ""), ("retry", "quiet"), ("accepted", "")
    ]  # fmt: skip
    assert [one.short.destination for one in made.taken] == ["79160000001", "79160000003"]


@pytest.mark.parametrize("trouble", ["throttled", "full", "down"])
def test_a_busy_centre_is_waited_for(kept: list, trouble: str) -> None:
    habits = Habits(sends_receipts=False)
    habits.troubles.extend([trouble] * 3)
    with centre(habits) as made:
        channel, found = send(made, kept, [message(number, "ж" * 100) for number in range(1, 9)])
        channel.close()
    assert {one.state for one in found.values()} == {"accepted"}
    assert len(made.taken) == 16
    assert made.asked["0x4"] == 19


def test_a_centre_that_stays_busy_leaves_nothing_unknown(kept: list) -> None:
    habits = Habits(sends_receipts=False)
    habits.troubles.extend(["throttled"] * 6)
    with centre(habits) as made:
        channel, found = send(made, kept, [message(1)])
        channel.close()
    assert (found[1].state, found[1].code, made.taken) == ("retry", "throttled", [])


def test_a_break_in_the_window_is_unknown_and_the_rest_goes_by_the_next_session(kept: list) -> None:
    habits = Habits(sends_receipts=False)
    habits.troubles.extend(["", "", "drop"])
    with centre(habits) as made:
        channel, found = send(made, kept, [message(number) for number in range(1, 21)], window=5)
        channel.close()
    states = [found[number].state for number in range(1, 21)]
    assert states.count("unknown") >= 1
    assert states.count("unknown") <= 5
    assert states[:2] == ["accepted", "accepted"]
    assert states[2] == "unknown"
    assert states[7:] == ["accepted"] * 13
    assert {one.code for one in found.values() if one.state == "unknown"} == {"no_answer"}
    assert made.asked["0x9"] == 2
    sent = [one.short.destination for one in made.taken]
    assert len(sent) == len(set(sent)), "nobody is written to twice"


@pytest.mark.parametrize("form", ["dec", "none"])
def test_a_long_text_of_which_a_part_was_taken_is_never_sent_anew(kept: list, form: str) -> None:
    troubles = deque(["", *["throttled"] * 9])  # the first part is taken, perhaps without a number, the second never
    with centre(Habits(ids=(form, "dec"), troubles=troubles, sends_receipts=False)) as made:
        channel, found = send(made, kept, [message(1, "Ж" * 100)])
        channel.close()
    assert (found[1].state, found[1].code) == ("unknown", "partial")


@pytest.mark.parametrize("window", [1, 2])
def test_the_rest_of_a_long_text_stays_here_once_a_part_is_refused(kept: list, window: int) -> None:
    with centre(Habits(troubles=deque(["refused"]), sends_receipts=False)) as made:
        channel, found = send(made, kept, [message(1, "Ж" * 250), message(2)], window=window)
        channel.close()
    taken = [one.short.destination for one in made.taken]
    assert taken.count("79160000001") == window - 1, "but what was on its way already"
    # Of nothing taken it is said that nothing came; of a piece that came, that it is one.
    assert (found[1].state, found[1].code) == [("rejected", "not_delivered"), ("unknown", "partial")][window - 1]
    assert (found[1].parts, found[2].state) == (4, "accepted")


def test_a_refused_text_is_refused_though_the_session_breaks_before_its_rest(kept: list) -> None:
    troubles = deque(["refused", "drop"])
    with centre(Habits(troubles=troubles, sends_receipts=False)) as made:
        channel, found = send(made, kept, [message(1, "Ж" * 250), message(2)], window=1)
        channel.close()
    assert [found[one].code for one in (1, 2)] == ["not_delivered", "no_answer"]


def test_a_long_text_cut_by_a_break_is_not_begun_again(kept: list) -> None:
    habits = Habits(sends_receipts=False)
    habits.troubles.extend(["", "drop"])
    with centre(habits) as made:
        channel, found = send(made, kept, [message(1, "ы" * 200), message(2)], window=1)
        channel.close()
    assert (found[1].state, found[1].code, len(found[1].part_ids)) == ("unknown", "no_answer", 1)
    assert found[2].state == "accepted"


@pytest.mark.parametrize("trouble", ["silent", "unbind", "garbage"])
def test_whatever_ends_a_session_ends_it_honestly(kept: list, trouble: str) -> None:
    habits = Habits(sends_receipts=False)
    habits.troubles.extend([trouble])
    with centre(habits) as made:
        channel, found = send(made, kept, [message(1), message(2)], window=1, answer_seconds=0.3)
        channel.close()
    assert (found[1].state, found[1].code) == ("unknown", "no_answer")
    assert found[2].state == "accepted"


def test_a_nack_is_a_refusal(kept: list) -> None:
    habits = Habits(sends_receipts=False)
    habits.troubles.extend(["nack"])
    with centre(habits) as made:
        channel, found = send(made, kept, [message(1), message(2)])
        channel.close()
    assert [(found[one].state, found[one].code) for one in (1, 2)] == [("rejected", "bad_request"), ("accepted", "")]


def test_refusals_of_the_centre_have_their_causes(kept: list) -> None:
    refusals = {
        "79160000001": 0x0B,
        "79160000002": 0x0A,
        "79160000003": 0x01,
        "79160000004": 0x45,
        "79160000005": 0x411,
    }
    with centre(Habits(refusals=refusals, sends_receipts=False)) as made:
        channel, found = send(made, kept, [message(number) for number in range(1, 7)])
        channel.close()
    assert [(found[one].state, found[one].code) for one in range(1, 7)] == [
        ("rejected", "bad_number"), ("rejected", "wrong_sender"), ("rejected", "too_long"),
        ("rejected", "not_delivered"), ("rejected", "not_delivered"), ("accepted", ""),
    ]  # fmt: skip
    assert found[5].words == "0x00000411"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"to": "79x"}, "bad_number"), ({"to": "+" + "7" * 16}, "bad_number"), ({"sender": "Магазин"}, "wrong_sender"),
        ({"sender": "Twelve-signs"}, "wrong_sender"), ({"sender": " "}, "wrong_sender"), ({"text": ""}, "empty_text"),
        ({"text": "я" * 67 * 256}, "too_long"),
    ],
)  # fmt: skip
def test_what_no_centre_would_take_is_not_sent(kept: list, changed: dict, code: str) -> None:
    with centre(Habits(sends_receipts=False)) as made:
        channel, found = send(made, kept, [message(1, **changed), message(2)])
        channel.close()
    assert (found[1].state, found[1].code, found[2].state) == ("rejected", code, "accepted")
    assert len(made.taken) == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"password": "wrong"}, "wrong_credentials"), ({"system_id": "who"}, "wrong_credentials"),
     ({"password": "longer than eight"}, "wrong_credentials"), ({"allow_private": ()}, "provider_down")],
)  # fmt: skip
def test_without_a_session_nothing_has_left(kept: list, changed: dict, code: str) -> None:
    with centre() as made:
        _channel, found = send(made, kept, [message(1), message(2)], **changed)
        assert made.taken == []
        assert made.asked["0x9"] <= 1
    assert {(one.state, one.code) for one in found.values()} == {("retry", code)}


def test_a_centre_that_is_not_there(kept: list) -> None:
    with centre() as made:
        pass
    _channel, found = send(made, kept, [message(1)])
    assert (found[1].state, found[1].code) == ("retry", "provider_down")


def test_a_receipt_that_could_not_be_kept_is_asked_for_again() -> None:
    def fails(_one: object) -> None:
        raise RuntimeError("the base is away")

    with centre() as made:
        channel = SmppChannel(account(made), fails)
        assert [one.state for one in channel.hand_over([message(1)])] == ["accepted"]
        channel.listen(0.2)
        channel.close()
    assert made.kept == [Status.TEMPORARY]


def test_an_idle_session_is_kept_alive_and_a_dead_one_is_found() -> None:
    with centre() as made:
        session = Session(account(made, idle_seconds=0.1), lambda _one: None)
        session.open()
        session.listen(0.5)
        assert made.asked["0x15"] >= 2
        made.habits.answers_link = False
        with pytest.raises(Lost):
            session.listen(3)
        assert not session.is_open


def test_a_centre_that_never_answers_a_bind_is_given_up() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    with listener:
        made = Centre()
        made.port = listener.getsockname()[1]
        session = Session(account(made, answer_seconds=0.2), lambda _one: None)
        with pytest.raises(Unbound) as refused:
            session.open()
    assert refused.value.code == "provider_down"


def test_answers_in_parts_are_whole_again(kept: list) -> None:
    said = "Спасибо 😀, " * 9
    octets = said.encode("utf-16-be")
    # Phones cut by octets: between the halves of a pair as well.
    pieces = [octets[at : at + 114] for at in range(0, len(octets), 114)]
    assert any(0xD8 <= piece[-2] <= 0xDB for piece in pieces[:-1])
    with centre(Habits(sends_receipts=False)) as made:
        for number, piece in reversed(list(enumerate(pieces, 1))):
            header = bytes((6, 8, 4, 1, 2, len(pieces), number))
            made.write_to_us(Short("79160000001", "Shop", header + piece, UCS2, HAS_HEADER))
        channel, _found = send(made, kept, [message(1)])
        hear(channel, kept, len(pieces))
    assert {one.part[:2] for one in kept} == {(258, len(pieces))}
    assert joined({one.part[2]: one.text for one in kept}, len(pieces)) == said


def test_two_use_two_sessions_at_once() -> None:
    with centre(Habits(sends_receipts=False)) as made:
        found: list = []

        def go(first: int) -> None:
            channel = SmppChannel(account(made), lambda _one: None)
            found.extend(channel.hand_over([message(number) for number in range(first, first + 50)]))
            channel.close()

        threads = [threading.Thread(target=go, args=(first,)) for first in (1, 51)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == len({one.provider_id for one in found}) == 100


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (RECEIPTS["usual"].format(id=12, stat="DELIVRD", err="000", text="Hi"), ("12", "delivered", "DELIVRD", "000")),
        ("id:0c sub:1 stat:UNDELIV err:2B Text:id:7 stat:DELIVRD", ("0c", "failed", "UNDELIV", "2B")),
        ("stat:EXPIRED  id:77", ("77", "failed", "EXPIRED", "")),
        ("ID: a-b-c STAT: ACCEPTD", ("a-b-c", "accepted", "ACCEPTD", "")),
        ("id:9 stat:REJECTED", ("9", "failed", "REJECTED", "")),
        ("id:9 stat:UNKNOWN", ("9", "unknown", "UNKNOWN", "")),
        ("id:9 stat:SKIPPED", ("9", "unknown", "SKIPPED", "")),
        ("grid:5 status:1", ("", "unknown", "", "")),
        ("", ("", "unknown", "", "")),
    ],
)  # fmt: skip
def test_vendors_write_receipts_as_they_please(text: str, told: tuple) -> None:
    found = read_receipt(text)
    assert (found.provider_id, found.state, found.word, found.error) == told


@given(st.text(max_size=300))
def test_no_receipt_breaks_the_reader(text: str) -> None:
    found = read_receipt(text)
    assert len(found.provider_id) <= 65
    assert learn_forms(found.provider_id, found.provider_id) == ("text", "text")


@given(st.integers(min_value=0, max_value=2**64))
def test_one_number_is_one_however_it_is_written(number: int) -> None:
    assert key_of(f"{number:x}", "hex") == key_of(f"{number:020d}", "dec") == key_of(f"{number:X}", "hex")
    assert key_of(f"{number:012d}", "text") == key_of(str(number), "text")


def test_control_a_number_read_as_text_finds_somebody_elses_message() -> None:
    assert key_of("16", "text") == key_of("16", "text")
    assert key_of("10", "hex") == key_of("16", "dec") != key_of("16", "hex")


@given(st.lists(st.binary(max_size=60), max_size=6), st.integers(min_value=1, max_value=40))
def test_a_stream_is_cut_the_same_however_it_comes(bodies: list[bytes], step: int) -> None:
    pdus = [Pdu(Command.DELIVER_SM, 0, number, body) for number, body in enumerate(bodies, 1)]
    octets = b"".join(one.pack() for one in pdus)
    stream, found = Stream(), []
    for at in range(0, len(octets), step):
        found.extend(stream.feed(octets[at : at + step]))
    assert found == pdus


@given(st.binary(max_size=400))
def test_no_body_breaks_the_reader(body: bytes) -> None:
    for read in (Short.read, Bind.read):
        try:
            found = read(body)
        except Broken:
            continue
        if isinstance(found, Short):
            assert isinstance(read_delivery(found, "gsm"), SmsReceipt | Incoming)


@given(st.text(st.sampled_from("abя€😀"), min_size=1, max_size=400), st.integers(min_value=0, max_value=10**9))
def test_what_is_written_is_read(text: str, reference: int) -> None:
    found: dict[int, str] = {}
    pieces = list(parts_of(text, reference, "gsm"))
    for coding, esm_class, octets in pieces:
        assert len(octets) <= (160 if coding == 0 else 140)
        said, part = read_text(Short.read(Short("S", "7", octets, coding, esm_class).pack()), "gsm")
        found[part[2] if part else 1] = said
    assert joined(found, len(pieces)) == text
    assert len(pieces) == len(count(text).parts)


@given(st.text(st.sampled_from("ab{é€Δя😀"), min_size=1, max_size=400))
def test_what_latin_1_lacks_goes_as_unicode_and_is_counted_so(text: str) -> None:
    """A euro went as a question mark: the text is read as it was written, in the parts that the counter told."""
    found: dict[int, str] = {}
    pieces = list(parts_of(text, 1, "latin1"))
    for coding, esm_class, octets in pieces:
        said, part = read_text(Short.read(Short("S", "7", octets, coding, esm_class).pack()), "latin1")
        found[part[2] if part else 1] = said
    assert joined(found, len(pieces)) == text
    assert len(pieces) == Tariff(default="latin1").parts(text)
    assert {coding for coding, _esm, _octets in pieces} == {0 if set(text) <= set("ab{é") else UCS2}


def test_a_length_that_cannot_be_ends_the_stream() -> None:
    for length in (0, 15, 70_000, 2**32 - 1):
        with pytest.raises(Broken):
            list(Stream().feed(HEADER.pack(length, 4, 0, 1)))


def test_halves_that_stay_alone_are_replaced() -> None:
    assert whole("\ud83d\ude00") == "😀"
    assert "\ufffd" in whole("a\ud83d")
    assert joined({1: "a"}, 2) is None
    assert sessions.MOST_WINDOW == 100
    assert Tag.RECEIPTED_MESSAGE_ID == 0x1E
