"""The chat model as a verifier: it reads the evidence and the claim, and chooses A (supported), B (contradicted) or
C (not said).

How a letter becomes probabilities, and what they are worth, is said in agents/chat_decision.py.
"""

import hashlib
from collections.abc import Sequence

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage

from agents.chat_calls import call_config
from agents.chat_decision import Decider
from agents.prompting import as_data, prompt
from knowledge.judgement import Judgement, Scores, judgements, pairs_of
from knowledge.language import detect_language
from knowledge.messages import LANGUAGES

LETTERS = "ABC"
NOTHING = (0.0, 0.0)  # of an answer that is no letter, and of a claim that does not fit
CUT_AT = 40_000  # characters of evidence that are looked at, whatever the model's window


class ChatJudge:
    """Judges with a chat model. `label` says which one and its version; `temperature` divides the logits.

    A model of this process is loaded at once: raises `BadModel`. Errors of the model itself (its server is away) are
    not caught; what it says never raises one. Raises `ValueError` on a temperature that is not above 0.
    """

    general = True
    languages = LANGUAGES

    def __init__(self, model: BaseChatModel, label: str, temperature: float = 1.0) -> None:
        self.model = model
        self._decider = Decider(model, LETTERS, temperature)
        self.name = f"judge:{label}/{_prompt_digest()}/{self._decider.way}"

    def begin(self, claim: str) -> None:
        """Nothing to do: claim and sentence are read together."""

    def score(self, evidence: Sequence[Sequence[str]], claims: Sequence[str]) -> list[Judgement]:
        """One judgement a claim; each pair is asked alone, so that no other pair can change its score."""
        pairs = pairs_of(evidence, claims)
        return judgements(evidence, [self._ask(text, claim) if claim.strip() else NOTHING for text, claim in pairs])

    def _ask(self, evidence: str, claim: str) -> Scores:
        """In the claim's language; marks inside the data are taken out, so that they end nothing."""
        found = detect_language(claim, "en")
        language = found if found in LANGUAGES else "en"
        text = prompt("judge", language).render(evidence=as_data(evidence[:CUT_AT]), claim=as_data(claim))
        chosen = self._decider.decide([HumanMessage(content=text)], call_config("judge", language))
        if chosen is None:
            return NOTHING
        supported, contradicted, _ = chosen
        return (supported, min(contradicted, 1.0 - supported))


def _prompt_digest() -> str:
    texts = "".join(prompt("judge", language).render(evidence="", claim="") for language in LANGUAGES)
    return hashlib.sha256(texts.encode()).hexdigest()[:8]
