"""Lab 11: a recurrent layer against self-attention. Counts are exact; times are only required to be there."""

from collections import deque
from collections.abc import Mapping

import numpy as np
import pytest

from knowledge.errors import BadLab
from knowledge.labs.recurrence_race import REACH_LENGTHS, RecurrenceRace, run_race
from tutor.labs.registry import run_lab

LENGTHS = (4, 8, 16, 32)


@pytest.fixture(scope="module")
def race() -> RecurrenceRace:
    return run_race(LENGTHS, width=8, repeats=1)


def distance(edges: Mapping[str, list[str]], start: str, end: str) -> int:
    """Edges of the shortest path."""
    waiting, seen = deque([(start, 0)]), {start}
    while waiting:
        node, steps = waiting.popleft()
        if node == end:
            return steps
        for following in edges.get(node, []):
            if following not in seen:
                seen.add(following)
                waiting.append((following, steps + 1))
    raise AssertionError("no path")


@pytest.mark.parametrize("place", range(len(LENGTHS)))
def test_steps_and_paths_are_those_of_the_graph_of_each_layer(race: RecurrenceRace, place: int) -> None:
    n = LENGTHS[place]
    recurrent = {f"x{t}": [f"h{t}"] for t in range(n)} | {f"h{t}": [f"h{t + 1}"] for t in range(n - 1)}
    attention = {f"x{t}": [f"y{other}" for other in range(n)] for t in range(n)}
    assert race.path[0, place] == distance(recurrent, "x0", f"h{n - 1}") == n
    assert race.path[1, place] == distance(attention, "x0", f"y{n - 1}") == 1
    assert race.sequential[:, place].tolist() == [n, 1]


def test_multiplications_are_counted_product_by_product(race: RecurrenceRace) -> None:
    for place, n in enumerate(LENGTHS):
        recurrent = sum(2 * 8 * 8 for _ in range(n))  # x W and h U at each step
        attention = 3 * n * 8 * 8 + n * 8 * n + n * n * 8  # Q, K, V; Q K^T; weights times V
        assert race.products[:, place].tolist() == [recurrent, attention]
    assert race.growth(race.products)[0] == pytest.approx(2.0)
    assert 2.0 < race.growth(race.products)[1] < 4.0


def test_times_are_measured_and_the_first_token_reaches_the_end_only_through_attention(race: RecurrenceRace) -> None:
    assert race.seconds.shape == (2, len(LENGTHS))
    assert (race.seconds > 0).all()
    np.testing.assert_allclose(race.ratio, race.seconds[0] / race.seconds[1])
    assert race.reach.shape == (2, len(REACH_LENGTHS))
    assert race.reach[0, -1] < 1e-20 < 1e-6 < race.reach[1, -1]
    assert (np.diff(race.reach[0]) < 0).all()


def test_the_random_state_of_torch_is_left_alone() -> None:
    import torch

    torch.manual_seed(3)
    before = torch.get_rng_state()
    run_race((2, 4), width=4, repeats=1)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize(
    "inputs",
    [
        {"lengths": (1, 2)},
        {"lengths": (8,)},
        {"lengths": (8, 10**6)},
        {"width": 1},
        {"repeats": 0},
        {"device": "abacus"},
    ],
)
def test_bad_inputs_are_named(inputs: dict[str, object]) -> None:
    with pytest.raises(BadLab) as error:
        run_race(**{"lengths": (2, 4), **inputs})  # type: ignore[arg-type]
    assert next(iter(inputs)) in error.value.message("es")


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_run_draws_four_figures_and_tells_the_counts(language: str) -> None:
    run = run_lab("recurrence_race", language, lengths=(2, 4, 8), width=4, repeats=1)
    assert len(run.figures) == 4
    assert all(figure.to_dict() for figure in run.figures)
    assert len(run.findings) == 6
