"""How fast the engine of this process speaks: `python -m evals.llm_speed [--size 0.1b|0.5b|1.5b|8b] [--device cpu]`.

A Llama of a named size with random weights is saved and loaded as a real one is. The engine (`transformers:FOLDER`)
speaks with 1, 8 and 32 sessions at a time, beside plain `model.generate` on a batch of as many, and beside what the
memory allows: each step reads all weights once, and the keys and values of every session, so at most

    sessions * bandwidth / (bytes of weights + sessions * bytes of keys and values)

tokens a second, with the bandwidth of a copy on the same device. Times hold the reading of the prompts. Each part runs
in a process of its own. The load of the machine is printed with the figures, since times on a busy one say little.
"""

import argparse
import json
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

CHAT = (
    "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant:{% endif %}"
)
END = "<|end|>"
SEED = 5


@dataclass(frozen=True)
class Size:
    """A Llama. `hidden`, `inner`: widths; `heads`, `shared`: of queries, and of keys and values."""

    hidden: int
    inner: int
    layers: int
    heads: int
    shared: int
    words: int


# 0.1b after GPT-2 small with grouped queries; the others after Qwen2.5 0.5B, 1.5B and Llama 3 8B.
SIZES = {
    "0.1b": Size(768, 2048, 12, 12, 4, 32_000),
    "0.5b": Size(896, 4864, 24, 14, 2, 151_936),
    "1.5b": Size(1536, 8960, 28, 12, 2, 151_936),
    "8b": Size(4096, 14_336, 32, 32, 8, 128_256),
}


@dataclass(frozen=True)
class Job:
    """What is measured: prompts of `prompt` letters, each a token, answers of `tokens` tokens, `batches` sessions at a
    time; `batched`: whether the engine speaks in one batch, None for what it chooses."""

    folder: Path
    device: str
    prompt: int
    tokens: int
    batches: tuple[int, ...]
    batched: bool | None


def main() -> None:
    """Print the table and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=SIZES, default="0.1b")
    parser.add_argument("--device", choices=("cpu", "cuda"), help="cuda where there is one")
    parser.add_argument("--prompt", type=int, default=200, help="letters of a prompt, a token each")
    parser.add_argument("--tokens", type=int, default=64, help="of an answer")
    parser.add_argument("--batches", default="1,8,32")
    parser.add_argument("--batched", action="store_true", help="one batch on a processor too")
    parser.add_argument("--folder", type=Path, help="where the model is kept for another run")
    chosen = parser.parse_args()
    if chosen.device == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
    with tempfile.TemporaryDirectory() as folder:
        place = chosen.folder or Path(folder)
        job = Job(
            place, chosen.device or _apart(_device), chosen.prompt, chosen.tokens,
            tuple(map(int, chosen.batches.split(","))), True if chosen.batched else None,
        )  # fmt: skip
        if not (place / "config.json").exists():
            _apart(save_model, SIZES[chosen.size], place, job.device)
        _report(chosen.size, _apart(copied, job.device), _apart(plain, job), _apart(spoken, job))


def _report(size: str, bandwidth: float, plain_speeds: dict[int, float], engine: dict[str, Any]) -> None:
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, {engine['device']}, {engine['numbers']}")
    print(f"{size}: {engine['weights'] / 1e9:.2f} GB of weights a step; a copy moves {bandwidth / 1e9:.1f} GB/s")
    print("sessions  engine  generate   limit  engine/limit  engine/generate  engine/one session")
    rows = []
    for count, speed in engine["speeds"].items():
        limit = count * bandwidth / (engine["weights"] + count * engine["kept"])
        one = engine["speeds"][min(engine["speeds"])]
        row = {"sessions": count, "engine": speed, "generate": plain_speeds[count], "limit": limit}
        shares = (speed / limit, speed / plain_speeds[count], speed / one)
        print(f"{count:8} {speed:7.1f} {plain_speeds[count]:9.1f} {limit:7.0f}"
              f" {shares[0]:13.2f} {shares[1]:16.2f} {shares[2]:19.1f}")  # fmt: skip
        rows.append(row)
    print(json.dumps({"size": size, "bandwidth": bandwidth, "rows": rows, "load": os.getloadavg()[0]}))


def _apart(work: Any, *given: Any) -> Any:
    """What `work` gives in a process of its own, whose memory and threads are gone afterwards."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def _device() -> str:
    import torch  # noqa: PLC0415  in the process that needs it

    return "cuda" if torch.cuda.is_available() else "cpu"


def save_model(size: Size, folder: Path, device: str) -> None:
    """Random weights with a tokenizer of bytes and of as many invented words as the vocabulary has room for."""
    import torch  # noqa: PLC0415  as above
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers  # noqa: PLC0415  the same
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast  # noqa: PLC0415  the same

    names = [END, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    names += [f"Ġw{number}" for number in range(size.words - len(names))]
    bpe = Tokenizer(models.BPE(vocab={name: place for place, name in enumerate(names)}, merges=[]))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    make: Any = PreTrainedTokenizerFast
    tokenizer = make(tokenizer_object=bpe, eos_token=END, pad_token=END)
    tokenizer.chat_template = CHAT
    tokenizer.save_pretrained(folder)
    torch.manual_seed(SEED)
    config = LlamaConfig(
        vocab_size=size.words, hidden_size=size.hidden, intermediate_size=size.inner, num_hidden_layers=size.layers,
        num_attention_heads=size.heads, num_key_value_heads=size.shared, max_position_embeddings=8192,
        eos_token_id=0, pad_token_id=0, bos_token_id=None,
    )  # fmt: skip
    torch.set_default_dtype(torch.bfloat16)
    with torch.device(device):
        model = LlamaForCausalLM(config)
    model.lm_head.weight.data[0] = 0  # the end is never the likeliest, so that every answer has its length
    model.save_pretrained(folder)


def copied(device: str) -> float:
    """Bytes a second that a copy reads and writes, the best of ten."""
    import torch  # noqa: PLC0415  as above

    size = 2**30 if device == "cuda" else 2**28
    source, target = (torch.ones(size, dtype=torch.uint8, device=device) for _ in range(2))
    best = 0.0
    for _ in range(10):
        began = time.perf_counter()
        target.copy_(source)
        if device == "cuda":
            torch.cuda.synchronize()
        best = max(best, 2 * size / (time.perf_counter() - began))
    return best


def plain(job: Job) -> dict[int, float]:
    """Tokens a second of `model.generate`, by the size of the batch."""
    import torch  # noqa: PLC0415  as above
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415  the same

    tokenizer: Any = AutoTokenizer.from_pretrained(job.folder)
    dtype = torch.bfloat16 if job.device == "cuda" else torch.float32
    model: Any = AutoModelForCausalLM.from_pretrained(job.folder, dtype=dtype)
    model = model.to(job.device)

    def speak(count: int, round_number: int, tokens: int) -> float:
        talks = [[{"role": "user", "content": letters(job, number, round_number)}] for number in range(count)]
        given = tokenizer.apply_chat_template(
            talks, add_generation_prompt=True, return_dict=True, return_tensors="pt", padding=True, padding_side="left"
        ).to(job.device)
        began = time.perf_counter()
        found = model.generate(**given, do_sample=False, max_new_tokens=tokens, min_new_tokens=tokens)
        assert found.shape == (count, given["input_ids"].shape[1] + tokens)
        return count * tokens / (time.perf_counter() - began)

    speak(1, 0, 4)
    return {count: max(speak(count, round_number, job.tokens) for round_number in (1, 2)) for count in job.batches}


def spoken(job: Job) -> dict[str, Any]:
    """Tokens a second of the engine, by the number of sessions; bytes of its weights, and of what it keeps of one."""
    from agents.local.chat_local import LocalChat  # noqa: PLC0415  as above

    model = LocalChat(folder=str(job.folder), batched=job.batched, max_new_tokens=job.tokens)

    def speak(number: int, round_number: int, tokens: int) -> int:
        usage = None
        for chunk in model.stream(letters(job, number, round_number), max_tokens=tokens):
            usage = chunk.usage_metadata or usage
        assert usage is not None
        return usage["output_tokens"]

    def together(count: int, round_number: int) -> float:
        began = time.perf_counter()
        with ThreadPoolExecutor(count) as pool:
            said = sum(pool.map(lambda number: speak(number, round_number, job.tokens), range(count)))
        assert said == count * job.tokens, "every answer has its length"
        return said / (time.perf_counter() - began)

    speak(0, 0, 4)
    speeds = {count: max(together(count, round_number) for round_number in (1, 2)) for count in job.batches}
    loaded = model.engine.loaded
    config = loaded.model.config
    read = sum(weight.nbytes for name, weight in loaded.model.named_parameters() if "embed_tokens" not in name)
    width = loaded.model.lm_head.weight.element_size() * config.hidden_size // config.num_attention_heads
    place = 2 * config.num_hidden_layers * config.num_key_value_heads * width
    return {
        "speeds": speeds, "weights": read, "kept": place * (job.prompt + job.tokens // 2), "device": loaded.device,
        "numbers": str(loaded.model.dtype).removeprefix("torch."),
    }  # fmt: skip


def letters(job: Job, number: int, round_number: int) -> str:
    """A prompt that no other session has, nor this one in another round: nothing of it was read before."""
    rng = Random(f"{round_number}-{number}")  # noqa: S311  words, no secret
    return "".join(rng.choice("abcdefghij ") for _ in range(job.prompt))


if __name__ == "__main__":
    main()
