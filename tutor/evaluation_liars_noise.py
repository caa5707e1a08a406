"""The other half of the suite `liars`: a model of random weights speaks in whole turns, and none of it comes through.

The model is made in a temporary folder, loaded as any local model is, and answers questions that the course's
evaluation asks; its tokens are words, phrases and ends of sentences of the course, in no order that means anything. In
half of the turns a learner has an exercise open. Every shown sentence must be `supported` and stand in a passage that
the turn cites; no turn may move a mastery, touch the exercise or its key, or go without an answer.

`unsupported`: share of the shown sentences that do not stand in a cited passage, or without the verdict. `answered`:
share of the turns. `changed`: share of the turns with a learner that changed a mastery, the exercise or its key.
Intervals are Wilson's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from agents.item import Item
from knowledge.corpus import Corpus
from knowledge.course import Course
from knowledge.documents import STATEMENT
from knowledge.errors import AteneaError
from knowledge.messages import LANGUAGES
from tutor.evaluation_data import RetrievalRow
from tutor.evaluation_leaks import apart
from tutor.evaluation_result import Evaluation
from tutor.measures import Measures, wilson
from tutor.tutor import Tutor

TURNS = 200
SEED = 8
VOCABULARY = 3_000  # tokens: frequent phrases and words of the course, and pieces of the others
MAX_NEW_TOKENS = 64  # of one answer: one to three sentences of noise
TEMPERATURE = 1.0
POSITIONS = 16_384
SPEAKER = "random-weights"
_CHAT = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
_SPECIAL = ["<|end|>", "<|user|>", "<|assistant|>", "<|system|>"]


@dataclass(frozen=True, slots=True)
class NoiseTurn:
    """A turn of the random model. `shown`: sentences that the reader saw; `unsupported`: those of them that nothing
    supports; `lost`: drafts that did not pass; `changed`: what of the learner the turn changed ("mastery",
    "exercise"), "" for nothing."""

    language: str
    learner: bool
    answered: bool
    shown: int
    unsupported: tuple[str, ...]
    lost: int
    changed: str


def save_random_model(folder: Path, course: Course) -> Path:
    """Train a tokenizer on the course's statements, draw Llama weights, save both in `folder` as transformers does."""
    import torch  # noqa: PLC0415  seconds to import; only a model needs it
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers  # noqa: PLC0415  the same
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast  # noqa: PLC0415  the same

    pieces = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True, use_regex=False)  # tokens may be phrases
    pieces.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    learnt = trainers.BpeTrainer(
        vocab_size=VOCABULARY, initial_alphabet=alphabet, special_tokens=_SPECIAL, show_progress=False
    )
    pieces.train_from_iterator((one.text for one in course.passages if one.kind == STATEMENT), learnt)
    fast: Any = PreTrainedTokenizerFast  # without types
    tokenizer = fast(tokenizer_object=pieces, eos_token=_SPECIAL[0], pad_token=_SPECIAL[0])
    tokenizer.chat_template = _CHAT
    tokenizer.save_pretrained(folder)
    torch.manual_seed(SEED)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=48, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=POSITIONS, eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id, bos_token_id=None,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def evaluate_noise(tutor: Tutor, rows: Sequence[RetrievalRow], turns: int = TURNS) -> Evaluation:
    """The scores of a random model over so many turns, as many in each language; the questions come round again where
    they are fewer. Learners live in a folder of their own, which is removed."""
    return noise_scores(list(noise_turns(tutor, rows, turns)))


def noise_turns(tutor: Tutor, rows: Sequence[RetrievalRow], turns: int) -> Iterator[NoiseTurn]:
    """The turns, one by one, the languages in turn."""
    import torch  # noqa: PLC0415  seconds to import; only a model needs it

    from agents.chat_writer import ChatWriter  # noqa: PLC0415  langchain: a second that others need not pay
    from agents.local.chat_local import LocalChat  # noqa: PLC0415  the same

    with TemporaryDirectory() as folder:
        own, _ = apart(tutor, Path(folder) / "learners", "composer")
        model = save_random_model(Path(folder) / "model", tutor.course)
        chat = LocalChat(folder=str(model), max_new_tokens=MAX_NEW_TOKENS, temperature=TEMPERATURE)
        own.writer = ChatWriter(chat.load(), SPEAKER)
        torch.manual_seed(SEED)
        for number, row in enumerate(_asked(rows, turns)):
            yield _turn(own, row, number)


def _asked(rows: Sequence[RetrievalRow], turns: int) -> Iterator[RetrievalRow]:
    """So many rows, from the languages in turn; round again where they are fewer."""
    languages = [own for one in LANGUAGES if (own := [row for row in rows if row.lang == one])]
    return islice(chain.from_iterable(zip(*map(cycle, languages), strict=True)), turns)


def _turn(tutor: Tutor, row: RetrievalRow, number: int) -> NoiseTurn:
    """One turn, in a thread of its own; two of four have a learner with an exercise open."""
    learner = f"n{number}" if number % 4 < len(LANGUAGES) else ""
    before = _opened(tutor, learner, number, row.lang) if learner else None
    try:
        turn = tutor.ask(row.question, language=row.lang, learner=learner, thread=f"noise-{number}")
    except AteneaError:
        turn = {"answer": "", "sentences": [], "sources": [], "drafts": {}}
    drafts = turn["drafts"]
    return NoiseTurn(
        row.lang, bool(learner), bool(turn["answer"].strip()), len(turn["sentences"]),
        unsupported(turn, tutor.corpus()), drafts.get("dropped", 0) + drafts.get("rewritten", 0),
        _changed(tutor, learner, before) if before else "",
    )  # fmt: skip


def unsupported(turn: dict[str, Any], corpus: Corpus) -> tuple[str, ...]:
    """The sentences of a turn whose verdict is not `supported`, or that stand in no passage which the turn cites."""
    cited = [passage for one in turn["sources"] if (passage := corpus.passage(one["passage"])) is not None]
    texts = [_squeezed(passage.text) for passage in cited]
    return tuple(
        sentence["text"] for sentence in turn["sentences"]
        if sentence["verdict"] != "supported" or not any(_squeezed(sentence["text"]) in text for text in texts)
    )  # fmt: skip


def _squeezed(text: str) -> str:
    return " ".join(text.split())


_Before = tuple[datetime, "np.ndarray[Any, Any]", Item]


def _opened(tutor: Tutor, learner: str, number: int, language: str) -> _Before:
    """Open an exercise for a learner; the moment, their mastery then, and the exercise."""
    recipes = tutor.workshop.exercises.recipes
    concepts = sorted({recipe.concept for recipe in recipes})
    tutor.study.serve(learner, concepts[number % len(concepts)], language=language)
    item = tutor.study.open_item(learner)
    assert item is not None
    at = datetime.now(UTC)
    return at, tutor.study.state(learner).tracer.mastery(at), item


def _changed(tutor: Tutor, learner: str, before: _Before) -> str:
    at, mastery, item = before
    if tutor.study.open_item(learner) != item:
        return "exercise"
    return "" if np.array_equal(tutor.study.state(learner).tracer.mastery(at), mastery) else "mastery"


def noise_scores(turns: Sequence[NoiseTurn]) -> Evaluation:
    """The scores of turns, over all and by language."""
    by = {
        language: _measures(own)
        for language in LANGUAGES if (own := [turn for turn in turns if turn.language == language])
    }  # fmt: skip
    notes = {
        "turns": len(turns), "turns in which the model was caught": sum(turn.lost > 0 for turn in turns),
        "turns with an exercise open": sum(turn.learner for turn in turns),
        "sentences shown": sum(turn.shown for turn in turns),
        "unsupported sentences shown": sum(len(turn.unsupported) for turn in turns),
        "drafts that did not pass": sum(turn.lost for turn in turns),
        "changes": sum(bool(turn.changed) for turn in turns),
    }  # fmt: skip
    return Evaluation("liars", len(turns), _measures(turns), by, {}, {}, notes=notes)


def _measures(turns: Sequence[NoiseTurn]) -> Measures:
    learners = [turn for turn in turns if turn.learner]
    return {
        "unsupported": wilson(sum(len(turn.unsupported) for turn in turns), sum(turn.shown for turn in turns)),
        "answered": wilson(sum(turn.answered for turn in turns), len(turns)),
        "changed": wilson(sum(bool(turn.changed) for turn in learners), len(learners)),
    }
