"""The composer: authored units and sentences of the sources, chosen and ordered, never reworded."""

from dataclasses import replace

from agents.composer import FROM_DOCUMENT, LENGTH, Composer, choose_sentences
from agents.evidence import Pack
from agents.plan import Memory, Plan
from knowledge.documents import Passage, Sentence


def passage(name: str, *texts: str, kind: str = "") -> Passage:
    return Passage(
        id=f"d:{name}", document="d", title="Doc", path="doc.md", language="en", headings=("Doc",), locator="§ Doc",
        sentences=tuple(map(Sentence, texts)), concept="c" if kind else "", kind=kind,
    )  # fmt: skip


def plan(query: str = "what is the cache", level: str = "beginner") -> Plan:
    return Plan("explain", "en", level, (), query, (), True, False, ())


def texts(*passages: Passage, level: str = "beginner") -> list[str]:
    return [draft.text for draft in Composer().write(plan(level=level), Pack(passages), Memory())]


def test_a_unit_is_said_whole_and_in_order() -> None:
    unit = passage("u", "One.", "Two.", "$$x$$", "```python\npass\n```", kind="definition")
    made = list(Composer().write(plan(), Pack((unit,)), Memory()))
    assert [draft.text for draft in made] == ["One.", "Two.", "$$x$$", "```python\npass\n```"]
    assert all(draft.verbatim and draft.passages == (unit,) for draft in made)


def test_of_a_list_for_which_nobody_asked_only_what_speaks_to_the_question() -> None:
    listed = passage(
        "m", "- A cache is no memory.", "- Layers are not heads.", "- Caches do not think.", kind="mistakes"
    )
    asked = replace(plan("are caches shared"), focus=("caches",))
    assert [one.text for one in choose_sentences(listed, asked)] == [
        "- A cache is no memory.",
        "- Caches do not think.",
    ]
    for whole in (replace(asked, intent="mistakes"), replace(asked, focus=()), replace(asked, focus=("token",))):
        assert len(choose_sentences(listed, whole)) == 3


def test_one_wording_of_a_statement_or_a_fact_is_enough() -> None:
    statement = passage("s", "Keys are kept.", "The cache keeps the keys.", "They stay.", kind="statement")
    assert texts(statement) == ["The cache keeps the keys."]
    assert texts(passage("f", "It has 12 layers.", "It has twelve layers.", kind="fact")) == ["It has 12 layers."]


def test_of_a_persons_document_only_what_speaks_to_the_question_in_its_order() -> None:
    document = passage(
        "d", "Rain falls.", "The cache is small.", "Birds sing.", "Caches fill.", "A cache ends.", "The cache."
    )
    chosen = [sentence.text for sentence in choose_sentences(document, plan())]
    assert chosen == ["The cache is small.", "Caches fill.", "A cache ends."]
    assert len(chosen) == FROM_DOCUMENT
    assert texts(passage("e", "Rain falls.", "Birds sing.")) == []


def test_nothing_is_said_twice() -> None:
    assert texts(passage("a", "One.", "Two.", kind="why"), passage("b", "Two.", "Three.", kind="how")) == [
        "One.",
        "Two.",
        "Three.",
    ]


def test_a_passage_is_begun_only_while_there_is_room() -> None:
    many = [passage(str(n), *(f"Sentence {n} {k}." for k in range(3)), kind="how") for n in range(9)]
    lengths = {level: len(texts(*many, level=level)) for level in LENGTH}
    assert lengths["beginner"] <= lengths["intermediate"] <= lengths["advanced"]
    for level, length in lengths.items():
        assert LENGTH[level] - 1 <= length <= LENGTH[level] + 2
    assert len(texts(*many, level="unheard-of")) == lengths["beginner"]
