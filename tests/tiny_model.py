"""Real causal language models of about 100,000 random parameters, saved as transformers saves them: they speak noise.

One of each kind of attention: whole (Llama, Qwen 3), sliding windows between whole layers (Gemma 3), and linear
layers with a state between whole ones (Qwen 3.5).
"""

from pathlib import Path
from typing import Any

CHAT = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIAL = ["<|end|>", "<|user|>", "<|assistant|>", "<|system|>"]
TEXT = [
    "The attention weights of each query add up to 1. BERT has 12 layers. GPT-4 has 96 heads [1].",
    "Las puntuaciones de atención se dividen entre la raíz cuadrada de $d_k$. La red no usa posiciones [2].",
] * 20
KINDS = ("llama", "qwen3", "gemma3", "qwen3.5")
WINDOW = 24  # tokens that a sliding layer of Gemma sees


def save_tiny_model(
    folder: Path, *, positions: int = 16_384, kind: str = "llama", chat: str = CHAT, talkative: bool = False
) -> Path:
    """Train a byte-level tokenizer on two lines, draw random weights of a kind, and save both in `folder`.

    A talkative model hardly ever ends an answer by itself."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        TEXT, trainers.BpeTrainer(vocab_size=512, initial_alphabet=alphabet, special_tokens=SPECIAL)
    )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token=SPECIAL[0], pad_token=SPECIAL[0])
    tokenizer.chat_template = chat
    tokenizer.save_pretrained(folder)
    torch.manual_seed(7)
    sizes: dict[str, Any] = {
        "vocab_size": len(tokenizer), "hidden_size": 48, "intermediate_size": 96, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 12, "max_position_embeddings": positions,
        "initializer_range": 0.6, "eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": None,
    }  # fmt: skip
    model = AutoModelForCausalLM.from_config(_config(kind, sizes))
    assert 50_000 < sum(weight.numel() for weight in model.parameters()) < 200_000
    if talkative:
        with torch.no_grad():
            model.get_output_embeddings().weight[tokenizer.eos_token_id] = 0
    model.save_pretrained(folder)
    return folder


def _config(kind: str, sizes: dict[str, Any]) -> Any:
    import transformers

    if kind == "gemma3":
        layers = ["sliding_attention", "full_attention"]
        return transformers.Gemma3TextConfig(
            **sizes, layer_types=layers, sliding_window=WINDOW, query_pre_attn_scalar=12, tie_word_embeddings=False
        )
    if kind == "qwen3.5":
        linear = {
            "linear_num_key_heads": 2, "linear_num_value_heads": 4, "linear_key_head_dim": 12,
            "linear_value_head_dim": 12, "linear_conv_kernel_dim": 4,
        }  # fmt: skip
        return transformers.Qwen3_5TextConfig(**sizes, **linear, layer_types=["linear_attention", "full_attention"])
    return {"llama": transformers.LlamaConfig, "qwen3": transformers.Qwen3Config}[kind](**sizes)
