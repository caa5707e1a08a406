"""The commands of a learner: `atenea next`, `answer`, `hint` and `learner`."""

from datetime import datetime
from typing import Annotated, Any

import typer

from tutor.command import LANGUAGE_CHOICES, DataDir, Json, Lang, mending, one_of, open_tutor, system_language
from tutor.rendering import TEXTS

Learner = Annotated[str, typer.Option("--learner", help="Who learns: any name.")]
Item = Annotated[str, typer.Option("--item", help="The id of an exercise that was handed out.")]
Name = Annotated[str, typer.Argument(metavar="ID", help="A learner's name.")]
BARS = 20  # characters of a mastery bar

learner_app = typer.Typer(no_args_is_help=True, help="What Atenea believes of a learner, open to them.")


def next_(
    *, learner: Learner, goal: Annotated[str, typer.Option("--goal", help="A concept, by id or name.")] = "",
    lang: Lang = "auto", as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """What this learner should do now, and why."""
    language = _language(lang)
    with mending(as_json, language) as out:
        step = open_tutor(data_dir).study.next(learner, goal=goal, language=language)
        out.say(step, show_step(step))


def answer(
    *, learner: Learner, item: Item, text: Annotated[str, typer.Option("--answer", help="What the learner answers.")],
    hints: Annotated[int, typer.Option("--hints", min=0, help="Hints taken elsewhere.")] = 0,
    lang: Lang = "auto", as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Grade an answer and count it in the learner's model, once."""
    language = _language(lang)
    with mending(as_json, language) as out:
        graded = open_tutor(data_dir).study.answer(learner, item, text, hints=hints)
        out.say(graded, show_answer(graded, language))


def hint(*, learner: Learner, item: Item, lang: Lang = "auto", as_json: Json = False, data_dir: DataDir = None) -> None:
    """The next rung of an exercise's hint ladder."""
    with mending(as_json, _language(lang)) as out:
        rung = open_tutor(data_dir).study.hint(learner, item)
        out.say(rung, f"{rung['rung']}/{rung['of']}  {rung['text']}")


@learner_app.command("list")
def list_(*, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Everyone of whom anything is kept."""
    with mending(as_json) as out:
        names = open_tutor(data_dir).study.learners()
        out.say({"learners": [{"id": name} for name in names]}, "\n".join(names))


@learner_app.command()
def show(learner: Name, *, lang: Lang = "auto", as_json: Json = False, data_dir: DataDir = None) -> None:
    """Every estimate, with the answers behind it."""
    language = _language(lang)
    with mending(as_json, language) as out:
        shown = open_tutor(data_dir).study.show(learner, language)
        out.say(shown, show_learner(shown, language))


@learner_app.command()
def export(learner: Name, *, as_json: Json = False, data_dir: DataDir = None) -> None:  # noqa: ARG001  always JSON
    """Everything that is kept of a learner, as JSON."""
    import json

    with mending(True) as out:
        whole = open_tutor(data_dir).learner_export(learner)
        out.say(whole, json.dumps(whole, ensure_ascii=False, indent=1))


@learner_app.command()
def delete(learner: Name, *, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Delete everything that is kept of a learner, conversations included."""
    with mending(as_json) as out:
        gone = open_tutor(data_dir).learner_delete(learner)
        out.say(gone, TEXTS.text("learner-deleted", system_language(), learner=learner))


@learner_app.command("set")
def set_(
    learner: Name, *, language: Annotated[str | None, typer.Option("--language", help="es or en.")] = None,
    style: Annotated[str | None, typer.Option(help="intuition, mathematics, code or pictures.")] = None,
    goal: Annotated[list[str] | None, typer.Option(help="A concept; may be given several times.")] = None,
    exam_date: Annotated[str | None, typer.Option(help="2027-01-31")] = None,
    minutes: Annotated[int | None, typer.Option(help="A day; 0 for no limit.")] = None,
    placement: Annotated[str | None, typer.Option(help="ask, skip or done.")] = None,
    as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Set a learner's wishes."""
    with mending(as_json) as out:
        study = open_tutor(data_dir).study
        goals = [study.exercises.concept(one, system_language()) for one in goal] if goal else None
        given = {
            "language": language, "style": style, "goal": goals, "exam_date": exam_date, "minutes": minutes,
            "placement": placement,
        }  # fmt: skip
        shown = study.set(learner, **{name: value for name, value in given.items() if value is not None})
        out.say(shown, "\n".join(f"{name}: {value}" for name, value in shown["profile"].items()))


@learner_app.command()
def know(
    learner: Name, concept: str, *, no: Annotated[bool, typer.Option("--no", help="I do not know it.")] = False,
    as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """ "I know this": weak evidence, taken once a concept."""
    with mending(as_json) as out:
        said = open_tutor(data_dir).study.claim(learner, concept, not no, system_language())
        mastery = said["mastery"]
        out.say(said, f"{said['concept']}: {mastery['before']:.0%} → {mastery['after']:.0%}")


@learner_app.command()
def dispute(
    learner: Name, *, item: Item, why: Annotated[str, typer.Option("--why", help="What is wrong with it.")] = "",
    as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """ "This item is wrong": its answers count no more, until a teacher has ruled."""
    with mending(as_json) as out:
        said = open_tutor(data_dir).study.dispute(learner, item, why)
        mastery = said["mastery"]
        out.say(said, f"{said['concept']}: {mastery['before']:.0%} → {mastery['after']:.0%}")


@learner_app.command()
def disputes(*, as_json: Json = False, data_dir: DataDir = None) -> None:
    """For teachers: the exercises that learners say are wrong."""
    with mending(as_json) as out:
        rows = open_tutor(data_dir).study.disputes()
        lines = [f"{row['learner']}  {row['item']}  {row['ruling'] or '?'}  {row['why']}" for row in rows]
        out.say({"disputes": rows}, "\n".join(lines))


@learner_app.command()
def rule(
    learner: Name, verdict: Annotated[str, typer.Argument(help="wrong or right: what the exercise is.")], *,
    item: Item, as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """For teachers: rule on a dispute; where the exercise is right, its answers count again."""
    one_of(verdict, ("wrong", "right"), "verdict")
    with mending(as_json) as out:
        study = open_tutor(data_dir).study
        study.rule(learner, item, wrong=verdict == "wrong")
        rows = [row for row in study.disputes() if row["learner"] == learner and row["item"] == item]
        out.say({"disputes": rows}, f"{item}: {verdict}")


def show_step(step: dict[str, Any]) -> str:
    """The next step for a person."""
    from tutor.cli_exercises import show_question

    language = step["language"]
    lines = [step["why"]]
    if step["message"]:
        lines.append(TEXTS.text("ask-this", language, message=step["message"], learner=step["learner"]))
    if step["item"]:
        lines += ["", show_question(step["item"]), ""]
        lines.append(TEXTS.text("answer-with", language, id=step["item"]["id"], learner=step["learner"]))
    return "\n".join(lines)


def show_answer(graded: dict[str, Any], language: str) -> str:
    """A grade for a person, and what it changed."""
    mastery = graded["mastery"]
    lines = [graded["feedback"], f"{graded['concept']}: {mastery['before']:.0%} → {mastery['after']:.0%}"]
    if graded["due"]:
        lines.append(TEXTS.text("due", language, when=_day(graded["due"])))
    if graded["solution"]:
        lines += ["", graded["solution"]]
    return "\n".join(lines)


def show_learner(shown: dict[str, Any], language: str) -> str:
    """The learner model for a person: what there is evidence for, then the way to the goal."""
    lines = [TEXTS.text("model-of", language, learner=shown["learner"], answers=shown["answers"]), ""]
    for one in shown["concepts"]:
        if not one["evidence"]:
            continue
        low, high = one["interval"]
        bar = "█" * round(one["mastery"] * BARS)
        due = f"  {TEXTS.text('due', language, when=_day(one['due']))}" if one["due"] else ""
        lines.append(f"{bar:<{BARS}} {one['mastery']:4.0%} [{low:.0%}–{high:.0%}]  {one['name'][language]}{due}")
        lines += [
            f"{'':{BARS}}   {seen['verdict']}: {_short(seen['answer'] or seen['what'])}"
            f"  {seen['before']:.0%} → {seen['after']:.0%}{'' if seen['counted'] else '  (–)'}"
            for seen in one["evidence"]
        ]  # fmt: skip
        lines += [f"{'':{BARS}}   ! {held['statement'][language] or held['id']}" for held in one["misconceptions"]]
    lines += ["", TEXTS.text("path", language)]
    lines += [f"  {number}. {step['why']}" for number, step in enumerate(shown["path"][:8], start=1)]
    return "\n".join(lines)


def _language(lang: str) -> str:
    one_of(lang, LANGUAGE_CHOICES, "--lang")
    return system_language() if lang == "auto" else lang


def _day(moment: str) -> str:
    return datetime.fromisoformat(moment).date().isoformat()


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"
