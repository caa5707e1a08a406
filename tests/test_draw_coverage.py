"""The figure of coverage against precision: it shows what the result says, and can be read without it."""

import json
import sys
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evals import draw_coverage
from evals.concept_graph import DARK, PAPER, text_width
from evals.draw_coverage import COLOURS, DASHES, LEAST, WIDTH, Figure
from tutor.evaluation_curve import coverage_curve
from tutor.evaluation_factcheck import verdict_measures

SVG = "{http://www.w3.org/2000/svg}"
WORDS = tomllib.loads(draw_coverage.WORDS.read_text(encoding="utf-8"))


def result(threshold: float = 0.75) -> dict[str, Any]:
    """Twenty claims a language, every other one true; English probabilities part them, Spanish ones do not."""
    true = np.arange(20) % 2 == 0
    by, curve = {}, {}
    for language, probability in (("es", np.arange(20) / 20), ("en", np.where(true, 0.8, 0.2) + np.arange(20) / 200)):
        labels = np.where(true, "true", "false").tolist()
        verdicts = np.where(probability >= threshold, "supported", "not_found").tolist()
        by[language] = {name: found.to_json() for name, found in verdict_measures(labels, verdicts).items()}
        curve[language] = [point.to_json() for point in coverage_curve(probability, true, ~true)]
    return {"suite": "factcheck", "n": 40, "by": by, "curve": curve}


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_picture_is_sound_and_says_in_words_what_it_shows(language: str) -> None:
    picture = ET.fromstring(draw_coverage.draw_coverage(result(), "a < b", language))
    texts = [node.text or "" for node in picture.iter(f"{SVG}text")]
    assert set(WORDS[language]["names"].values()) <= set(texts)
    assert any("a < b: 40" in text for text in texts)
    description = picture.findtext(f"{SVG}desc") or ""
    assert "50 %" in description  # English: 10 of 20 claims are called supported
    assert "100 %" in description  # and all are true
    assert not any("{" in text or "}" in text for text in [*texts, description])
    background = picture.find(f"{SVG}rect")
    assert background is not None
    assert (background.get("width"), background.get("fill")) == ("100%", PAPER)
    for node in picture.iter(f"{SVG}text"):
        wide = text_width(node.text or "", float(node.get("font-size", 17)))
        before = {"end": wide, "middle": wide / 2}.get(node.get("text-anchor", ""), 0)
        assert float(node.get("x", 0)) - before >= 0
        assert float(node.get("x", 0)) - before + wide <= WIDTH


def test_points_and_the_default_stand_where_the_result_puts_them() -> None:
    figure = Figure(result(), "x", WORDS["en"])
    assert [point["supported"] for point in figure.lines["en"]] == list(range(LEAST, 21))
    assert figure.lowest == 0.3  # Spanish: two of the first five are true, 0.4, and room below
    rings = list(ET.fromstring(figure.svg()).iter(f"{SVG}circle"))
    places = [(float(ring.get("cx", 0)), float(ring.get("cy", 0))) for ring in rings]
    assert (figure._x(0.5), figure._y(1.0)) == pytest.approx(places[1], abs=0.06)
    assert (figure._x(0.25), figure._y(0.4)) == pytest.approx(places[0], abs=0.06)


def test_names_at_the_ends_do_not_cover_each_other() -> None:
    heights = sorted(Figure(result(), "x", WORDS["en"])._name_heights().values())
    assert heights[1] - heights[0] >= draw_coverage.NAME_GAP


def test_a_language_whose_claims_are_never_supported_is_said_to_be() -> None:
    figure = Figure(result(threshold=2.0), "x", WORDS["en"])
    assert "English: the default calls nothing supported." in figure.description()
    assert figure.svg().count("<circle") == 1  # the legend's


def test_lines_are_told_apart_by_more_than_their_colour() -> None:
    assert set(COLOURS.values()) <= set(DARK)
    assert len(set(DASHES.values())) == 2


def test_both_languages_have_the_same_words() -> None:
    assert WORDS["en"].keys() == WORDS["es"].keys()


def test_the_command_draws_what_an_evaluation_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "claims.json").write_text(json.dumps(result()), encoding="utf-8")
    target = tmp_path / "images" / "coverage.svg"
    command = ["draw_coverage", "--result", str(tmp_path / "claims.json"), "--out", str(target)]
    monkeypatch.setattr(sys, "argv", command)
    draw_coverage.main()
    assert target.read_text(encoding="utf-8") == draw_coverage.draw_coverage(result(), "claims")
