"""The measures of the suite `tutoring`: what became of the sentences of a model's answer, and what the answer is like.

Of the sentences that the model wrote: `supported`, shown as written; `rewritten`, a sentence of the evidence took their
place; `dropped`, the rest; `contradicted`, those not shown that the evidence contradicts. Of the answers: `words`, the
mean length; `language`, the share in the language of the question; `citations`, the share of the marks [n] that name a
passage of the evidence; `cited`, the share of the sentences that bear one; `covered`, how much of the words of what the
composer says to the same question stands in the sentences shown as written. Of the turns whose answer the sources do
not hold, `abstained`: the share that says so and in which the model gave no number that is neither in the evidence nor
in the question. Of the turns with an open exercise, `leaked`: the share whose reply gives its key away, and `told`: in
which the model's own words do. Intervals are bootstrapped over turns.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.documents import Passage
from knowledge.language import detect_language
from knowledge.messages import LANGUAGES
from knowledge.quantities import read_quantities
from knowledge.sentences import split_sentences
from knowledge.terms import plain, stems, words
from tutor.evaluation_result import Evaluation, KindScore
from tutor.evaluation_tutoring_stage import Played, TutoringRow
from tutor.measures import Interval, Measures, pooled

SEED = 40
FEWEST_WORDS = 3  # of a sentence that can say anything
# A citation, or a formula, whose brackets are none.
_MARK = re.compile(r"\[(\d+(?:\s*[,;]\s*\d+)*)\]|\$\$.*?\$\$|\$[^$\n]*\$", re.S)
_FENCED = re.compile(r"^```.*?(?:^```[ \t]*$|\Z)", re.S | re.M)
_LEAD = re.compile(r"^\s*(?:#{1,6}\s+|[-*+•]\s+|\d+[.)]\s+|>\s*)*")


@dataclass(frozen=True, slots=True)
class TurnScore:
    """One turn. `asked`: whether the model was; counts of its sentences and marks; `right`: whether its answer is in
    the question's language; `covered`: 0..1; None where a turn has nothing to measure."""

    language: str
    kind: str
    asked: bool
    answered: bool
    sentences: int = 0
    passed: int = 0
    rewritten: int = 0
    contradicted: int = 0
    cited: int = 0
    marks: int = 0
    valid: int = 0
    words: int = 0
    right: bool | None = None
    covered: float | None = None
    abstained: bool | None = None
    leaked: bool | None = None
    told: bool | None = None

    @classmethod
    def of(cls, row: TutoringRow, played: Played, composed: dict[str, Any]) -> "TurnScore":
        """The score of a turn that was played; `composed`: the same turn without a model."""
        said, turn, language = "\n".join(played.said), played.turn, row.lang
        shown = {_bare(sentence["text"]) for sentence in turn["sentences"]}
        written = sentences_of(said, language)
        bare = [_bare(_unmarked(sentence)) for sentence in written]
        passed = [text for text in bare if text in shown]
        failed = [text for text in bare if text not in shown]
        verdicts = [played.checker.verify(text, language, played.passages).verdict for text in failed]
        numbers = _numbers(said)
        prose = plain(_FENCED.sub(" ", said))
        return cls(
            language=language,
            kind=row.kind,
            asked=bool(played.requests),
            answered=bool(turn["answer"].strip()),
            sentences=len(written),
            passed=len(passed),
            rewritten=min(int(turn["drafts"].get("rewritten", 0)), len(failed)),
            contradicted=verdicts.count("contradicted"),
            cited=sum(bool(_numbers(sentence)) for sentence in written),
            marks=len(numbers),
            valid=sum(0 < number <= len(played.passages) for number in numbers),
            words=len(words(prose)),
            right=detect_language(prose, language) == language if words(prose) else None,
            covered=_covered(composed, passed, language) if played.requests else None,
            abstained=turn["abstained"] and not _invented(said, row, played.passages) if row.abstain else None,
            leaked=bool(played.judge.leak(turn["answer"])) if played.judge else None,
            told=bool(played.judge.leak(said)) if played.judge else None,
        )


def sentences_of(said: str, language: str) -> list[str]:
    """The sentences of an answer that can say anything: no code, no headings' or lists' marks, with their citations."""
    lines = [line for line in _FENCED.sub("\n", said).splitlines() if not line.lstrip().startswith("#")]
    found = [one for line in lines for one in split_sentences(_LEAD.sub("", line), language)]
    whole: list[str] = []
    for sentence in found:  # a mark behind the full stop belongs to the sentence before it
        if whole and not _unmarked(sentence).strip(" ."):
            whole[-1] = f"{whole[-1]} {sentence}"
        else:
            whole.append(sentence)
    return [one for one in whole if len(words(plain(_unmarked(one)))) >= FEWEST_WORDS]


def _unmarked(text: str) -> str:
    """The text without the marks of its citations."""
    return _MARK.sub(lambda found: "" if found[1] else found[0], text)


def _numbers(text: str) -> list[int]:
    """The numbers in the marks of a text."""
    return [int(one) for found in _MARK.findall(text) for one in re.findall(r"\d+", found)]


def _bare(text: str) -> str:
    return " ".join(_LEAD.sub("", text).split())


def _covered(composed: dict[str, Any], passed: Sequence[str], language: str) -> float | None:
    """How much of the words of the composer's sentences, each counted alike, stands in those that passed."""
    own = {stem for text in passed for stem in stems(text, language)}
    theirs = [set(stems(sentence["text"], language)) for sentence in composed["sentences"]]
    shares = [len(own & wanted) / len(wanted) for wanted in theirs if wanted]
    return sum(shares) / len(shares) if shares else None


def _invented(said: str, row: TutoringRow, passages: Sequence[Passage]) -> bool:
    """Whether an answer has a number that is neither in the question nor in the evidence."""
    texts = [row.text, *(passage.text for passage in passages)]
    known = {quantity.value for text in texts for quantity in read_quantities(text, row.lang)}
    return any(quantity.value not in known for quantity in read_quantities(_unmarked(said), row.lang))


def tutoring_scores(turns: Sequence[TurnScore]) -> Evaluation:
    """The scores of turns: over all, by language, by kind of turn."""
    by = {
        language: _measures(own)
        for language in LANGUAGES
        if (own := [turn for turn in turns if turn.language == language])
    }
    kinds = {
        kind: KindScore(len(own), _measures(own))
        for kind in dict.fromkeys(turn.kind for turn in turns)
        if (own := [turn for turn in turns if turn.kind == kind])
    }
    notes = {
        "turns in which the model was asked": sum(turn.asked for turn in turns),
        "turns that the code decided": sum(not turn.asked for turn in turns),
        "sentences of the model": sum(turn.sentences for turn in turns),
        "turns without a reply": sum(not turn.answered for turn in turns),
    }
    return Evaluation("tutoring", len(turns), _measures(turns), by, {}, {}, by_kind=kinds, notes=notes)


def _measures(turns: Sequence[TurnScore]) -> Measures:
    of = _ratio(turns)
    return {
        "supported": of(lambda turn: turn.passed, lambda turn: turn.sentences),
        "rewritten": of(lambda turn: turn.rewritten, lambda turn: turn.sentences),
        "dropped": of(lambda turn: turn.sentences - turn.passed - turn.rewritten, lambda turn: turn.sentences),
        "contradicted": of(lambda turn: turn.contradicted, lambda turn: turn.sentences),
        "words": of(lambda turn: turn.words, lambda turn: turn.asked),
        "language": of(lambda turn: bool(turn.right), lambda turn: turn.right is not None),
        "citations": of(lambda turn: turn.valid, lambda turn: turn.marks),
        "cited": of(lambda turn: turn.cited, lambda turn: turn.sentences),
        "covered": of(lambda turn: turn.covered or 0.0, lambda turn: turn.covered is not None),
        "abstained": of(lambda turn: bool(turn.abstained), lambda turn: turn.abstained is not None),
        "leaked": of(lambda turn: bool(turn.leaked), lambda turn: turn.leaked is not None),
        "told": of(lambda turn: bool(turn.told), lambda turn: turn.told is not None),
    }


Count = Callable[[TurnScore], float]


def _ratio(turns: Sequence[TurnScore]) -> Callable[[Count, Count], Interval]:
    """Sums over turns divided, with a bootstrap interval; undefined where there is nothing to divide by."""
    return lambda part, whole: pooled([part(turn) for turn in turns], [whole(turn) for turn in turns], SEED)
