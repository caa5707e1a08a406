"""What is left out of a conversation that is too long, and in which order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.local.fitting import ENOUGH, Chat, fit

PASSAGES = "".join(f"[{number}] Passage {number}: {'x' * 180}\n" for number in range(1, 41))


def words(chat: Chat) -> int:
    return sum(len(message["content"]) // 4 + 3 for message in chat)


def chat(evidence: str, turns: int = 0) -> Chat:
    before = [
        {"role": role, "content": f"{role} {number} " + "y" * 200}
        for number in range(turns)
        for role in ("user", "assistant")
    ]
    last = f"Rules.\n<passages>\n{evidence}</passages>\n<question>\nWhy?\n</question>"
    return [{"role": "system", "content": "Be kind."}, *before, {"role": "user", "content": last}]


def test_what_fits_is_left_as_it_is() -> None:
    short = chat(PASSAGES[:400], turns=2)
    assert fit(short, words(short), words) is short


def test_passages_go_from_the_end_and_whole() -> None:
    found = fit(chat(PASSAGES, turns=1), 1_000, words)
    assert found is not None
    assert 940 <= words(found) <= 1_000, "no more than about a passage is lost"
    text = found[-1]["content"]
    kept = text.count("Passage")
    assert 10 < kept < 40
    assert text == chat("".join(PASSAGES.splitlines(keepends=True)[:kept]))[-1]["content"]
    assert found[:-1] == chat("", turns=1)[:-1]


def test_old_turns_go_before_the_last_passages() -> None:
    few = "".join(PASSAGES.splitlines(keepends=True)[:6])
    assert ENOUGH - 200 < len(few) < ENOUGH
    room = words(chat(few, turns=2)) - 1
    found = fit(chat(PASSAGES, turns=4), room, words)
    assert found is not None
    assert found[0]["role"] == "system"
    assert [message["content"][:11] for message in found[1:-1]] == ["user 3 yyyy", "assistant 3"]
    assert found[-1]["content"].count("Passage") >= 6


def test_a_told_history_goes_before_all_evidence_and_all_evidence_before_nothing() -> None:
    told: Chat = [{"role": "user", "content": f"<history>{'h' * 4_000}</history><evidence>{'e' * 800}</evidence>Why?"}]
    found = fit(told, 300, words)
    assert found == [{"role": "user", "content": f"<history>\n</history><evidence>{'e' * 800}</evidence>Why?"}]
    least = fit(told, 40, words)
    assert least is not None
    assert least[0]["content"].count("e" * 10) > 0
    assert fit(told, 5, words) is None


def test_two_blocks_are_cut_from_the_last_on() -> None:
    two: Chat = [{"role": "user", "content": f"<evidence>{'a' * 900}</evidence> <quotations>{'b' * 900}</quotations>"}]
    found = fit(two, 300, words)
    assert found is not None
    assert found[0]["content"].count("a") > 900
    assert 50 < found[0]["content"].count("b") < 500


@given(st.integers(0, 3_000), st.integers(0, 12_000), st.integers(0, 5))
def test_it_always_fits_or_nothing_can_be_left_out(room: int, length: int, turns: int) -> None:
    whole = chat(PASSAGES[:length], turns)
    found = fit(whole, room, words)
    if found is None:
        assert words(chat("")) > room
    else:
        assert words(found) <= room
        assert found[-1]["content"].endswith("Why?\n</question>")
        assert found[-1]["content"].startswith("Rules.\n<passages>\n")


@pytest.mark.parametrize("room", [100, 200, 400])
def test_a_single_long_line_is_cut_inside(room: int) -> None:
    found = fit([{"role": "user", "content": f"<evidence>{'z' * 9_000}</evidence>?"}], room, words)
    assert found is not None
    assert room * 0.9 < words(found) <= room


def test_a_number_is_never_cut_in_two() -> None:
    for room in range(30, 90):
        found = fit([{"role": "user", "content": f"<evidence>{'1234567 ' * 60}</evidence>?"}], room, words)
        assert found is not None
        kept = found[0]["content"].removeprefix("<evidence>").removesuffix("</evidence>?")
        assert set(kept.split()) <= {"1234567"}
