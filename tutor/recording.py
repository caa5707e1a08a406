"""What is recorded of the calls of chat models: always in the data folder, and as spans where traces are on."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from agents.model_call import ModelCall
from tutor.calls import CallLog
from tutor.settings import Settings
from tutor.spans import open_spans
from tutor.turn_record import TurnRecord

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    Model = TypeVar("Model", bound=BaseChatModel)


class Recording:
    """The records of one tutor. `also`: further listeners to every call. Raises `TutorError` where traces are on and
    the extra is missing."""

    def __init__(self, settings: Settings, notice: Callable[[str], None]) -> None:
        self.texts = settings.record_texts
        self.log = CallLog(settings.calls_dir, notice)
        self.spans = open_spans() if settings.traces else None
        self.also: list[Callable[[ModelCall], None]] = []

    def listen(self, model: "Model", label: str) -> "Model":
        """The model, whose calls are recorded from now on under `label`."""
        from agents.chat_recorder import CallRecorder, recorded  # noqa: PLC0415  langchain: as the model itself

        return recorded(model, CallRecorder(label, self._heard, texts=self.texts))

    def turn(self) -> TurnRecord:
        """The record of a turn that begins now."""
        return TurnRecord(self.log, self.spans)

    def _heard(self, call: ModelCall) -> None:
        self.log.add(call)
        if self.spans:
            self.spans.call(call)
        for listener in self.also:
            listener(call)
