"""The BibTeX of a course as values."""

from pathlib import Path

import pytest

from knowledge.bibliography import bibliography_faults, read_bibliography
from knowledge.course import Course

BIB = r"""
% a comment
@inproceedings{vaswani2017,
  author = {Vaswani, Ashish and Shazeer, Noam and Parmar, Niki},
  title = {Attention Is {All} You
           Need},
  year = {2017},
  eprint = {1706.03762},
  url = {https://example.org/paper}
}

@article{two2020,
  author = "M{\"u}ller, J{\'o}zef and Łukasz Kaiser",
  title = "Short",
  year = 2020,
  doi = {10.1000/x.1}
}

@misc{openai2023,
  author = {{OpenAI}},
  title = {Report},
  year = {n.d.},
  eprint = {2303.08774},
  doi = {10.1000/x.2}
}

@misc{nobody}
"""


@pytest.fixture
def bib(tmp_path: Path) -> Path:
    path = tmp_path / "sources.bib"
    path.write_text(BIB, encoding="utf-8")
    return path


def test_entries_by_key(bib: Path) -> None:
    sources = read_bibliography(bib)
    assert list(sources) == ["vaswani2017", "two2020", "openai2023", "nobody"]
    paper = sources["vaswani2017"]
    assert paper.title == "Attention Is All You Need"
    assert paper.authors == ("Vaswani, Ashish", "Shazeer, Noam", "Parmar, Niki")
    assert (paper.year, paper.arxiv) == (2017, "1706.03762")


def test_labels_are_what_a_reader_knows(bib: Path) -> None:
    labels = [source.label for source in read_bibliography(bib).values()]
    assert labels == ["Vaswani et al. (2017)", "Müller & Łukasz Kaiser (2020)", "OpenAI", "nobody"]


def test_a_source_leads_somewhere(bib: Path) -> None:
    urls = [source.url for source in read_bibliography(bib).values()]
    expected = [
        "https://example.org/paper", "https://doi.org/10.1000/x.1", "https://arxiv.org/abs/2303.08774", "",
    ]  # fmt: skip
    assert urls == expected


def test_a_sound_file_has_no_faults(bib: Path) -> None:
    assert bibliography_faults(bib) == []


@pytest.mark.parametrize(
    ("added", "line"),
    [("@article{vaswani2017,\n title = {Again}\n}\n", 3), ("@article{open,\n title = {Never closed\n", 3)],
)
def test_a_fault_has_its_line(tmp_path: Path, added: str, line: int) -> None:
    path = tmp_path / "sources.bib"
    path.write_text("@misc{vaswani2017, title = {One}}\n\n" + added, encoding="utf-8")
    [(found, reason)] = bibliography_faults(path)
    assert found == line
    assert reason
    assert list(read_bibliography(path)) == ["vaswani2017"]


PRINTED = {"ebel1991"}  # a book that has no page of its own


def test_every_source_of_the_course_can_be_cited(course: Course) -> None:
    assert bibliography_faults(course.path / "sources.bib") == []
    for source in course.sources.values():
        assert source.title, source.key
        assert source.authors, source.key
        assert source.year is not None, source.key
        assert 1900 < source.year <= 2026, source.key
        assert source.url.startswith("https://") or source.key in PRINTED, source.key
        assert not set("{}\\") & set(source.label + source.title + source.url), source.key
