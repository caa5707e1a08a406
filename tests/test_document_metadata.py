"""What a first page says of its publication, and what it does not say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.document_metadata import Metadata, find_arxiv, find_doi, metadata_in


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("https://doi.org/10.1145/3292500.3330701", "10.1145/3292500.3330701"),
        ("DOI: 10.1016/S0140-6736(20)30183-5.", "10.1016/S0140-6736(20)30183-5"),
        ("(doi:10.1038/nature14539)", "10.1038/nature14539"),
        ("10.1000/x1 and again 10.1000/X1, once", "10.1000/x1"),
        ("10.1000/x1 cites 10.1000/y2", ""),
        ("10.1007/xxxx", ""),
        ("version 10.2/3", ""),
    ],
)
def test_the_doi_is_taken_when_there_is_one(text: str, doi: str) -> None:
    assert find_doi(text) == doi


@pytest.mark.parametrize(
    ("text", "arxiv"),
    [
        ("arXiv:1706.03762v5 [cs.CL] 2 Aug 2017", "1706.03762"),
        ("https://arxiv.org/abs/2404.02124", "2404.02124"),
        ("arXiv:hep-th/9901001v2", "hep-th/9901001"),
        ("arXiv:1706.03762 and arXiv:1409.0473", ""),
        ("arXiv:1799.03762", ""),
        ("1706.03762", ""),
    ],
)
def test_the_arxiv_number_is_taken_when_there_is_one(text: str, arxiv: str) -> None:
    assert find_arxiv(text) == arxiv


def test_the_stamp_of_the_page_goes_before_what_it_cites() -> None:
    text = "As in arXiv:1409.0473 we align.\narXiv:1706.03762v5 [cs.CL] 2 Aug 2017"
    assert metadata_in(text) == Metadata(arxiv="1706.03762", year=2017)


@pytest.mark.parametrize(
    ("text", "year", "venue"),
    [
        ("© 2021 The authors", 2021, ""),
        ("Copyright (c) 2019 by ACM", 2019, ""),
        ("Publicado el 3 de marzo de 2018", 2018, ""),
        ("12 de mayo de 2021", 2021, ""),
        ("March 2019", 2019, ""),
        ("In March 2019 we began to measure.", None, ""),
        ("Since Vaswani et al. (2017) nothing is the same.", None, ""),
        ("Published as a conference paper at ICLR 2019", 2019, "ICLR 2019"),
        (
            "31st Conference on Neural Information Processing Systems (NIPS 2017), Long Beach, CA, USA.",
            2017,
            "31st Conference on Neural Information Processing Systems (NIPS 2017)",
        ),
        ("Revista Española de Documentación 44", None, "Revista Española de Documentación"),
        ("", None, ""),
    ],
)
def test_year_and_venue_are_taken_where_they_are_said_plainly(text: str, year: int | None, venue: str) -> None:
    found = metadata_in(f"A title\n{text}\nAbstract")
    assert (found.year, found.venue) == (year, venue)


@given(st.text(alphabet="ab .,:()\n", max_size=200))
def test_nothing_is_made_up(text: str) -> None:
    assert metadata_in(text) == Metadata()
