"""Lab 8: choosing the next word, on a model counted from the course's own text."""

from functools import cache
from typing import Any

import altair as alt

from knowledge.course import BUNDLED_COURSE
from knowledge.course_loader import load_course
from knowledge.labs.decoding_choices import Choice, Continuation, DecodingChoices, Search, choose_words
from knowledge.labs.ngram_model import END, Words
from tutor.labs.drawing import OKABE_ITO, Axis, bars, lines, quantity, side_by_side, styled
from tutor.labs.lab import LabRun, amount, percent, read_lab

LAB = read_lab("decoding_choices")
_WORDS_DRAWN = 12
_NO_PROSE = frozenset("$`|")  # formulas, code, tables


def decoding_choices(
    language: str,
    *,
    prompt: str | None = None,
    temperature: float = 0.5,
    k: int = 5,
    p: float = 0.9,
    width: int = 4,
    length: int = 8,
    order: int = 3,
    samples: int = 100,
    seed: int = 0,
) -> LabRun:
    """Run the lab; the inputs are those of `choose_words`, on the course's text in this language."""
    result = choose_words(
        course_sentences(language), LAB.text("default-prompt", language) if prompt is None else prompt,
        temperature=temperature, k=k, p=p, width=width, length=length, order=order, samples=samples, seed=seed,
    )  # fmt: skip
    rules = _rules(language, temperature, k, p)
    figures = (
        _distributions(result, rules, language),
        _trade(result, rules, language),
        _searches(result.telling or result.search, width, language),
    )
    findings = (*_chosen(result, rules, language), *_found(result, width, length, language))
    return LabRun(LAB, result, figures, findings)


@cache
def course_sentences(language: str) -> tuple[str, ...]:
    """The sentences of the course's units in a language, those with formulas or code left out."""
    units = load_course(BUNDLED_COURSE).units
    sentences = (sentence.text for unit in units if unit.language == language for sentence in unit.sentences)
    return tuple(text for text in sentences if not _NO_PROSE & set(text))


def _rules(language: str, temperature: float, k: int, p: float) -> dict[str, str]:
    """Rule -> its name for people, in their order."""
    return {
        "plain": LAB.text("rule-plain", language),
        "temperature": LAB.text("rule-temperature", language, temperature=temperature),
        "top-k": LAB.text("rule-top-k", language, k=k),
        "top-p": LAB.text("rule-top-p", language, p=p),
    }


def _distributions(result: DecodingChoices, rules: dict[str, str], language: str) -> Any:
    shown = min(_WORDS_DRAWN, len(result.words))
    most = max(float(choice.probabilities.max()) for choice in result.choices)
    axis = Axis(LAB.text("probability", language), limits=(0, most))
    charts = {
        rules[choice.rule]: bars(
            [{"name": _written(word, language), "value": float(value)}
             for word, value in zip(result.words[:shown], choice.probabilities[:shown], strict=True)],
            LAB.text("word", language), axis, width=210, step=20,
        )
        for choice in result.choices
    }  # fmt: skip
    title = LAB.text("figure-distribution", language, prompt=" ".join(result.context), shown=shown,
                     all=len(result.words))  # fmt: skip
    return styled(side_by_side(charts, 2), language, title)


def _trade(result: DecodingChoices, rules: dict[str, str], language: str) -> Any:
    data = [
        {"x": choice.distinct, "y": choice.log_probability, "series": rules[choice.rule]} for choice in result.choices
    ]
    names = list(rules.values())
    dots = (
        alt.Chart(alt.InlineData(values=data))
        .mark_point(size=130, filled=True, opacity=1)
        .encode(
            x=quantity(alt.X, "x", Axis(LAB.text("distinct", language), limits=(0, 1.02))),
            y=quantity(alt.Y, "y", Axis(LAB.text("mean-log", language))),
            color=alt.Color("series:N", title=LAB.text("rule", language), sort=names,
                            scale=alt.Scale(domain=names, range=list(OKABE_ITO[: len(names)]))),
            shape=alt.Shape("series:N", title=LAB.text("rule", language), sort=names, scale=alt.Scale(domain=names)),
        )
        .properties(width=420, height=240)
    )  # fmt: skip
    return styled(dots, language, LAB.text("figure-trade", language))


def _searches(search: Search, width: int, language: str) -> Any:
    found = {
        LAB.text("greedy", language): search.greedy,
        LAB.text("beam", language, width=width): search.beams[0],
    }
    if search.missed:
        found[LAB.text("exact", language)] = search.missed
    data = [
        {"x": step, "y": value, "series": name}
        for name, one in found.items()
        for step, value in enumerate((0.0, *one.path))
    ]
    ticks = tuple(range(max(len(one.path) for one in found.values()) + 1))
    chart = lines(
        data, Axis(LAB.text("step", language), format="d", ticks=ticks), Axis(LAB.text("log-probability", language)),
        LAB.text("method", language), order=list(found),
    )  # fmt: skip
    return styled(chart, language, LAB.text("figure-search", language, prompt=" ".join(search.prompt)))


def _chosen(result: DecodingChoices, rules: dict[str, str], language: str) -> list[str]:
    by_rule: dict[str, Choice] = {choice.rule: choice for choice in result.choices}
    plain, heated, top_k, top_p = (by_rule[rule] for rule in rules)
    first = LAB.text("finding-start", language)
    if result.context:
        first = LAB.text(
            "finding-model", language, words=result.words_read, context=" ".join(result.context),
            followers=len(result.words), word=_written(result.words[0], language),
            probability=percent(float(plain.probabilities[0]), language),
        )  # fmt: skip
    kept = LAB.text(
        "finding-kept", language, k_kept=top_k.kept, k_mass=percent(top_k.kept_mass, language), p_kept=top_p.kept,
        p_mass=percent(top_p.kept_mass, language), all=plain.kept, plain=plain.entropy, heated=heated.entropy,
    )  # fmt: skip
    samples = [
        LAB.text(
            "finding-sample", language, rule=rules[choice.rule], text=_text(result.prompt, choice.sampled[0], language)
        )
        for choice in result.choices
    ]
    return [first, kept, *samples]


def _found(result: DecodingChoices, width: int, length: int, language: str) -> list[str]:
    found = []
    for search in dict.fromkeys((result.search, *([result.telling] if result.telling else []))):
        values: dict[str, object] = {
            "prompt": " ".join(search.prompt),
            "greedy": _text((), search.greedy, language),
            "greedy_log": search.greedy.log_probability,
        }
        if search.beams[0] == search.greedy:
            found.append(LAB.text("finding-same", language, **values))
        else:
            found.append(
                LAB.text(
                    "finding-beam", language, **values, beam=_text((), search.beams[0], language),
                    beam_log=search.beams[0].log_probability, gain=amount(search.gain, language, 3),
                )
            )  # fmt: skip
        if search.missed:
            exact, value = _text((), search.missed, language), search.missed.log_probability
            found.append(LAB.text("finding-exact", language, width=width, exact=exact, exact_log=value))
        elif search.exact:
            found.append(LAB.text("finding-exact-found", language, width=width))
    best = result.ending.exact or result.ending.beams[0]
    if best.words[-1:] == (END,):
        found.append(
            LAB.text(
                "finding-ending", language, length=length, ending=_text((), best, language),
                ending_log=best.log_probability,
            )
        )  # fmt: skip
    return found


def _text(prompt: Words, one: Continuation, language: str) -> str:
    return " ".join((*prompt, *(_written(word, language) for word in one.words))).replace(" ,", ",")


def _written(word: str, language: str) -> str:
    return LAB.text("end", language) if word == END else word
