"""The blocks of a Markdown text."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge.blocks import markdown_blocks


def found(text: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in markdown_blocks(text)]


def test_headings_have_levels_and_lines() -> None:
    blocks = markdown_blocks("# One #\n\nTwo\n---\n\ntext\nmore")
    seen = [(block.kind, block.text, block.level, block.start, block.end) for block in blocks]
    assert seen == [
        ("heading", "One", 1, 0, 1),
        ("heading", "Two", 2, 2, 4),
        ("paragraph", "text\nmore", 0, 5, 7),
    ]


def test_a_long_paragraph_over_hyphens_is_no_heading() -> None:
    assert found("A line\nand another\n---") == [("paragraph", "A line\nand another")]


def test_a_heading_inside_code_is_code() -> None:
    assert found("```sh\n# no\n```") == [("code", "```sh\n# no\n```")]
    assert found("~~~\n$$\n~~~") == [("code", "~~~\n$$\n~~~")]
    assert found("text\n\n    x = 1\n") == [("paragraph", "text"), ("code", "```\nx = 1\n```")]


def test_formulas_stay_whole_whatever_their_lines_look_like() -> None:
    formula = "$$\na\n= b\n- c\n# d\n$$"
    assert found(f"text\n{formula}\nafter") == [
        ("paragraph", "text"),
        ("formula", formula),
        ("paragraph", "after"),
    ]
    assert found("$$a = b$$.") == [("formula", "$$a = b$$.")]


def test_dollars_that_do_not_close_are_text() -> None:
    assert found("$$ is a price\n\ntext $$") == [("paragraph", "$$ is a price"), ("paragraph", "text $$")]
    assert found("$$a$$ is a formula") == [("paragraph", "$$a$$ is a formula")]


def test_list_items_are_one_block_each_nested_ones_too() -> None:
    text = "- one\n  goes on\n  - inner\n- two\n\n  second paragraph\n1. first\n2. second"
    assert found(text) == [
        ("item", "one goes on"),
        ("item", "inner"),
        ("item", "two second paragraph"),
        ("item", "1. first"),
        ("item", "2. second"),
    ]


def test_code_inside_an_item_keeps_its_lines() -> None:
    assert found("- run:\n  ```py\n  if x:\n      y\n  ```") == [("item", "run:\n```py\nif x:\n    y\n```")]


def test_tables_quotations_and_html() -> None:
    table = "| a | b |\n|---|---|\n| 1 | 2 |"
    assert found(table) == [("table", table)]
    assert found("> quoted\n> > deeper\n>\n> - item") == [("paragraph", "quoted\ndeeper"), ("item", "item")]
    assert found("<!-- hidden -->\n\n---\n\n<div>\nshown\n</div>") == [("paragraph", "shown")]


def test_deep_nesting_ends() -> None:
    assert found(">" * 5000 + " x") == [("paragraph", "x")]
    assert len(found("- " * 500 + "x")) == 1
    assert found("[" * 20_000) == [("paragraph", "[" * 20_000)]


@given(st.text(alphabet="ab#->*`$|= \n\t1.<!_~", max_size=120))
def test_any_text_gives_blocks_in_order(text: str) -> None:
    blocks = markdown_blocks(text)
    assert all(block.text for block in blocks)
    starts = [block.start for block in blocks]
    assert starts == sorted(starts)
