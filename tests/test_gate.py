"""The gate: a changed item is proven anew; one whose key no longer holds is found out, whatever it says of itself."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from agents.computed_items import computed_item
from agents.exercises import Exercises
from agents.families import FAMILIES
from agents.gate import Gate
from agents.grounded import grounded_recipes
from agents.item import Check, Item, Proof
from knowledge.course import BUNDLED_COURSE, Course
from knowledge.course_loader import load_course
from knowledge.rulings import Rulings


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(BUNDLED_COURSE, units=False)


@pytest.fixture(scope="module")
def rulings(course: Course) -> Rulings:
    return Rulings(course, None)


@pytest.fixture(scope="module")
def gate(rulings: Rulings) -> Gate:
    return Gate(rulings.of)


@pytest.fixture(scope="module")
def exercises(course: Course, rulings: Rulings) -> Exercises:
    return Exercises(course, grounded=grounded_recipes(course, rulings.of))


FORMS = (
    "true", "judge", "judge-mistake", "justify", "error", "several", "fact", "unpublished", "match",
    "order", "compare", "question",
)  # fmt: skip


def failed(item: Item) -> set[str]:
    return {check.name for check in item.proof.checks if not check.ok}


def grounded(exercises: Exercises, form: str, language: str = "en") -> Item:
    """The first held item of a form."""
    for recipe in exercises.recipes:
        if recipe.id.startswith(f"{form}:"):
            item = exercises.made(recipe, 1, recipe.levels[0], language)
            if item.proof.holds:
                return item
    raise AssertionError(form)


@pytest.mark.parametrize("name", sorted(FAMILIES)[::5])
@pytest.mark.parametrize("language", ["es", "en"])
def test_a_computed_item_holds_again_without_the_proof_that_it_carries(gate: Gate, name: str, language: str) -> None:
    family = FAMILIES[name]
    bare = replace(computed_item(family, 5, family.levels[0], language), proof=Proof("authored", ()))
    proved = gate.proved(bare)
    assert proved.proof.holds, failed(proved)
    assert proved.proof.method == "computed"


def chosen() -> Item:
    """A computed multiple-choice item of numbers."""
    family = next(family for family in FAMILIES.values() if family.answer == "number" and family.decimals is None)
    return computed_item(family, 7, family.levels[0], "en", "mcq")


def typed() -> Item:
    family = next(family for family in FAMILIES.values() if family.answer == "number" and family.decimals is None)
    return computed_item(family, 7, family.levels[0], "en", "numeric")


COMPUTED_FAULTS: dict[str, tuple[Callable[[], Item], str]] = {
    "key moved": (lambda: replace(chosen(), key=(chosen().key + 1) % 4), "same-key"),
    "key changed": (lambda: replace(typed(), key=typed().key + 1), "same-key"),
    "a number changed": (lambda: replace(typed(), stem=typed().stem.replace("1", "7", 1).replace("2", "9", 1)),
                         "same-numbers"),
    "tolerance widened": (lambda: replace(typed(), tolerance=1e6), "same-tolerance"),
    "unit changed": (lambda: replace(typed(), unit="bytes" if typed().unit != "bytes" else "tokens"), "same-kind"),
    "hint gives it away": (lambda: replace(typed(), hints=(f"It is ${typed().key}$.",)), "hints-silent"),
    "another question": (lambda: replace(typed(), stem=typed().stem.split("?")[0].rsplit(".", 1)[0]
                                         + ". Who wrote the paper that introduced all this to the world?"),
                         "same-question"),
}  # fmt: skip


@pytest.mark.parametrize("fault", COMPUTED_FAULTS)
def test_a_computed_item_whose_numbers_or_key_changed_is_refused(gate: Gate, fault: str) -> None:
    make, name = COMPUTED_FAULTS[fault]
    assert name in failed(gate.proved(make()))


def test_other_words_around_the_same_numbers_are_a_teachers_right(gate: Gate) -> None:
    item = typed()
    reworded = replace(
        item, stem="Read carefully, and take your time. " + item.stem, rationale="See the lecture notes."
    )
    assert gate.proved(reworded).proof.holds


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", ["es", "en"])
def test_a_grounded_item_holds_again(gate: Gate, exercises: Exercises, form: str, language: str) -> None:
    item = grounded(exercises, form, language)
    lied = replace(item, proof=Proof("authored", (Check("trust-me", True),)))
    proved = gate.proved(lied)
    assert proved.proof.holds, failed(proved)
    assert "trust-me" not in {check.name for check in proved.proof.checks}


def swapped(item: Item) -> Item:
    return replace(item, key=(item.key + 1) % len(item.options))


def with_option(item: Item, place: int, text: str) -> Item:
    options = list(item.options)
    options[place] = text
    return replace(item, options=tuple(options))


GROUNDED_FAULTS: dict[str, tuple[str, Callable[[Item], Item], set[str]]] = {
    "wrong key": ("true", swapped, {"key-supported"}),
    "wrong verdict": ("judge", swapped, {"key-refuted", "key-supported"}),
    "wrong error": ("error", swapped, {"key-refuted"}),
    "wrong value": ("fact", swapped, {"key-supported"}),
    "a right one left out": ("several", lambda item: replace(item, key=item.key[:-1]), {"distractors-unsupported"}),
    "pairs exchanged": ("match", lambda item: replace(item, key=[item.key[1], item.key[0], *item.key[2:]]),
                        {"claims-fit"}),
    "another order": ("order", lambda item: replace(item, key=item.key[::-1]), {"order-as-claimed"}),
    "the key denied": ("true", lambda item: with_option(item, item.key, "It is not so: " + item.options[item.key]),
                       {"claims-fit", "key-supported"}),
}  # fmt: skip


@pytest.mark.parametrize("fault", GROUNDED_FAULTS)
def test_a_grounded_item_whose_key_does_not_hold_is_refused(gate: Gate, exercises: Exercises, fault: str) -> None:
    form, change, names = GROUNDED_FAULTS[fault]
    item = grounded(exercises, form)
    proved = gate.proved(change(item))
    assert not proved.proof.holds
    assert names & failed(proved), failed(proved)


def test_an_item_of_a_kind_that_no_source_can_prove_is_refused(gate: Gate) -> None:
    numeric = replace(typed(), id="mine", family="")
    assert "key-supported" in failed(gate.proved(numeric))


NOBODY_CAN_SAY = (
    "GPT-4 has 1.8 trillion parameters.",
    "Layer normalization is applied before each sub-layer in Transformers.",
)


@pytest.mark.parametrize("claim", NOBODY_CAN_SAY)
def test_what_is_neither_true_nor_false_is_no_wrong_option(gate: Gate, exercises: Exercises, claim: str) -> None:
    """A value that its maker has not published; what holds for some models and not for others."""
    item = grounded(exercises, "true")
    proved = gate.proved(with_option(item, (item.key + 1) % len(item.options), claim))
    assert "distractors-unsupported" in failed(proved)


@pytest.mark.parametrize("claim", NOBODY_CAN_SAY)
def test_what_is_neither_true_nor_false_is_not_asked_for_judgement(
    gate: Gate, exercises: Exercises, claim: str
) -> None:
    item = grounded(exercises, "judge-mistake")
    asked = replace(item, stem=f"True or false? {claim}", claims=(claim,))
    for key in (0, 1):
        assert failed(gate.proved(replace(asked, key=key))) & {"key-supported", "key-refuted"}


def test_no_item_of_the_course_calls_false_what_nobody_can_say(course: Course, rulings: Rulings) -> None:
    for misconception in course.misconceptions:
        for language, text in misconception.statement.items():
            ruling = rulings.at_once(text, language)
            assert ruling is not None
            assert ruling.undecided == misconception.partly_true, misconception.id
