"""Prompts are files with the same places in both languages, and what fills them is never a template."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, UndefinedError, meta, nodes

import agents
from agents.moves import MOVES
from agents.plan import LEVELS
from agents.prompting import BLOCKS, as_data, blocks, prompt, spoken, unlinked
from tutor.learner.profile import STYLES

FOLDER = Path(agents.__file__).parent / "prompts"
NAMES = sorted({file.name.split(".")[0] for file in FOLDER.glob("*.md")})
ASKING = [name for name in NAMES if name != "structured"]  # which only puts a form around another prompt
FILLED = {
    "level": "beginner", "question": "what is attention", "history": [], "style": "", "refers_to": "", "move": "why",
    "learner": {"solid": [], "learning": [], "unseen": [], "mistake": []},
    "passages": [{"number": 1, "heading": "Attention", "text": "Attention weighs the values."}],
}  # fmt: skip


def variables(file: Path) -> set[str]:
    return meta.find_undeclared_variables(Environment(autoescape=True).parse(file.read_text(encoding="utf-8")))


def test_there_are_prompts() -> None:
    assert "explainer" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_prompt_is_there_in_both_languages_with_the_same_variables(name: str) -> None:
    spanish, english = FOLDER / f"{name}.es.md", FOLDER / f"{name}.en.md"
    assert spanish.is_file()
    assert english.is_file()
    assert variables(spanish) == variables(english)
    assert variables(english)
    assert spanish.read_text(encoding="utf-8") != english.read_text(encoding="utf-8")


def test_no_other_file_stands_between_the_prompts() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {
        f"{name}.{language}.md" for name in NAMES for language in ("es", "en")
    }


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("missing", FILLED)
def test_a_variable_that_is_not_given_is_an_error(language: str, missing: str) -> None:
    given = {name: value for name, value in FILLED.items() if name != missing}
    with pytest.raises(UndefinedError, match=missing):
        prompt("explainer", language).render(**given)


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_place_inside_a_passage_that_is_not_given_is_an_error_too(language: str) -> None:
    with pytest.raises(UndefinedError, match="heading"):
        prompt("explainer", language).render(**{**FILLED, "passages": [{"number": 1, "text": "x"}]})


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_a_document_says_is_data(language: str) -> None:
    nasty = "{{ question }} {% for x in passages %}{{ x }}{% endfor %} {# gone #} <b>&amp;</b> ${level}"
    passages = [{"number": 1, "heading": "{{ level }}", "text": nasty}]
    text = prompt("explainer", language).render(**{**FILLED, "question": "{{ 7 * 7 }}", "passages": passages})
    assert nasty in text
    assert "[1] {{ level }}" in text
    assert "{{ 7 * 7 }}" in text
    assert "49" not in text


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("name", ASKING)
def test_the_rules_of_a_prompt_are_the_same_in_every_call(name: str, language: str) -> None:
    source = (FOLDER / f"{name}.{language}.md").read_text(encoding="utf-8")
    parsed = Environment(autoescape=True).parse(source)
    assert [block.name for block in parsed.find_all(nodes.Block)] == list(BLOCKS)
    rules = source.split("{% block rules -%}")[1].split("{%- endblock %}")[0]
    assert "{{" not in rules
    assert "{%" not in rules
    assert "\n</" not in rules, "data stand in the block of data alone"
    assert not source.split("{% block rules -%}")[0].strip()
    assert not source.split("{%- endblock %}")[-1].strip()


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_blocks_are_the_whole_prompt_in_order(language: str) -> None:
    rules, data = blocks("explainer", language, **FILLED)
    assert prompt("explainer", language).render(**FILLED).split() == f"{rules} {data}".split()
    order = [data.index(f"<{mark}>") for mark in ("history", "learner", "passages", "question")]
    assert order == sorted(order), "what changes least comes first"
    with pytest.raises(UndefinedError, match="question"):
        blocks("explainer", language, **{name: value for name, value in FILLED.items() if name != "question"})


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_move_level_and_style_has_words_of_its_own(language: str) -> None:
    for name, values in (("move", MOVES), ("level", LEVELS), ("style", ("", *STYLES))):
        said = [blocks("explainer", language, **{**FILLED, name: value})[1] for value in values]
        assert len(set(said)) == len(values)
    with pytest.raises(UndefinedError):
        blocks("explainer", language, **{**FILLED, "move": "sell"})


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_is_known_of_a_learner_is_told_in_words(language: str) -> None:
    known = {"solid": ["softmax"], "learning": ["RoPE", "ALiBi"], "unseen": [], "mistake": ["Attention adds the keys."]}
    told = blocks("explainer", language, **{**FILLED, "learner": known})[1]
    lines = told.split("<learner>")[1].split("</learner>")[0].strip().splitlines()
    assert len(lines) == 4, "what is not known has no line"
    assert [line.split(": ")[1] for line in lines[1:]] == ["softmax", "RoPE; ALiBi", "Attention adds the keys."]
    assert not any(char.isdigit() for char in "".join(lines))


def test_data_cannot_end_the_marks_around_it_and_thinking_is_not_heard() -> None:
    texts = [(FOLDER / f"{name}.en.md").read_text(encoding="utf-8") for name in NAMES]
    marks = {mark for text in texts for mark in re.findall(r"</(\w+)>", text)}
    assert len(marks) > 8
    assert all(as_data(f"a</{mark}>b< {mark} >c") == "a b c" for mark in marks)
    assert spoken("<think>A, or B?</think>C") == "C"
    assert spoken("<think>for ever") == ""


FORMS = (
    "<|im_start|> <|im_end|> <|endoftext|> <|eot_id|> <|start_header_id|> <|user|> <|channel|> <|channel> <turn|> "
    "<|turn> <start_of_turn> <end_of_turn> <bos> <eos> <s> </s> <<SYS>> <</SYS>> [INST] [/INST] [SYSTEM_PROMPT] "
    "[TOOL_CALLS] <tool_call> </tool_response> <think> </think> <｜begin▁of▁sentence｜> <｜User｜> <unused99>"
).split()


@pytest.mark.parametrize("mark", FORMS)
def test_no_mark_of_a_chats_form_is_left_in_data(mark: str) -> None:
    hidden = mark[:3] + "\u200b" + mark[3:]
    wide = mark.translate(str.maketrans("<>|", "＜＞｜"))
    for said in (mark, mark.upper(), hidden, wide):
        assert as_data(f"one {said} two") == "one   two"
    nested = as_data(f"one {mark[:2]}{mark}{mark[2:]} two")
    assert mark not in nested


KEPT = [
    "a < b and c > d", "if x<s and s>0: y[i] = x", "$|x|<|y|$ and $|z|>0$", "`<mask>` [MASK] [CLS] [SEP]",
    "<b>bold</b> Vec<T> ⟨x|y⟩", "[1] [INSTANCE] [2][5]", "Ñandú, ¿qué?\n\tcódigo: 50 %", "x <= y, x -> y, <- z",
]  # fmt: skip


@pytest.mark.parametrize("text", KEPT)
def test_what_a_course_writes_is_left_as_it_is(text: str) -> None:
    assert as_data(text) == text


@given(st.text(alphabet="<>|[]/＜＞｜ s\u200b", max_size=60) | st.lists(st.sampled_from(FORMS)).map("<".join))
def test_data_is_clean_after_one_cleaning(text: str) -> None:
    assert as_data(as_data(text)) == as_data(text)


def test_marks_that_hide_in_one_another_cost_no_time() -> None:
    for piece, end in (("<|a", "|>"), ("</s", ">"), ("<question ", ">"), ("[INST", "]")):
        assert len(as_data(piece * 5_000 + end * 5_000)) > 5_000


@pytest.mark.parametrize(
    ("said", "stays"),
    [
        ("It is so ![x](https://evil.example/p.png?q=1).", "It is so ."),
        ("See [the paper](https://evil.example/?m=2) for it.", "See the paper for it."),
        ("See [it](javascript:alert(1)", "See it"),
        ("Go to https://evil.example/x?y=z or www.evil.example now", "Go to  or  now"),
        ('A <img src="https://evil.example/x"> and <script>alert(1)</script> end', "A  and alert(1) end"),
        ("Mail <mailto:me@evil.example>, data:text/html,x", "Mail ,"),
        ("![x][1]", ""),
    ],
)
def test_nothing_that_a_model_says_reaches_out_of_the_page(said: str, stays: str) -> None:
    assert unlinked(said) == stays


@pytest.mark.parametrize(
    "said", ["a<b and c>d", "The data: 3 files.", "x[1] (see §2)",
             "`<mask>` and `<s>` [2]", "$a_{<a}$", "Attention [1][2] weighs."]
)  # fmt: skip
def test_what_is_no_link_stays(said: str) -> None:
    assert unlinked(said) == said
