"""An item as a teacher's form: what is typed as its key is read whole, or refused."""

from dataclasses import replace

import pytest
from exam_makers import WORDS, asked_once

from agents.errors import BadItem
from agents.item import Item
from tutor.item_edit import edited, item_form


@pytest.fixture
def item() -> Item:
    made = asked_once("true:one", "attention", WORDS[0]).make(1, 2, "en")
    assert isinstance(made, Item)
    return made


@pytest.mark.parametrize("typed", ["a, bc, d", "b a 3", "a;b"])
def test_letters_that_are_none_are_refused(item: Item, typed: str) -> None:
    order = replace(item, kind="order", options=("one", "two", "three"), key=[0, 1, 2], misconceptions={})
    assert edited(order, {**item_form(order), "key": "B, a c"}).key == [1, 0, 2]
    with pytest.raises(BadItem) as caught:
        edited(order, {**item_form(order), "key": typed})
    assert caught.value.code == "bad-key"


@pytest.mark.parametrize("typed", ["NaN", "-Infinity", "12 layers", ""])
def test_numbers_that_are_none_are_refused(item: Item, typed: str) -> None:
    number = replace(item, kind="numeric", options=(), key=2.5, misconceptions={})
    assert edited(number, {**item_form(number), "key": "0,5"}).key == 0.5
    with pytest.raises(BadItem) as caught:
        edited(number, {**item_form(number), "key": typed})
    assert caught.value.code == "bad-key"
