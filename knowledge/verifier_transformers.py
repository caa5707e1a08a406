"""Trained verifiers: sequence and token classifiers that transformers loads from this machine.

- A sequence classifier reads (evidence, claim) as (premise, hypothesis) and gives each label's probability. MiniCheck
  reads them as one text with one separator between them.
- A token classifier reads the claim behind its context and gives each token's probability of being unsupported; the
  claim is as well supported as its worst token: P(supported) = 1 - max over the claim's tokens. It never says that a
  claim is contradicted.

Nothing is downloaded and no code of a model's own is run. Only the evidence is cut where a pair is too long, never the
claim; a claim that leaves no room for evidence gets 0 and 0. Weights are float32 on every device, so that a score does
not depend on what else is in its batch.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from knowledge.errors import BadVerifier
from knowledge.judgement import Judgement, Pair, Scores, judgements, pairs_of
from knowledge.known_verifiers import known_verifier
from knowledge.messages import LANGUAGES
from knowledge.verifier_labels import Labels, read_labels

MAX_TOKENS = 512  # of a pair; the evidence of a claim is a sentence
BATCH = 32
SPANS_CONTEXT = "Summarize the following text:\n{}\noutput:"  # as LettuceDetect words a context without a question
_WEIGHTS = {".safetensors", ".bin", ".json", ".txt", ".model"}

Form = Literal["pair", "joined", "spans"]  # how a model reads its two texts, and what it tells of them


class TransformersVerifier:
    """A classifier with its tokenizer. `load_transformers` makes one."""

    general = True

    def __init__(
        self, name: str, languages: tuple[str, ...], tokenizer: Any, model: Any, labels: Labels, form: Form
    ) -> None:
        self.name = name
        self.languages = languages
        self.tokenizer, self.model = tokenizer, model
        self.labels, self.form = labels, form
        self.window = _window(tokenizer, model.config)

    def begin(self, claim: str) -> None:
        """Nothing to do: claim and sentence are read together."""

    def score(self, evidence: Sequence[Sequence[str]], claims: Sequence[str]) -> list[Judgement]:
        """One judgement a claim; pairs of like length are batched together."""
        pairs = pairs_of(evidence, claims)
        room = {claim: self._room(claim) for claim in {claim for _, claim in pairs}}
        scores: list[Scores] = [(0.0, 0.0)] * len(pairs)
        order = sorted(
            (place for place, (_, claim) in enumerate(pairs) if room[claim] > 0),
            key=lambda place: sum(map(len, pairs[place])),
        )
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            for place, score in zip(places, self._score_batch([pairs[place] for place in places]), strict=True):
                scores[place] = score
        return judgements(evidence, scores)

    def _room(self, claim: str) -> int:
        """How many tokens of evidence fit beside a claim; none for a claim without a token."""
        encoded = self.tokenizer(claim, add_special_tokens=False, split_special_tokens=True, verbose=False)
        used = len(encoded["input_ids"])
        return self.window - used - int(self.tokenizer.num_special_tokens_to_add(pair=True)) if used else 0

    def _score_batch(self, pairs: list[Pair]) -> list[Scores]:
        import torch  # noqa: PLC0415

        frame = SPANS_CONTEXT if self.form == "spans" else "{}"
        encoded = self.tokenizer(
            [frame.format(text) for text, _ in pairs], [claim for _, claim in pairs],
            truncation="only_first", max_length=self.window, split_special_tokens=True,
        )  # fmt: skip
        rows = [{key: encoded[key][row] for key in encoded} for row in range(len(pairs))]
        if self.form == "joined":
            rows = [{"input_ids": _one_separator(row["input_ids"], self.tokenizer.sep_token_id)} for row in rows]
        padded = self.tokenizer.pad(rows, padding=True, return_tensors="pt").to(self.model.device)
        with torch.inference_mode():
            shares = self.model(**padded).logits.float().softmax(dim=-1).cpu().tolist()
        if self.form == "spans":
            return [self._weakest(shares[row], encoded.sequence_ids(row)) for row in range(len(pairs))]
        return [_two(share, self.labels) for share in shares]

    def _weakest(self, shares: list[list[float]], parts: list[int | None]) -> Scores:
        """P(supported) of the claim's weakest token; `parts[n]` is 1 for a token of the claim."""
        own = [share[self.labels.supported] for share, part in zip(shares, parts, strict=False) if part == 1]
        return min(own, default=0.0), 0.0


def load_transformers(name: str) -> TransformersVerifier:
    """The classifier called `name` (a folder, or a model in transformers' own cache). Raises `BadVerifier`."""
    import torch  # noqa: PLC0415
    from transformers import AutoConfig  # noqa: PLC0415

    if not name or (Path(name).is_absolute() and not Path(name).is_dir()):
        raise BadVerifier("verifier-missing", name=name, reason="there is no such folder")
    try:
        config: Any = AutoConfig.from_pretrained(name, local_files_only=True, trust_remote_code=False)
    except Exception as error:
        raise BadVerifier("verifier-missing", name=name, reason=_reason(error)) from error
    labels, form = _read_config(name, config)
    if not torch.cuda.is_available():
        torch.set_num_threads(1)  # two threads on two shared cores were seen to cost 20 times one
    tokenizer, model = _load(name, form)
    known = known_verifier(name)
    languages = known.languages if known else LANGUAGES
    return TransformersVerifier(_fingerprint(name), languages, tokenizer, model, labels, form)


def _load(name: str, form: Form) -> tuple[Any, Any]:
    import torch  # noqa: PLC0415
    from transformers import (  # noqa: PLC0415
        AutoModelForSequenceClassification,
        AutoModelForTokenClassification,
        AutoTokenizer,
    )

    loader: Any = AutoModelForTokenClassification if form == "spans" else AutoModelForSequenceClassification
    options = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(name, **options)
        model = loader.from_pretrained(name, dtype=torch.float32, **options)
    except Exception as error:
        raise BadVerifier("verifier-missing", name=name, reason=_reason(error)) from error
    if tokenizer.pad_token_id is None:
        raise BadVerifier("verifier-missing", name=name, reason="its tokenizer has no padding token")
    tokenizer.padding_side = "right"  # so that a token's place among the outputs is its place in the text
    return tokenizer, model.to("cuda" if torch.cuda.is_available() else "cpu").eval()


def _read_config(name: str, config: Any) -> tuple[Labels, Form]:
    """What the outputs mean, and of what they are; MiniCheck's are known without names."""
    kind = (config.architectures or ["model without a head"])[0]
    by_token = kind.endswith("ForTokenClassification")
    if not by_token and not kind.endswith("ForSequenceClassification"):
        raise BadVerifier("verifier-kind", name=name, kind=kind)
    known = known_verifier(name)
    if known is not None and known.kind == "grounded" and not by_token:
        return Labels(1), "joined"
    labels = read_labels(config.id2label, unnamed_supported=0 if by_token else 1)
    if labels is None:
        raise BadVerifier("verifier-labels", name=name, labels=", ".join(map(str, config.id2label.values())))
    return labels, "spans" if by_token else "pair"


def _fingerprint(name: str) -> str:
    """The name with what its scores depend on: the revision of a downloaded model, the digest of a folder's files."""
    from transformers.utils.hub import cached_file  # noqa: PLC0415

    folder = Path(name)
    if not folder.is_dir():  # transformers keeps a downloaded model in a folder that its revision names
        revision = Path(str(cached_file(name, "config.json", local_files_only=True))).parent.name
        return f"{name}@{revision[:12]}/{MAX_TOKENS}"
    digest = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        if file.suffix in _WEIGHTS:
            with file.open("rb") as opened:
                digest.update(file.name.encode() + hashlib.file_digest(opened, "sha256").digest())
    return f"{folder.resolve().name}@{digest.hexdigest()[:12]}/{MAX_TOKENS}"


def _window(tokenizer: Any, config: Any) -> int:
    """The tokens of a pair: the model's own limit, and not more than `MAX_TOKENS`."""
    positions = int(getattr(config, "max_position_embeddings", None) or MAX_TOKENS)
    if "roberta" in config.model_type or config.model_type == "camembert":
        positions -= int(config.pad_token_id) + 1  # their positions begin behind the padding's
    return min(MAX_TOKENS, positions, int(tokenizer.model_max_length))


def _one_separator(ids: list[int], separator: int) -> list[int]:
    """A pair as MiniCheck joins it: with one separator, where some tokenizers write two in a row."""
    return [token for place, token in enumerate(ids) if place == 0 or token != separator or ids[place - 1] != separator]


def _two(shares: list[float], labels: Labels) -> Scores:
    """(supported, contradicted), with rounding kept from taking their sum over 1."""
    supported = min(1.0, shares[labels.supported])
    contradicted = 0.0 if labels.contradicted is None else shares[labels.contradicted]
    return supported, min(contradicted, 1.0 - supported)


def _reason(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".:")
