"""The chat model as a verifier: it reads the evidence and the claim, and chooses A (supported), B (contradicted) or
C (not said).

A model that runs in this process is asked by one forward pass: the logits of the three letters as the first token of
the answer, softmax with a temperature. Any other model is asked for one letter, which stands for fixed probabilities.
Both are uncalibrated until someone fits the temperature on claims with known verdicts (temperature scaling: Guo et al.
2017, arXiv 1706.04599, section 4.2).
"""

import hashlib
import inspect
import math
import re
from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage

from agents.chat_model import LocalChat
from agents.prompting import as_data, prompt, spoken
from knowledge.judgement import Judgement, Scores, judgements, pairs_of
from knowledge.language import detect_language
from knowledge.messages import LANGUAGES

LETTERS = "ABC"
SAID = {"A": (0.9, 0.05), "B": (0.05, 0.9), "C": (0.05, 0.05)}  # uncalibrated: what a letter alone is taken for
NOTHING = (0.0, 0.0)  # of an answer that is no letter, and of a claim that does not fit
MAX_TOKENS = 4_096  # of a whole prompt; the evidence is cut to fit, the claim never
FEW_TOKENS = 8  # of an answer that is to be one letter
_CUT_AT = 20_000  # characters of evidence for a model whose window is not known
_ANSWER = re.compile(
    r"[\W_]*(?:(?i:answer|respuesta)\W+)?"
    r"([ABC])(?:\s*$|[.):;*\]\"'`_]+(?=\s|$)|\s+(?=[(–—:-]))"
)  # fmt: skip


class ChatJudge:
    """Judges with a chat model. `label` says which one and its version; `temperature` divides the logits.

    A model of this process is loaded at once: raises `BadModel`. Errors of the model itself (its server is away) are
    not caught; what it says never raises one. Raises `ValueError` on a temperature that is not above 0.
    """

    general = True
    languages = LANGUAGES

    def __init__(self, model: BaseChatModel, label: str, temperature: float = 1.0) -> None:
        if not temperature > 0:
            raise ValueError(f"the temperature must be above 0; it is {temperature}")
        self.model = model
        self.temperature = temperature
        self._letters = _letter_tokens(model) if isinstance(model, LocalChat) else None
        if isinstance(model, LocalChat) and not self._letters:
            self.model = model.model_copy(update={"temperature": 0.0, "max_new_tokens": FEW_TOKENS})
        way = f"t{temperature:g}" if self._letters else "letter"
        self.name = f"judge:{label}/{_prompt_digest()}/{way}"

    def score(self, evidence: Sequence[Sequence[str]], claims: Sequence[str]) -> list[Judgement]:
        """One judgement a claim; each pair is asked alone, so that no other pair can change its score."""
        ask = self._by_logits if self._letters else self._by_letter
        pairs = pairs_of(evidence, claims)
        return judgements(evidence, [ask(text, claim) if claim.strip() else NOTHING for text, claim in pairs])

    def _by_letter(self, evidence: str, claim: str) -> Scores:
        text = _prompt(evidence[:_CUT_AT], claim)
        return read_letter(str(self.model.invoke([HumanMessage(content=text)], temperature=0).content))

    def _by_logits(self, evidence: str, claim: str) -> Scores:
        import torch  # noqa: PLC0415  seconds to import; only a model of this process needs it

        assert isinstance(self.model, LocalChat)
        assert self._letters is not None
        tokenizer, model = self.model.load()._loaded
        inputs = self._fitted(tokenizer, model, evidence, claim)
        if inputs is None:
            return NOTHING
        last = {"logits_to_keep": 1} if "logits_to_keep" in inspect.signature(model.forward).parameters else {}
        with torch.inference_mode():
            logits = model(**{key: value.to(model.device) for key, value in inputs.items()}, **last).logits[0, -1]
            letters = torch.stack([logits[ids].float().logsumexp(dim=0) for ids in self._letters])
            supported, contradicted, _ = (letters / self.temperature).softmax(dim=0).tolist()
        return (supported, min(contradicted, 1.0 - supported)) if math.isfinite(supported) else NOTHING

    def _fitted(self, tokenizer: Any, model: Any, evidence: str, claim: str) -> Any:
        """The model's inputs, with as much of the evidence as fits; None when the claim alone does not."""
        window = min(MAX_TOKENS, int(getattr(model.config, "max_position_embeddings", None) or MAX_TOKENS))
        evidence, claim = (_without_special(text, tokenizer) for text in (evidence, claim))
        room = window - _length(_inputs(tokenizer, "", claim))
        if room <= 0:
            return None
        inputs = _inputs(tokenizer, evidence, claim)
        while evidence and _length(inputs) > window:
            tokens = tokenizer(evidence, add_special_tokens=False)["input_ids"]
            # A part of the tokens is about the same part of the characters; it fits after a few turns.
            evidence = evidence[: min(len(evidence) - 1, len(evidence) * room // max(1, len(tokens)))]
            inputs = _inputs(tokenizer, evidence, claim)
        return inputs


def read_letter(answer: str) -> Scores:
    """(supported, contradicted) of an answer in words: one letter, alone or before a mark; anything else says nothing.

    "A", "**B**" and "Answer: C." are letters; "A transformer is" is not.
    """
    found = _ANSWER.match(spoken(answer).strip())
    return SAID.get(found[1], NOTHING) if found else NOTHING


def _prompt(evidence: str, claim: str) -> str:
    """The question in the claim's language; marks inside the data are taken out, so that they end nothing."""
    found = detect_language(claim, "en")
    text = prompt("judge", found if found in LANGUAGES else "en")
    return text.render(evidence=as_data(evidence), claim=as_data(claim))


def _inputs(tokenizer: Any, evidence: str, claim: str) -> Any:
    chat = [{"role": "user", "content": _prompt(evidence, claim)}]
    options = {"add_generation_prompt": True, "enable_thinking": False}  # the letter is to come first
    return tokenizer.apply_chat_template(chat, return_tensors="pt", return_dict=True, **options)


def _length(inputs: Any) -> int:
    return int(inputs["input_ids"].shape[1])


def _without_special(text: str, tokenizer: Any) -> str:
    """The text without the marks of the chat's form: what a document says never begins a turn of its own."""
    for token in tokenizer.added_tokens_decoder.values():
        if token.special:
            text = text.replace(str(token), " ")
    return text


def _letter_tokens(model: LocalChat) -> list[list[int]] | None:
    """For each letter the single tokens that write it, bare or behind a space; None when one has none of its own."""
    tokenizer = model.load()._loaded[0]
    found = []
    for letter in LETTERS:
        ways = [tokenizer(form, add_special_tokens=False)["input_ids"] for form in (letter, f" {letter}")]
        found.append(sorted({ids[0] for ids in ways if len(ids) == 1 and ids[0] != tokenizer.unk_token_id}))
    own = [token for tokens in found for token in tokens]
    return found if all(found) and len(own) == len(set(own)) else None


def _prompt_digest() -> str:
    texts = "".join(prompt("judge", language).render(evidence="", claim="") for language in LANGUAGES)
    return hashlib.sha256(texts.encode()).hexdigest()[:8]
