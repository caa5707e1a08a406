"""A folder becomes a model: what it holds is looked at first, then loaded in the numbers that fit this machine."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from math import prod
from pathlib import Path
from typing import Any

from agents.errors import BadModel
from agents.local.placement import GB, Numbers, free_memory, placement

Progress = Callable[[int, int], None]  # parts of the weights that are in place, of how many
AS_SAVED = "auto"  # the numbers of a model that its makers have packed
BYTES = 2  # of a weight in 16 bits
WINDOW = 4_096  # tokens, of a model that does not say
_BLOCKS = {"cuda": 512}  # tokens that are read at a time, where a step costs little; elsewhere:
_BLOCK = 128
_HEADER = 8  # bytes before a safetensors file's table that say how long it is


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model with its tokenizer. `window`: tokens of a prompt and its answer; `ends`: tokens that end an answer;
    `block`: tokens that are read at a time."""

    folder: str
    tokenizer: Any
    model: Any
    device: str
    numbers: str
    window: int
    ends: frozenset[int]
    block: int


def load(folder: str, progress: Progress | None = None) -> Loaded:
    """The model in a folder, in memory. Raises `BadModel`: it is missing, damaged, no chat model, or too large."""
    if not Path(folder).is_dir():
        raise BadModel("model-missing", model=folder, reason="there is no such folder")
    import torch  # noqa: PLC0415  seconds to import; only a chat model needs it
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415  the same

    device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        weights = weights_bytes(Path(folder))
        free = torch.cuda.mem_get_info()[0] if device == "cuda" else free_memory()
        packed = getattr(config, "quantization_config", None) is not None
        has_bitsandbytes = find_spec("bitsandbytes") is not None
        numbers = AS_SAVED if packed else placement(weights, free, device, has_bitsandbytes, folder)
        with _told(progress):
            model: Any = AutoModelForCausalLM.from_pretrained(
                folder, local_files_only=True, **_options(numbers, device)
            )
        if numbers in {Numbers.FLOAT32, Numbers.BFLOAT16}:  # what is packed is where it was loaded to
            model = model.to(device)
    except BadModel:
        raise
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise BadModel(
            "model-too-large", model=folder, needed=f"{weights / GB:.1f}", free=f"{free / GB:.1f}"
        ) from error
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise BadModel("model-missing", model=folder, reason=reason.rstrip(".")) from error
    if not getattr(tokenizer, "chat_template", None):
        raise BadModel("model-missing", model=folder, reason="its tokenizer has no chat template")
    if not hasattr(tokenizer, "backend_tokenizer"):
        raise BadModel("model-missing", model=folder, reason="its tokenizer has no tokenizer.json")
    if not (ends := _ends(model, tokenizer)):
        raise BadModel("model-missing", model=folder, reason="it does not say which token ends an answer")
    window = _window(model.config.get_text_config(), tokenizer)
    return Loaded(
        folder, tokenizer, model.eval(), device, str(numbers), window, ends, _BLOCKS.get(device, _BLOCK)
    )  # fmt: skip


def weights_bytes(folder: Path) -> int:
    """What a folder's weights take in 16 bits each: from the tables of its safetensors files, else from the sizes of
    what else it holds. Raises `OSError` and `ValueError` for damaged files."""
    count = 0
    own = list(folder.glob("model*.safetensors"))  # some folders hold the same weights once more under another name
    for file in sorted(own or folder.glob("*.safetensors")):
        with file.open("rb") as data:
            length = int.from_bytes(data.read(_HEADER), "little")
            if length > file.stat().st_size:
                raise ValueError(f"{file.name} is damaged")
            table = json.loads(data.read(length))
        count += sum(prod(entry["shape"]) for name, entry in table.items() if name != "__metadata__")
    return count * BYTES or sum(file.stat().st_size for file in folder.glob("*.bin"))


def _options(numbers: str, device: str) -> dict[str, Any]:
    import torch  # noqa: PLC0415  as above
    from transformers import BitsAndBytesConfig  # noqa: PLC0415  the same

    if numbers in {Numbers.INT8, Numbers.NF4}:
        four = {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4", "bnb_4bit_compute_dtype": torch.bfloat16}
        packed = BitsAndBytesConfig(**(four if numbers == Numbers.NF4 else {"load_in_8bit": True}))  # type: ignore[no-untyped-call]
        return {"quantization_config": packed, "device_map": {"": device}}
    if numbers == AS_SAVED:
        return {"dtype": AS_SAVED, "device_map": {"": device}}
    return {"dtype": torch.float32 if numbers == Numbers.FLOAT32 else torch.bfloat16}


def _window(config: Any, tokenizer: Any) -> int:
    """Tokens; what a tokenizer says counts only where it is a number that anybody chose."""
    own = getattr(config, "max_position_embeddings", None) or WINDOW
    said = getattr(tokenizer, "model_max_length", None) or own
    return int(min(own, said))


def _ends(model: Any, tokenizer: Any) -> frozenset[int]:
    said = getattr(model.generation_config, "eos_token_id", None)
    ends = said if isinstance(said, list) else [said]
    return frozenset(int(token) for token in (*ends, tokenizer.eos_token_id) if token is not None)


@contextmanager
def _told(progress: Progress | None) -> Iterator[None]:
    """Tell of the weights as they come, instead of the bar that transformers draws."""
    from transformers.utils import logging  # noqa: PLC0415  as above

    def bar(factory: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if options.get("desc") != "Loading weights":
            return factory(*arguments, **options)
        return _Bar(list(arguments[0]), progress or (lambda _, __: None))

    before = logging.set_tqdm_hook(bar)
    try:
        yield
    finally:
        logging.set_tqdm_hook(before)


class _Bar:
    """What transformers goes through as it loads."""

    def __init__(self, parts: list[Any], progress: Progress) -> None:
        self._parts, self._progress = parts, progress

    def __iter__(self) -> Iterator[Any]:
        for done, part in enumerate(self._parts, start=1):
            yield part
            self._progress(done, len(self._parts))
