"""A small layered layout of a directed graph without cycles: a column for each depth, a band for each group.

A node stands in the column of its depth, in a row of its group's band. Rows are chosen by local search so that edges
are short. An edge longer than one column crosses those between on tracks in the free space, never behind a box; between
two columns the edges of each node turn on a lane of their own. No randomness: the same graph gives the same places.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Edge = tuple[str, str]  # from, to
Floats = npt.NDArray[np.float64]

STEP = 7  # pixels between the tracks on which edges cross a column
MARGIN = 6  # pixels that an edge keeps from a box
_BEND = 14.0  # a change of track costs as much as this many pixels, so that edges run straight
_CROWD = 9.0  # a track beside that of another edge
_SHARED = 4.0  # what is saved on a track that an edge of the same node has
_AS_ONE = 50.0  # two edges on one line, which would show an edge that is not there
_MISTAKEN = 60.0  # a track that leads straight from or to a box that is not an end of the edge
STRAIGHT = 0.5  # heights that differ by less are one
_PASSES = 30


@dataclass(frozen=True)
class Places:
    """Where the nodes are. `bands`: group -> its first row and that of the next; `tops`, `heights`: of each row."""

    columns: Mapping[str, int]
    rows: Mapping[str, int]
    bands: Mapping[str, tuple[int, int]]
    tops: Sequence[float]
    heights: Sequence[float]

    def middle(self, node: str) -> float:
        """The y at which edges leave and reach a node."""
        return self.tops[self.rows[node]] + self.heights[self.rows[node]] / 2


@dataclass(frozen=True)
class Routes:
    """How the edges run. Gutter g lies to the right of column g.

    `heights`: edge -> its y when it leaves its node, in each column that it crosses, and when it reaches its end.
    `lanes`: (gutter, node) -> the lane on which the node's edges turn there; `counts`: how many lanes each gutter has.
    """

    heights: Mapping[Edge, Sequence[float]]
    lanes: Mapping[tuple[int, str], int]
    counts: Sequence[int]


def depths(parents: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Of each node, the number of nodes on the longest chain before it."""
    found: dict[str, int] = {}

    def visit(node: str) -> int:
        if node not in found:
            found[node] = 1 + max((visit(parent) for parent in parents[node]), default=-1)
        return found[node]

    for node in parents:
        visit(node)
    return found


def reduced(parents: Mapping[str, Sequence[str]]) -> list[Edge]:
    """The transitive reduction: the edges that no other path implies."""
    before: dict[str, set[str]] = {}

    def ancestors(node: str) -> set[str]:
        if node not in before:
            before[node] = set().union(*({parent} | ancestors(parent) for parent in parents[node]))
        return before[node]

    return [
        (parent, node) for node in parents for parent in parents[node]
        if not any(parent in ancestors(other) for other in parents[node] if other != parent)
    ]  # fmt: skip


def place_rows(
    columns: Mapping[str, int], groups: Mapping[str, str], order: Iterable[str], edges: Sequence[Edge]
) -> tuple[dict[str, int], dict[str, tuple[int, int]]]:
    """The row of each node and the rows of each band; a band is as high as its fullest column."""
    bands: dict[str, tuple[int, int]] = {}
    rows: dict[str, int] = {}
    first = 0
    for group in order:
        cells: dict[int, list[str]] = {}
        for node in sorted(columns):
            if groups[node] == group:
                cells.setdefault(columns[node], []).append(node)
        height = max(map(len, cells.values()), default=0)
        bands[group] = (first, first + height)
        for members in cells.values():
            start = first + (height - len(members)) // 2
            rows.update({node: start + place for place, node in enumerate(members)})
        first += height
    _shorten(rows, columns, groups, bands, edges)
    return rows, bands


def _shorten(
    rows: dict[str, int], columns: Mapping[str, int], groups: Mapping[str, str],
    bands: Mapping[str, tuple[int, int]], edges: Sequence[Edge],
) -> None:  # fmt: skip
    """Move nodes within their cell (to a free row, or by a swap) as long as that shortens the edges."""
    near: dict[str, list[str]] = {node: [] for node in rows}
    for start, end in edges:
        near[start].append(end)
        near[end].append(start)

    def cost(node: str, row: int) -> float:
        apart = sum(abs(row - rows[other]) / (0.7 + 0.3 * abs(columns[other] - columns[node])) for other in near[node])
        behind = sum(
            rows[other] == row and groups[other] == groups[node] and columns[other] == columns[node] + 1
            and other not in near[node] for other in rows
        )  # fmt: skip
        return apart + 0.2 * behind

    for _ in range(_PASSES):
        moved = False
        for node in sorted(rows, key=lambda name: (columns[name], name)):
            place = columns[node], groups[node]
            cell = {rows[other]: other for other in rows if (columns[other], groups[other]) == place}
            for row in range(*bands[groups[node]]):
                other, here = cell.get(row), rows[node]
                if row == here:
                    continue
                gain = cost(node, here) - cost(node, row)
                if other is not None:
                    gain += cost(other, row) - cost(other, here)
                if gain > 1e-9:
                    rows[node] = row
                    if other is not None:
                        rows[other] = here
                    cell = {rows[name]: name for name in cell.values()}
                    moved = True
        if not moved:
            return


def route(places: Places, edges: Sequence[Edge], top: float, bottom: float) -> Routes:
    """The way of each edge between these two heights."""
    heights = _cross(places, edges, np.arange(top, bottom, STEP))
    turns: dict[int, dict[str, list[tuple[float, float]]]] = {}
    for (start, end), ys in heights.items():
        for gutter, (leaves, reaches) in enumerate(pairwise(ys), start=places.columns[start]):
            if abs(leaves - reaches) > STRAIGHT:
                turns.setdefault(gutter, {}).setdefault(start, []).append((leaves, reaches))
        assert len(ys) == places.columns[end] - places.columns[start] + 1
    lanes: dict[tuple[int, str], int] = {}
    counts = [0] * max(places.columns.values())
    for gutter, moves in turns.items():
        for node, lane in _lanes(moves).items():
            lanes[gutter, node] = lane
            counts[gutter] = max(counts[gutter], lane + 1)
    return Routes(heights, lanes, counts)


def _cross(places: Places, edges: Sequence[Edge], tracks: Floats) -> dict[Edge, list[float]]:
    """Lead the edges, the shortest first, on tracks that no box and no edge of another node holds."""
    owners: dict[tuple[int, int], str] = {}  # (column, track) -> the node whose edges run there, "" for a box
    for node, column in places.columns.items():
        top, height = places.tops[places.rows[node]], places.heights[places.rows[node]]
        for number in np.flatnonzero((tracks > top - MARGIN) & (tracks < top + height + MARGIN)):
            owners[column, int(number)] = ""
    bends = np.abs(tracks[:, None] - tracks[None, :])
    bends += np.where(bends > STEP / 2, _BEND, 0.0)
    found = {}
    for start, end in sorted(edges, key=lambda edge: (places.columns[edge[1]] - places.columns[edge[0]], edge)):
        leaves, reaches = places.middle(start), places.middle(end)
        crossed = range(places.columns[start] + 1, places.columns[end])
        tolls = [
            _tolls(start, column, len(tracks), owners) + _mistaken(places, (start, end), column, tracks)
            for column in crossed
        ]
        path = _cheapest(np.abs(tracks - leaves), tolls, bends, np.abs(tracks - reaches))
        owners.update(dict.fromkeys(zip(crossed, path, strict=True), start))
        found[start, end] = [leaves, *(float(tracks[number]) for number in path), reaches]
    return found


def _tolls(start: str, column: int, count: int, owners: Mapping[tuple[int, int], str]) -> Floats:
    """What each track of a column costs the edges of a node: nothing can share it but another edge of the node."""
    tolls = np.zeros(count)
    for number in range(count):
        owner = owners.get((column, number))
        if owner == start:
            tolls[number] = -_SHARED
        elif owner is not None:
            tolls[number] = np.inf
            if owner:
                tolls[max(number - 1, 0) : number + 2] += _CROWD
    return tolls


def _mistaken(places: Places, edge: Edge, column: int, tracks: Floats) -> Floats:
    """What a track costs on which the edge would seem to come from a box that it does not, or to reach one."""
    tolls = np.zeros(len(tracks))
    for node, own in places.columns.items():
        if own in {column - 1, column + 1} and node not in edge:
            tolls[np.abs(tracks - places.middle(node)) < STRAIGHT] += _MISTAKEN
    return tolls


def _cheapest(first: Floats, tolls: Sequence[Floats], bends: Floats, last: Floats) -> list[int]:
    """The cheapest track in each column, by dynamic programming."""
    if not tolls:
        return []
    costs, steps = first + tolls[0], []
    for toll in tolls[1:]:
        ways = costs[:, None] + bends
        steps.append(ways.argmin(axis=0))
        costs = ways.min(axis=0) + toll
    path = [int((costs + last).argmin())]
    for step in reversed(steps):
        path.append(int(step[path[-1]]))
    return path[::-1]


def _lanes(moves: Mapping[str, Sequence[tuple[float, float]]]) -> dict[str, int]:
    """A lane for each node that turns in a gutter, from left to right, so that few edges cross."""
    spans = {node: (min(map(min, ways)), max(map(max, ways))) for node, ways in moves.items()}

    def crossings(left: str, right: str) -> float:
        """How often the edges of two nodes cross, or run as one, when the first has the lane further left."""
        exits, entries = {reaches for _, reaches in moves[left]}, {leaves for leaves, _ in moves[right]}
        from_left = sum(spans[right][0] < y < spans[right][1] for y in exits)
        as_one = sum(abs(y - other) < STRAIGHT for y in exits for other in entries)
        return from_left + sum(spans[left][0] < y < spans[left][1] for y in entries) + _AS_ONE * as_one

    def total(order: Sequence[str]) -> float:
        return sum(crossings(left, right) for at, left in enumerate(order) for right in order[at + 1 :])

    order = sorted(moves, key=lambda node: (spans[node], node))
    for node in [name for name in order for _ in range(2)]:
        others = [name for name in order if name != node]
        order = min(([*others[:at], node, *others[at:]] for at in range(len(order))), key=total)
    lanes: dict[str, int] = {}
    for node in order:
        low, high = spans[node]
        beside = [lanes[other] for other in lanes if spans[other][0] < high + STEP and low < spans[other][1] + STEP]
        lanes[node] = max(beside, default=-1) + 1
    return lanes
