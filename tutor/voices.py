"""Who speaks for a tutor: the chosen chat model, and whoever words answers, reads messages or judges claims by it.

Where the composer was chosen no chat model is loaded, and nobody else speaks.
"""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from agents.composer import Composer
from agents.explainer import Writer
from agents.steady_judge import SteadyJudge
from knowledge.course import Course
from knowledge.verifier import Verifier
from knowledge.verifier_onnx import OnnxVerifier
from tutor.parts import Reader
from tutor.recording import Recording
from tutor.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from agents.research.chat_summary import Label
    from agents.research.drafting import SummaryWriter


class Voices:
    """The voices of one tutor. `model`: gives the chat model by which they speak, usually the one that `load` loads;
    `notice` hears how far it is loaded, and of a judge that fails."""

    def __init__(self, settings: Settings, model: "Callable[[], BaseChatModel]", notice: Callable[[str], None]) -> None:
        self.settings = settings
        self.model = model
        self.notice = notice

    @cached_property
    def recording(self) -> Recording:
        """What is recorded of the chat model's calls."""
        return Recording(self.settings, self.notice)

    def load(self) -> "BaseChatModel":
        """The chosen chat model, whose calls are recorded. Raises `BadModel`."""
        from agents.chat_model import load_chat_model  # noqa: PLC0415  a second that the composer need not pay

        settings = self.settings
        model = load_chat_model(settings.speaker, settings.speaker_key, settings.answer_seconds, self._loading)
        return self.recording.listen(model, settings.speaker)

    def writer(self) -> Writer:
        """Who words the answers: the chat model when one is chosen, else the composer. Raises `BadModel`."""
        if not self.settings.speaks:
            return Composer()
        from agents.chat_writer import ChatWriter  # noqa: PLC0415  as in load

        return ChatWriter(self.model(), self.settings.speaker)

    def reader(self, course: Course) -> Reader | None:
        """Who reads the messages that the rules do not understand: the chat model when one is chosen, else nobody."""
        if not self.settings.speaks:
            return None
        from agents.chat_planner import ChatPlanner  # noqa: PLC0415  as in load

        return ChatPlanner(self.model(), course)

    def summary_writer(self, label: "Label") -> "SummaryWriter | None":
        """Who words summaries: the chat model when one is chosen, else None, the composer."""
        if not self.settings.speaks:
            return None
        from agents.research.chat_summary import ChatSummaryWriter  # noqa: PLC0415  as in load

        return ChatSummaryWriter(self.model(), self.settings.speaker, label)

    def judge(self, cache: Path) -> Verifier:
        """The chat model as the one that reads evidence and claim; the bundled verifier where it fails."""
        from agents.chat_judge import ChatJudge  # noqa: PLC0415  as in load

        judge = ChatJudge(self.model(), self.settings.speaker)
        return SteadyJudge(judge, lambda: OnnxVerifier(cache=cache), lambda error: self.notice(str(error)))

    def _loading(self, done: int, total: int) -> None:
        if done * 4 // total > (done - 1) * 4 // total:  # a quarter more: a model has hundreds of parts
            self.notice(f"loading the chat model: {done * 100 // total} %")
