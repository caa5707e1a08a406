"""What a server sends is read the same however its bytes are cut, and thinking never comes out."""

import json

import pytest
from chat_server import DONE, END, event
from hypothesis import given
from hypothesis import strategies as st

from agents.chat_events import MOST_STRAY, Endless, EventReader, Piece, Thoughts, piece_of

WORDS = ["La «atención» ", "pesa — ", "los valores 🙂.\n"]


def read(data: bytes, cuts: list[int]) -> tuple[str, EventReader]:
    reader = EventReader()
    places = sorted({cut % (len(data) + 1) for cut in cuts})
    pieces = [data[start:end] for start, end in zip([0, *places], [*places, len(data)], strict=True)]
    events = [found for piece in pieces for found in reader.feed(piece)] + reader.finish()
    return "".join(piece_of(found).text for found in events), reader


@given(cuts=st.lists(st.integers(0, 10_000), max_size=40), crlf=st.booleans(), tight=st.booleans(), done=st.booleans())
def test_a_stream_reads_the_same_wherever_it_is_cut(cuts: list[int], crlf: bool, tight: bool, done: bool) -> None:
    noise = b": keep-alive\n\n" + b"event: message\nid: 7\nretry: 10\n"
    data = noise.join([b"", *map(event, WORDS), END]) + (DONE if done else b"")
    if tight:
        data = data.replace(b"\n\n", b"\n")
    if crlf:
        data = data.replace(b"\n", b"\r\n")
    said, reader = read(data, cuts)
    assert said == "".join(WORDS)
    assert reader.done == done


def test_one_event_may_take_several_lines_and_end_with_the_bytes() -> None:
    lines = json.dumps({"choices": [{"delta": {"content": "uno"}}]}, indent=1).splitlines()
    assert read("\n".join(f"data: {line}" for line in lines).encode(), [])[0] == "uno"
    assert read(event("dos").rstrip(), [3])[0] == "dos"
    assert read(event("tres").replace(b"data: ", b"data:"), [])[0] == "tres"


def test_garbage_between_events_is_passed_over() -> None:
    data = b"garbage\n\ndata: {broken\n\n" + event("sí") + b"\xff\xfe\x00 more\n" + b'data: ["a list"]\n\n' + event("!")
    said, reader = read(data, [])
    assert said == "sí!"
    assert "garbage" in reader.stray


def test_nothing_after_the_end_is_heard() -> None:
    assert read(event("a") + DONE + event("b"), [])[0] == "a"


def test_one_answer_instead_of_a_stream_is_read_whole() -> None:
    body = {"object": "chat.completion", "choices": [{"message": {"content": "todo"}, "finish_reason": "stop"}]}
    for text in (json.dumps(body), json.dumps(body, indent=2)):
        assert read(text.encode(), [5])[0] == "todo"


def test_bytes_that_never_become_an_event_end() -> None:
    for data in (b"x" * 1000, b"no event\n" * 100, b"data: {\n" * 100, b'data: "}\n' * 100):
        with pytest.raises(Endless):
            list(map(EventReader().feed, [data] * (MOST_STRAY // 100)))


@pytest.mark.parametrize(
    ("sent", "piece"),
    [
        ({"choices": [{"delta": {"content": "a"}}]}, Piece("a")),
        ({"choices": [{"delta": {"reasoning_content": "hm"}}]}, Piece("", thought=True)),
        ({"choices": [{"delta": {"reasoning": "hm", "content": None}}]}, Piece("", thought=True)),
        ({"choices": [{"message": {"content": "a"}, "finish_reason": "length"}]}, Piece("a", finished=True)),
        ({"choices": [{"delta": {"content": [{"type": "thinking", "text": "no"}, {"type": "text", "text": "sí"}]}}]},
         Piece("sí")),
        ({"choices": [], "usage": {"total_tokens": 3}}, Piece()),
        ({"choices": [{"delta": {"tool_calls": [{}]}}]}, Piece()),
        ({"choices": [{"delta": {"content": 7}}]}, Piece()),
        ({"error": {"message": "out of memory", "code": 500}}, Piece(fault="out of memory")),
        ({"error": "no"}, Piece(fault="no")),
        ({"object": "error", "message": "bad", "code": 400}, Piece(fault="bad")),
        ({"answer": 3}, Piece(known=False)),
        ({"choices": "none"}, Piece(known=False)),
        ({"choices": [3]}, Piece(known=False)),
        ({"choices": [{"delta": "a"}]}, Piece(known=False)),
    ],
)  # fmt: skip
def test_what_an_event_says(sent: dict[str, object], piece: Piece) -> None:
    assert piece_of(sent) == piece


THOUGHT = [
    ("<think>a < b</think>Es 3 < 4.", "Es 3 < 4."),
    ("Uno.<THINKING>x</Thinking> Dos.<", "Uno. Dos.<"),
    ("<think>nunca acaba", ""),
    ("a</think>b<thin", "ab<thin"),
    ("<thinker>no es marca</thinker>", "<thinker>no es marca</thinker>"),
    ("<think>x<think>y</think>z", "z"),
]


@pytest.mark.parametrize(("said", "spoken"), THOUGHT)
@given(data=st.data())
def test_thinking_is_taken_out_however_it_is_cut(said: str, spoken: str, data: st.DataObject) -> None:
    places = sorted(data.draw(st.sets(st.integers(0, len(said)))))
    thoughts = Thoughts()
    pieces = [said[start:end] for start, end in zip([0, *places], [*places, len(said)], strict=True)]
    assert "".join(map(thoughts.feed, pieces)) + thoughts.end() == spoken
