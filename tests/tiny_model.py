"""A real causal language model of about 100,000 random parameters, saved as transformers saves one: it speaks noise."""

from pathlib import Path

CHAT = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIAL = ["<|end|>", "<|user|>", "<|assistant|>", "<|system|>"]
TEXT = [
    "The attention weights of each query add up to 1. BERT has 12 layers. GPT-4 has 96 heads [1].",
    "Las puntuaciones de atención se dividen entre la raíz cuadrada de $d_k$. La red no usa posiciones [2].",
] * 20


def save_tiny_model(folder: Path, *, positions: int = 16_384) -> Path:
    """Train a byte-level tokenizer on two lines, draw random Llama weights, and save both in `folder`."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        TEXT, trainers.BpeTrainer(vocab_size=512, initial_alphabet=alphabet, special_tokens=SPECIAL)
    )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token=SPECIAL[0], pad_token=SPECIAL[0])
    tokenizer.chat_template = CHAT
    tokenizer.save_pretrained(folder)
    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=48, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=positions, initializer_range=0.6,
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id, bos_token_id=None,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    assert 50_000 < sum(weight.numel() for weight in model.parameters()) < 200_000
    model.save_pretrained(folder)
    return folder
