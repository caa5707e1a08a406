"""References that other programs read back: citation keys, names, BibTeX, CSL-JSON, RIS, and citation styles."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import rispy
from hypothesis import example, given, settings
from hypothesis import strategies as st
from make_summary import DAO, HOSTILE, NOTES, PEREZ, QUOTATIONS, VASWANI, hostile_text, quoting, summary

from agents.research.summary import Reference
from knowledge.bibliography import bibliography_faults, read_bibliography
from tutor.errors import BadSummary
from tutor.summaries.bibtex import write_bibtex
from tutor.summaries.csl import write_csl_json
from tutor.summaries.inline import one_line, text_of
from tutor.summaries.keys import citation_keys
from tutor.summaries.kinds import doi_of, kind_of, safe_url, title_of, url_of
from tutor.summaries.names import AuthorName, author_name
from tutor.summaries.ris import write_ris
from tutor.summaries.style_files import FOLDER, SHIPPED
from tutor.summaries.styles import load_style

AUTHOR_DATE = """<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0">{}
<info><title>T</title><id>t</id></info>
<citation><layout><text variable="title"/></layout></citation>
<bibliography><layout suffix="!"><text variable="title" font-style="italic"/></layout></bibliography></style>"""


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("Ashish Vaswani", "en", ("Vaswani", "Ashish")),
        ("Vaswani, Ashish", "es", ("Vaswani", "Ashish")),
        ("Daniel Y. Fu", "es", ("Fu", "Daniel Y.")),
        ("Laurens van der Maaten", "en", ("van der Maaten", "Laurens")),
        ("Ana Pérez Gil", "es", ("Pérez Gil", "Ana")),
        ("Ana Pérez Gil", "en", ("Gil", "Ana Pérez")),
        ("María José Gil", "es", ("Gil", "María José")),
        ("Íñigo de la Fuente Ruiz", "es", ("de la Fuente Ruiz", "Íñigo")),
        ("Juan Carlos Pérez Gil", "es", ("Pérez Gil", "Juan Carlos")),
        ("Sammy Davis Jr.", "en", ("Davis", "Sammy", "Jr.")),
        ("Davis, Jr., Sammy", "en", ("Davis", "Sammy", "Jr.")),
        ("OpenAI", "en", ("OpenAI",)),
        ("Universidad de Alicante", "es", ("Universidad de Alicante",)),
        ("Google Research, Brain Team", "en", ("Google Research, Brain Team",)),
        (",", "en", (",",)),
    ],
)
def test_a_name_has_its_parts(text: str, language: str, name: tuple[str, ...]) -> None:
    assert author_name(text, language) == AuthorName(*name)


def test_keys_say_who_when_and_what() -> None:
    assert citation_keys((VASWANI, DAO, PEREZ, NOTES)) == {
        "v1": "vaswani2017attention", "d1": "dao2022flashattention", "p1": "perezgil2023coste", "n1": "notasclase",
    }  # fmt: skip
    assert citation_keys((Reference("x", "中文", ("李明",), 2020),)) == {"x": "source2020"}


def test_documents_with_one_key_get_letters_by_their_ids_in_any_order() -> None:
    twins = [replace(VASWANI, document=f"v{n:02}") for n in range(28)]
    other = replace(VASWANI, document="z", title="Attentiona")
    keys = citation_keys([*reversed(twins), other])
    assert keys == citation_keys([other, *twins])
    assert [keys["v00"], keys["v25"], keys["v26"]] == [
        "vaswani2017attentionb", "vaswani2017attentionaa", "vaswani2017attentionab",
    ], "a is another's"  # fmt: skip
    assert len(set(keys.values())) == 29


@pytest.mark.parametrize(
    ("reference", "kind"),
    [
        (VASWANI, "conference"), (DAO, "preprint"), (PEREZ, "article"), (NOTES, "document"),
        (replace(DAO, venue="arXiv preprint arXiv:2205.14135"), "preprint"),
        (replace(NOTES, url="https://a.org/b"), "page"),
    ],
)  # fmt: skip
def test_what_a_document_is(reference: Reference, kind: str) -> None:
    assert kind_of(reference) == kind


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("https://a.org/b?c=d&e=%20f#g", "https://a.org/b?c=d&e=%20f#g"),
        ("https://a.org/ñ {x}\\<b>\"'", "https://a.org/%C3%B1%20%7Bx%7D%5C%3Cb%3E%22'"),
        ("HTTP://A.org:80/b", "HTTP://A.org:80/b"), ("https://a.org?q=1", "https://a.org?q=1"),
        ("javascript:alert(1)", ""), ("x https://a.org", ""), ("https://a.org\n/x", ""),
        ("file:///etc/passwd", ""), ("http://", ""), ("https://[", ""), ("https:///x", ""),
    ],
)  # fmt: skip
def test_an_address_is_safe_or_none(text: str, safe: str) -> None:
    assert safe_url(text) == safe


def test_a_doi_and_an_arxiv_number_are_such_or_none() -> None:
    assert doi_of(replace(NOTES, doi="https://doi.org/10.1000/a(b)")) == "10.1000/a(b)"
    assert doi_of(replace(NOTES, doi="10.1000/a} , x={")) == ""
    assert url_of(replace(NOTES, arxiv="arXiv:1706.03762v5")) == "https://arxiv.org/abs/1706.03762v5"
    assert url_of(replace(NOTES, arxiv="}1706.03762")) == ""
    assert title_of(Reference("x", " ", path="/a/b.pdf")) == "b.pdf"


def test_bibtex_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "a.bib"
    path.write_text(write_bibtex(summary("es")), encoding="utf-8")
    assert bibliography_faults(path) == []
    read = read_bibliography(path)
    assert list(read) == ["vaswani2017attention", "dao2022flashattention", "perezgil2023coste", "notasclase"]
    vaswani, _, perez, notes = read.values()
    assert vaswani.authors == ("Vaswani, Ashish", "Shazeer, Noam", "Parmar, Niki", "Uszkoreit, Jakob")
    assert (vaswani.year, vaswani.doi, vaswani.arxiv) == (2017, "10.5555/3295222.3295349", "1706.03762")
    assert (perez.title, perez.authors) == (PEREZ.title, ("Pérez Gil, María José", "de la Fuente Ruiz, Íñigo"))
    assert (notes.title, notes.year, notes.authors) == (NOTES.title, None, ())
    text = path.read_text(encoding="utf-8")
    assert "title         = {{FlashAttention}: Fast and Memory-Efficient Exact Attention with {$O(N)$} Memory}," in text
    assert "booktitle     = {Advances in Neural Information Processing Systems}," in text
    assert re.findall(r"^@(\w+)", text, re.M) == ["inproceedings", "misc", "article", "misc"]


def test_a_name_that_bibtex_would_take_for_two_is_in_braces() -> None:
    made = replace(summary("en"), references=(replace(NOTES, authors=("Team of Rock and Roll", "Gil, Ana and Co")),))
    assert "author        = {{Team of Rock and Roll} and Gil, {Ana and Co}}," in write_bibtex(made)


@given(hostile_text, hostile_text)
@example("".join(HOSTILE), "".join(HOSTILE))
@example("{", "}")
@settings(max_examples=35, deadline=None)
def test_bibtex_of_any_text_is_one_entry_with_balanced_braces(text: str, name: str) -> None:
    written = write_bibtex(quoting(text, title=text, venue=name, doi=name, url=text, authors=(name, "Ana Gil")))
    assert written.encode().startswith(b"@")
    depth, entries = 0, 0
    for line in written.split("\n"):
        entries += depth == 0 and line.startswith("@")
        for sign in line:
            depth += {"{": 1, "}": -1}.get(sign, 0)
            assert depth >= 0
        assert depth == (0 if line in ("}", "") else 1), "each field closes what it opens"
    assert entries == 1
    inner = [line.split(" = ", 1)[1] for line in written.split("\n") if " = " in line]
    assert all(not re.search(r"(?<!\\)(?:\\\\)*[#%&]", line) for line in inner if "http" not in line)


@given(st.text("aZ\\%#$&_~|<>áñ \"'-,", min_size=1, max_size=20).filter(str.strip))
@settings(max_examples=25, deadline=None)
def test_a_title_of_signs_comes_back_from_bibtex(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    title = re.sub(r"\$[^$]*\$", "", text) or "x"  # formulas come back as such, with other spaces
    path = tmp_path_factory.mktemp("bib") / "a.bib"
    path.write_text(write_bibtex(quoting("q", title=title)), encoding="utf-8")
    (read,) = read_bibliography(path).values()
    assert "".join(read.title.split()) == "".join(title_of(replace(VASWANI, title=title)).split())


def test_csl_json_has_what_its_schema_asks() -> None:
    items = json.loads(write_csl_json(summary("en")))
    assert [(item["id"], item["type"]) for item in items] == [
        ("vaswani2017attention", "paper-conference"), ("dao2022flashattention", "article"),
        ("perezgil2023coste", "article-journal"), ("notasclase", "document"),
    ]  # fmt: skip
    assert items[2] == {
        "id": "perezgil2023coste", "type": "article-journal", "title": PEREZ.title,
        "author": [{"family": "Pérez Gil", "given": "María José"}, {"family": "de la Fuente Ruiz", "given": "Íñigo"}],
        "issued": {"date-parts": [[2023]]}, "container-title": PEREZ.venue, "language": "es",
    }  # fmt: skip
    assert items[1]["number"] == "arXiv:2205.14135"


def test_ris_is_read_back() -> None:
    vaswani, dao, perez, notes = rispy.loads(write_ris(summary("en")))
    assert vaswani["type_of_reference"] == "CPAPER"
    assert vaswani["authors"] == ["Vaswani, Ashish", "Shazeer, Noam", "Parmar, Niki", "Uszkoreit, Jakob"]
    assert (vaswani["year"], vaswani["doi"]) == ("2017", "10.5555/3295222.3295349")
    assert vaswani["notes"][0] == f"[1] p. 4: “{QUOTATIONS[0].quote}”"
    assert (dao["title"], dao["urls"]) == (DAO.title, ["https://arxiv.org/abs/2205.14135"])
    assert (perez["journal_name"], perez["language"]) == (PEREZ.venue, "es")
    assert (notes["type_of_reference"], notes["title"]) == ("GEN", NOTES.title)


@given(hostile_text)
@example("".join(HOSTILE))
@settings(max_examples=35, deadline=None)
def test_ris_of_any_text_is_one_record_that_says_it(text: str) -> None:
    (record,) = rispy.loads(write_ris(quoting(text, title=text, venue=text, authors=(text, "Ana Gil"))))
    assert record["title"] == one_line(text) or "attention.pdf"
    assert " ".join(record["notes"]) == f"[1] {one_line(text)}: “{one_line(text)}”" or not text.strip()
    assert record["authors"][-1] == "Gil, Ana"


ENTRIES = {
    (
        "apa",
        "en",
    ): "Dao, T., & Fu, D. Y. (2022). FlashAttention: Fast and Memory-Efficient Exact Attention with $O(N)$ Memory. arXiv. https://arxiv.org/abs/2205.14135",  # noqa: E501
    (
        "apa",
        "es",
    ): "Dao, T. y Fu, D. Y. (2022). FlashAttention: Fast and Memory-Efficient Exact Attention with $O(N)$ Memory. arXiv. https://arxiv.org/abs/2205.14135",  # noqa: E501
    (
        "chicago",
        "es",
    ): "Dao, T. y D. Y. Fu. 2022. «FlashAttention: Fast and Memory-Efficient Exact Attention with $O(N)$ Memory». Preprint, arXiv. https://arxiv.org/abs/2205.14135.",  # noqa: E501
    (
        "ieee",
        "en",
    ): "T. Dao and D. Y. Fu, “FlashAttention: Fast and Memory-Efficient Exact Attention with $O(N)$ Memory”, 2022, arXiv. [Online]. Available: https://arxiv.org/abs/2205.14135",  # noqa: E501
    (
        "vancouver",
        "es",
    ): "Dao T, Fu DY. FlashAttention: Fast and Memory-Efficient Exact Attention with $O(N)$ Memory [Internet]. arXiv; 2022. Disponible en: https://arxiv.org/abs/2205.14135",  # noqa: E501
}


@pytest.mark.parametrize(("style", "language"), ENTRIES)
def test_a_style_writes_a_reference_in_the_language_of_the_summary(style: str, language: str) -> None:
    (entry,) = load_style(style, language).entries((DAO,))
    assert text_of(entry.content) == ENTRIES[style, language]


@pytest.mark.parametrize("style", SHIPPED)
def test_every_style_writes_every_reference_and_a_missing_author_once(style: str) -> None:
    references = (VASWANI, DAO, PEREZ, NOTES)
    for language in ("en", "es"):
        entries = load_style(style, language).entries(references)
        assert {entry.document for entry in entries} == {"v1", "d1", "p1", "n1"}
        told = {entry.document: text_of(entry.content) for entry in entries}
        assert told["n1"].count(NOTES.title) == 1
        assert not re.search("[\ue000-\uf8ff]", "".join(told.values()))
        assert all(not re.match(r"\[?\d+[.\]]", text) for text in told.values()), "numbers are those of quotations"


def test_styles_by_author_sort_a_document_without_one_by_its_title() -> None:
    entries = load_style("apa", "es").entries((VASWANI, NOTES, DAO))
    assert [entry.document for entry in entries] == ["d1", "n1", "v1"]


@given(hostile_text)
@example("".join(HOSTILE))
@settings(max_examples=20, deadline=None)
def test_a_style_writes_any_title_and_name(text: str) -> None:
    reference = replace(VASWANI, title=text, authors=(text,) if len(text) % 2 else (), venue=text)
    (entry,) = load_style("nature", "en").entries((reference,))
    shown = text_of(entry.content)
    assert not re.search("[\ue000-\ue005]", shown)
    assert "2017" in shown


def test_every_shipped_style_is_listed_and_says_its_licence() -> None:
    files = {f"{name}.csl" for names in SHIPPED.values() for name in names}
    assert {path.name for path in FOLDER.glob("*.csl")} == files
    licence = "creativecommons.org/licenses/by-sa/3.0"
    assert all(licence in (FOLDER / name).read_text(encoding="utf-8") for name in files)
    notice = (FOLDER / "NOTICE.md").read_text(encoding="utf-8")
    assert all(name in notice for name in files)


def test_a_researchers_own_style_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "own.csl"
    path.write_text(AUTHOR_DATE.format(""), encoding="utf-8")
    (entry,) = load_style(str(path), "en").entries((NOTES,))
    assert text_of(entry.content) == "Notas de clase sobre BERT!"


DEPENDENT = """<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0"><info><title>T</title><id>t</id>
<link href="http://www.zotero.org/styles/nature" rel="independent-parent"/></info></style>"""
SECRET = '<!DOCTYPE style [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + AUTHOR_DATE.format("&x;")
LAUGHS = (
    '<!DOCTYPE style [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>'
    + AUTHOR_DATE.format("&c;")
)
CIRCLE = AUTHOR_DATE.format("").replace(
    "<citation>", '<macro name="m"><text macro="m"/></macro><citation>'
).replace('<text variable="title" font-style="italic"/>', '<text macro="m"/>')  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("not xml", "style-not-csl"), ("", "style-not-csl"), ("<html/>", "style-not-csl"), (SECRET, "style-not-csl"),
        (LAUGHS, "style-not-csl"), (DEPENDENT, "style-dependent"),
        (re.sub("<bibliography>.*</bibliography>", "", AUTHOR_DATE.format("")), "style-no-bibliography"),
        (CIRCLE, "style-unusable"),
    ],
    ids=["text", "empty", "html", "entity", "laughs", "dependent", "no-bibliography", "circle"],
)  # fmt: skip
def test_a_style_that_cannot_be_used_says_why(tmp_path: Path, content: str, code: str) -> None:
    path = tmp_path / "own.csl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadSummary) as caught:
        load_style(str(path), "es").entries((NOTES,))
    assert caught.value.code == code
    assert caught.value.message("es")
    assert caught.value.hint("en")


def test_a_style_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(BadSummary) as caught:
        load_style("no-such-style", "en")
    assert caught.value.code == "style-unknown"
    assert "apa, chicago, harvard, ieee, iso690, mla, nature, vancouver" in caught.value.hint("es")
