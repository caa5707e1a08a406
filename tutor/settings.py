"""Settings: environment variables `ATENEA_*`, or a call's own arguments. No file is needed."""

import sys
from dataclasses import replace
from pathlib import Path

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from agents.chat_finder import usual_server
from knowledge.course import BUNDLED_COURSE
from knowledge.encoder import DEFAULT_ENCODER
from knowledge.formats.limits import LIMITS, Limits
from knowledge.lookup import ARXIV, CROSSREF
from knowledge.verifier import BUNDLED

AUTO, COMPOSER = "auto", "composer"  # choices of model that name none
CHAT_JUDGE = "chat"  # the verifier that is the chat model itself


def _default_cache() -> Path:
    """Beside the installation when it is a virtual environment of its own, so that every data folder shares it."""
    if sys.prefix != sys.base_prefix:
        return Path(sys.prefix) / "share" / "atenea"
    return user_cache_path("atenea")


class Settings(BaseSettings):
    """What can be chosen.

    `model`: "composer" (no language model), "auto" (the first local server that answers on a usual port of this
    machine, else the composer), "transformers:FOLDER" (a model folder that transformers can load), or "openai:URL" (any
    OpenAI-compatible server, with "#NAME" for one of its models). `api_key`: for that server alone, never for one that
    was found. `answer_seconds`: what a server may take for a whole answer. `encoder`: the bundled one, or any
    sentence-transformers model by name or folder. `verifier`: "bundled", "rules" (none), "chat" (the model),
    or "transformers:NAME" (a model for inference or groundedness that is already on this machine). `max_document_*`:
    what one file may cost to read. `lookup`: whether Crossref and arXiv may be asked about documents, when a command
    is told to. `record_texts`: whether the record of a model's calls holds what was asked and said; `traces`: whether
    calls go out as OpenTelemetry spans.
    """

    model_config = SettingsConfigDict(env_prefix="ATENEA_", extra="ignore")

    data_dir: Path = Field(default_factory=lambda: user_data_path("atenea"))
    cache_dir: Path = Field(default_factory=_default_cache)
    course: Path = BUNDLED_COURSE
    encoder: str = DEFAULT_ENCODER
    verifier: str = BUNDLED
    model: str = "auto"
    api_key: SecretStr = SecretStr("")
    answer_seconds: float = Field(default=300.0, gt=0)
    language: str = "auto"
    max_question: int = 8_000
    max_text: int = 400_000
    max_document_mb: float = Field(default=LIMITS.megabytes, gt=0)
    max_document_expanded_mb: float = Field(default=LIMITS.expanded_megabytes, gt=0)
    max_document_pages: int = Field(default=LIMITS.pages, gt=0)
    max_document_seconds: float = Field(default=LIMITS.seconds, gt=0)
    max_document_memory_mb: int = Field(default=LIMITS.memory_megabytes, gt=0)
    lookup: bool = False
    record_texts: bool = False
    traces: bool = False
    crossref_url: str = CROSSREF
    arxiv_url: str = ARXIV

    @property
    def limits(self) -> Limits:
        """What one document may cost to read."""
        return replace(
            LIMITS,
            megabytes=self.max_document_mb,
            expanded_megabytes=self.max_document_expanded_mb,
            pages=self.max_document_pages,
            seconds=self.max_document_seconds,
            memory_megabytes=self.max_document_memory_mb,
        )

    @property
    def speaks(self) -> bool:
        """Whether a chat model is chosen, or was found."""
        return self.speaker != COMPOSER

    @property
    def speaker(self) -> str:
        """The model that is chosen: under "auto" the local server that was found, else the composer."""
        if self.model in {COMPOSER, ""}:
            return COMPOSER
        return usual_server() or COMPOSER if self.model == AUTO else self.model

    @property
    def speaker_key(self) -> str:
        """The key for the server that the person named; nothing for any other."""
        return "" if self.model == AUTO else self.api_key.get_secret_value()

    @property
    def library_dir(self) -> Path:
        """Where the person's documents are kept."""
        return self.data_dir / "library"

    @property
    def threads_file(self) -> Path:
        """The database of conversations."""
        return self.data_dir / "threads.sqlite"

    @property
    def calls_dir(self) -> Path:
        """Where the calls of chat models are recorded."""
        return self.data_dir / "calls"

    @property
    def learners_file(self) -> Path:
        """The database of learners."""
        return self.data_dir / "learners.sqlite"
