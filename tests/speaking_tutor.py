"""A tutor for whom a chat model speaks that a test scripts, over the course that another one has opened."""

from pathlib import Path

from langchain_core.language_models import BaseChatModel

from tutor.settings import Settings
from tutor.tutor import Tutor

NOWHERE = "openai:http://127.0.0.1:9/v1"


def speaking(plain: Tutor, data: Path, model: BaseChatModel | None, address: str = NOWHERE) -> Tutor:
    """With data of its own; without a `model` the one at `address` speaks. What takes long to open is `plain`'s."""
    made = Tutor(Settings(data_dir=data, cache_dir=plain.settings.cache_dir, model=address))
    for name in ("course", "encoder", "verifier", "_sources"):
        vars(made)[name] = getattr(plain, name)
    for name in ("rulings", "exercises", "gate"):
        vars(made.workshop)[name] = getattr(plain.workshop, name)
    if model is not None:
        made.chat_model = model
    return made
