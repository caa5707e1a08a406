"""Documents in short: what each says of an aspect, side by side, over time, and in its terms; nothing is filled in."""

import pytest
from research_papers import is_audited, lines_of, papers_folder, stretch

from agents.research.aspects import ASPECTS, EACH
from agents.research.digest import Digester, aspect_name
from agents.research.researcher import Researcher
from agents.research.summary import Summary
from agents.research.terms import defined_in, key_terms
from agents.research.timeline import events_of, years_in
from tutor.tutor import Tutor

SAID = {
    "Contribution": "We propose Tarn attention, a sparse attention pattern for long documents.",
    "Method": "Our method trains an encoder with Tarn attention and the objective function of masked language models.",
    "Data": "The training corpus contains 3.2 million sentence pairs of legal text.",
    "Results": "Tarn attention reduces memory use by 40 % on long documents.",
    "Limits": "Tarn attention cannot read tables, and it was only evaluated on English text.",
}


def digester(tutor: Tutor, tmp_path_factory: pytest.TempPathFactory, *names: str) -> Digester:
    folder = papers_folder(tmp_path_factory)
    return Digester(tutor.desk.open([folder / f"{name}.md" for name in names])[0])


@pytest.fixture(scope="module")
def tarn(tutor: Tutor, tmp_path_factory: pytest.TempPathFactory) -> Digester:
    return digester(tutor, tmp_path_factory, "tarn")


@pytest.fixture(scope="module")
def several(tutor: Tutor, tmp_path_factory: pytest.TempPathFactory) -> Digester:
    return digester(tutor, tmp_path_factory, "tarn", "report", "bare", "windows", "manual", "estudio")


def printed(found: Summary) -> dict[str, list[str]]:
    return {part.title: [line.text for line in part.lines] for part in found.parts}


def audited(found: Summary, researcher: Researcher) -> bool:
    lines = lines_of(found)
    return bool(lines) and all(is_audited(line, found, researcher) for line in lines)


def test_each_aspect_is_found_where_it_is(tarn: Digester) -> None:
    found = tarn.digest("summary", "en")
    assert list(printed(found)) == list(SAID)
    assert all(text in printed(found)[aspect] for aspect, text in SAID.items())
    assert (found.missing, found.engine, found.question) == ((), "composer", "")
    assert audited(found, tarn.researcher)


def test_no_sentence_speaks_of_two_aspects_and_few_of_one(several: Digester) -> None:
    found = several.digest("summary", "en")
    texts = [line.text for part in found.parts for line in part.lines]
    assert len(texts) == len(set(texts))
    assert all(len(part.lines) <= EACH * 6 for part in found.parts)
    assert audited(found, several.researcher)


def test_what_is_not_stated_is_not_filled_in(tutor: Tutor, tmp_path_factory: pytest.TempPathFactory) -> None:
    found = digester(tutor, tmp_path_factory, "bare").digest("summary", "en")
    assert found.parts == ()
    assert found.missing == tuple(SAID)
    assert found.quotations == ()


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ("Contribution", "Method", "Data", "Results", "Limits")),
        ("es", ("Aportación", "Método", "Datos", "Resultados", "Límites")),
    ],
)
def test_aspects_are_named_in_the_language_of_the_reader(language: str, names: tuple[str, ...]) -> None:
    assert tuple(aspect_name(aspect, language) for aspect in ASPECTS) == names
    assert aspect_name("coste de la energía", language) == "coste de la energía"


def test_an_aspect_of_the_readers_own_words(tarn: Digester) -> None:
    found = tarn.digest("summary", "en", ("sentence pairs of the training corpus", "volcanoes and their lava"))
    assert printed(found)["sentence pairs of the training corpus"][0] == SAID["Data"]
    assert found.missing == ("volcanoes and their lava",)


def test_a_table_says_what_each_document_says_or_nothing(several: Digester) -> None:
    found = several.digest("table", "en")
    assert found.table is not None
    assert found.table.columns == tuple(SAID)
    titles = {reference.document: reference.title for reference in found.searched}
    cells = {titles[row]: own for row, own in zip(found.table.rows, found.table.cells, strict=True)}
    assert len(cells) == 6
    [tarn] = [own for title, own in cells.items() if title.startswith("Tarn")]
    assert all(len(cell) == 1 for cell in tarn)
    assert tarn[-1][0].text == SAID["Limits"]
    assert cells["Notes on tokenizers"] == ((), (), (), (), ())
    spanish = cells["La atención dispersa en español"]
    assert spanish[-1][0].text == "“El estudio no tiene en cuenta los textos con tablas.” (in Spanish in the original)"
    assert audited(found, several.researcher)
    own_document = {number.n: number.document for number in found.quotations}
    for row, own in zip(found.table.rows, found.table.cells, strict=True):
        assert {own_document[number] for cell in own for line in cell for number in line.citations} <= {row}


def test_a_timeline_is_in_the_order_of_years(several: Digester) -> None:
    found = several.digest("timeline", "en")
    assert printed(found) == {
        "2018": ["Sparse attention was first described for images in 2018."],
        "2020": ["In 2020 a survey of sparse patterns covered 35 papers."],
        "2021": ["A review in 2021 listed the patterns that had been tried on speech."],
    }
    assert {part.kind for part in found.parts} == {"event"}
    assert audited(found, several.researcher)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("The survey of 2020 covers papers from 1998 to 2019.", [1998, 2019, 2020]),
        ("Attention replaced recurrence (Vaswani et al., 2017).", []),
        ("In 2017 attention replaced recurrence [2019].", [2017]),
        ("The model reads 2048 tokens and 1950 words of text.", []),
        ("Version 3.2010 has 2,019 entries and 2020-style names.", []),
        ("The width of the layer is 1024 and then 4096 units.", []),
    ],
)
def test_what_is_a_year_and_what_is_not(text: str, years: list[int]) -> None:
    assert years_in(stretch("a", text)) == years


def test_a_sentence_stands_under_its_first_year_once() -> None:
    both, other = stretch("a", "It began in 2010 and ended in 2015."), stretch("b", "The survey came out in 2010.")
    assert events_of([other, both]) == [(2010, [other, both])]
    assert events_of([]) == []


def test_terms_come_with_the_sentence_that_defines_them(several: Digester) -> None:
    found = several.digest("terms", "en")
    assert printed(found) == {
        "Tarn attention": [
            "Tarn attention is a sparse pattern in which each token attends to a window and to sixteen global tokens."
        ],
        "window": ["A window is a run of tokens around a position that attention may read."],
        "tokenizador": [
            "“Un tokenizador es un programa que corta el texto en trozos de palabras.” (in Spanish in the original)"
        ],
    }
    assert audited(found, several.researcher)


@pytest.mark.parametrize(
    ("language", "text", "term"),
    [
        ("en", "A window is a run of tokens that attention may read.", "window"),
        ("en", "Perplexity denotes the exponential of the loss.", "Perplexity"),
        ("en", "The window is wide in most sparse patterns.", ""),
        ("en", "When the window grows, a token is a burden for memory.", ""),
        ("es", "Un tokenizador es un programa que corta el texto.", "tokenizador"),
        ("es", "La ventana es estrecha en la mayoría de los patrones.", ""),
        ("es", "La perplejidad se define como la exponencial de la pérdida.", "perplejidad"),
    ],
)
def test_what_a_sentence_defines(language: str, text: str, term: str) -> None:
    assert defined_in(stretch("a", text, language)) == term


def test_a_term_is_named_more_than_once_and_defined_once_a_document() -> None:
    defines = stretch("a", "A window is a run of tokens that attention may read.")
    again = stretch("b", "A window is a span of text around a position.")
    once = stretch("c", "Perplexity is the exponential of the mean loss.")
    assert key_terms([defines, once]) == []
    assert key_terms([defines, again, once]) == [("window", [defines, again])]
