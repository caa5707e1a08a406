"""The rates of a course: written and read, and every fault of the file with its place."""

from dataclasses import asdict
from pathlib import Path

import pytest
from tiny_course import write_course

from knowledge.course import LEARNING_FILE as FILE
from knowledge.course_learning import GUESS, SLIP, Learning, learning_faults, read_learning
from knowledge.course_loader import validate_course
from knowledge.errors import BadCourse


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_course(tmp_path / "tiny")


def with_rates(folder: Path, text: str) -> Path:
    (folder / FILE).write_text(text, encoding="utf-8")
    return folder


def test_a_course_without_the_file_takes_the_defaults(folder: Path) -> None:
    assert read_learning(folder) == Learning()
    assert learning_faults(folder) == validate_course(folder) == []


def test_what_is_written_is_read_again_to_four_digits(folder: Path) -> None:
    rates = Learning(
        start=-1.234567, start_spread=0.000123456, own_spread=0, learn=5.99999, need=1 / 3, forget=2,
        slip_difficulty=-1, slip={**SLIP, "numeric": 0.0123456}, guess={**GUESS, "mcq": 0.26543},
    )  # fmt: skip
    found, expected = asdict(read_learning(with_rates(folder, rates.to_toml()))), asdict(rates)
    assert validate_course(folder) == []
    for table in ("slip", "guess"):
        assert found.pop(table) == pytest.approx(expected.pop(table), rel=5e-4)
    assert found == pytest.approx(expected, rel=5e-4)


def test_the_defaults_are_written_and_read_without_a_loss(folder: Path) -> None:
    assert read_learning(with_rates(folder, Learning().to_toml())) == Learning()


def test_a_key_that_is_left_out_takes_the_default(folder: Path) -> None:
    found = read_learning(with_rates(folder, "start = 1\n[slip]\nnumeric = 0.3\n"))
    assert found == Learning(start=1, slip={**SLIP, "numeric": 0.3})


def test_an_empty_file_and_one_with_a_byte_order_mark_are_read(folder: Path) -> None:
    assert read_learning(with_rates(folder, "")) == Learning()
    assert read_learning(with_rates(folder, "\ufeffstart = 1\n")).start == 1


# text of the file -> the line of the fault and what its message says
FAULTS = {
    "an unknown key": ("start = 0\nspeed = 1\n", 2, "'speed' is no rate: use start, start_difficulty"),
    "a number out of range": ("\n\nneed = 1.5\n", 3, "'need' is 1.5: give a number from 0 to 0.99"),
    "a negative spread": ("start_spread = -0.1\n", 1, "'start_spread' is -0.1: give a number from 0 to 4"),
    "not a number": ("start = nan\n", 1, "'start' is nan: give a number from -6 to 6"),
    "a text": ('learn = "fast"\n', 1, "'learn' is 'fast': give a number from -8 to 6"),
    "a truth value": ("forget = true\n", 1, "'forget' is True: give a number from 0 to 3"),
    "a table for a number": ("[start]\nnumeric = 1\n", 1, "'start' is {'numeric': 1}: give a number"),
    "a number for a table": ("start = 0\nslip = 0.1\n", 2, "'slip' needs a table: [slip]"),
    "a slip beyond a half": ("[slip]\nmcq = 0.1\nnumeric = 0.6\n", 3,
                             "'numeric' of [slip] is 0.6: give a probability from 0.001 to 0.5"),
    "a guess of nothing": ("[guess]\nshort = 0\n", 2, "'short' of [guess] is 0: give a probability from 0.001 to 0.5"),
    "a guess beside a sound slip of the same kind": ("[slip]\nnumeric = 0.1\n[guess]\nnumeric = 0.9\n", 4,
                                                     "'numeric' of [guess] is 0.9"),
    "what is not TOML": ("start = 0\nlearn is 1\n", 2, "this is not TOML: a key needs ="),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_place_and_its_mend(folder: Path, name: str) -> None:
    text, line, message = FAULTS[name]
    [fault] = learning_faults(with_rates(folder, text))
    assert fault.file == str(folder / FILE)
    assert message in fault.message
    assert fault.line == line
    assert validate_course(folder) == [fault]


def test_every_fault_is_told_at_once_and_the_first_stops_the_reading(folder: Path) -> None:
    with_rates(folder, "speed = 1\nneed = 2\n[guess]\nmcq = 0.9\norder = 0\n")
    assert [fault.line for fault in learning_faults(folder)] == [1, 2, 4, 5]
    with pytest.raises(BadCourse, match=r"learning\.toml:1: 'speed' is no rate") as caught:
        read_learning(folder)
    assert "4" in str(caught.value)


def test_a_file_that_is_not_utf8_is_a_fault(folder: Path) -> None:
    (folder / FILE).write_bytes(b"start = 0 # \xff\n")
    [fault] = learning_faults(folder)
    assert "not UTF-8" in fault.message


@pytest.mark.parametrize(
    ("kind", "options", "chance"),
    [
        ("mcq", 5, 0.2),
        ("mcq", 0, 0.25),
        ("mcq", 1, 0.5),
        ("true_false", 0, 0.5),
        ("numeric", 4, 0.04),
        ("essay", 0, 0.06),
    ],
)
def test_a_guess_is_one_of_the_options_where_one_is_chosen(kind: str, options: int, chance: float) -> None:
    assert Learning().guessed(kind, options) == chance
    assert Learning(guess={"mcq": 0.3}).guessed("mcq", 5) == 0.3
