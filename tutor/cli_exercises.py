"""The commands about exercises: `atenea item` and `atenea grade`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from tutor.command import LANGUAGE_CHOICES, DataDir, Json, mending, one_of, open_tutor, system_language
from tutor.rendering import TEXTS

if TYPE_CHECKING:
    from agents.item import Kind


def item(
    concept: Annotated[str, typer.Argument(help="A concept of the course: its id or its name.")], *,
    kind: Annotated[str, typer.Option("--kind", help="mcq, numeric, matrix, ...; any where it is left out.")] = "",
    difficulty: Annotated[int, typer.Option("--difficulty", min=0, max=5, help="1 to 5; 0 takes any.")] = 0,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same item.")] = 0,
    lang: Annotated[str, typer.Option("--lang", help="es or en.")] = "auto",
    drafted: Annotated[bool, typer.Option("--drafted", help="Have the chat model write it; it is proven all the same.")]
    = False,
    as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Make one exercise with a proven key. With --json it holds the key too."""
    from agents.item import KINDS

    one_of(lang, LANGUAGE_CHOICES, "--lang")
    one_of(kind, ("", *KINDS), "--kind")
    language = system_language() if lang == "auto" else lang
    with mending(as_json, language) as out:
        workshop = open_tutor(data_dir).workshop
        if drafted:
            made = workshop.drafted_item(concept, difficulty=difficulty, seed=seed, language=language)
        else:
            made = workshop.item(
                concept, kind=cast("Kind", kind) if kind else None, difficulty=difficulty, seed=seed, language=language
            )
        out.say(made, show_item(made))


def grade(
    file: Annotated[Path, typer.Argument(help="An item, as `atenea item --json` prints it.")], *,
    answer: Annotated[str, typer.Option("--answer", help="What the learner answers.")],
    as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Grade one answer to an item."""
    with mending(as_json) as out:
        from tutor.item_files import read_item

        graded = open_tutor(data_dir).workshop.grade(read_item(file), answer)
        out.say(graded, f"{graded['verdict']} ({graded['score']:g}): {graded['feedback']}")


def show_question(made: dict[str, Any]) -> str:
    """What an exercise asks, with its options."""
    from agents.grade_options import LETTERS

    options = [f"  {letter}) {option}" for letter, option in zip(LETTERS, made["options"], strict=False)]
    return "\n".join([made["stem"], *options])


def show_item(made: dict[str, Any]) -> str:
    """An exercise for a person: the question and its options, and how to answer it; not the key."""
    notes = [TEXTS.text("item-id", made["language"], id=made["id"])]
    if not made.get("drafted", True):
        reasons = ", ".join(f"{row['reason']} {row['count']}" for row in made["rejected"])
        notes.insert(0, TEXTS.text("item-own", made["language"], reasons=reasons))
    return "\n".join([show_question(made), "", *notes])
