"""Real sequence and token classifiers of a few thousand random parameters, saved as transformers saves them."""

from pathlib import Path
from typing import Any

WORDS = """the a of is are not layer layers attention encoder decoder head heads weights softmax model has have bert gpt
six twelve 6 12 96 la el de es no capa capas atención cabezas pesos modelo tiene codificador summarize following text
output add up to one suman uno cada each query consulta transformer""".split()
LETTERS = [chr(code) for code in range(33, 127)] + list("áéíóúñü¿¡«»")
NLI = ["entailment", "neutral", "contradiction"]
POSITIONS = 96


def save_tiny_classifier(
    folder: Path, labels: list[str], *, by_token: bool = False, roberta: bool = False, seed: int = 7
) -> Path:
    """A WordPiece tokenizer and random BERT (or RoBERTa) weights with these labels, in `folder`.

    The weights depend on the seed and the number of labels, not on the labels' names. RoBERTa's tokenizer writes two
    separators between the texts of a pair.
    """
    import torch
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        BertForTokenClassification,
        RobertaConfig,
        RobertaForSequenceClassification,
        RobertaForTokenClassification,
    )  # fmt: skip

    tokenizer = tiny_tokenizer(roberta=roberta)
    kinds = {
        (False, False): BertForSequenceClassification, (False, True): BertForTokenClassification,
        (True, False): RobertaForSequenceClassification, (True, True): RobertaForTokenClassification,
    }  # fmt: skip
    config = (RobertaConfig if roberta else BertConfig)(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        max_position_embeddings=POSITIONS + (1 if roberta else 0), pad_token_id=0, type_vocab_size=2,
        initializer_range=0.3, bos_token_id=tokenizer.cls_token_id, eos_token_id=tokenizer.sep_token_id,
        id2label=dict(enumerate(labels)), label2id={label: place for place, label in enumerate(labels)},
    )  # fmt: skip
    torch.manual_seed(seed)
    kinds[roberta, by_token](config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def tiny_tokenizer(*, roberta: bool = False) -> Any:
    """A WordPiece tokenizer of a few words and all letters; with RoBERTa's way of writing a pair, or BERT's."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS, *LETTERS, *("##" + letter for letter in LETTERS)]
    places = {word: place for place, word in enumerate(dict.fromkeys(vocabulary))}
    tokenizer = Tokenizer(models.WordPiece(places, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    pair = "[CLS]:0 $A:0 [SEP]:0 [SEP]:0 $B:0 [SEP]:0" if roberta else "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1"
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair=pair, special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = ["input_ids", "attention_mask"] if roberta else ["input_ids", "token_type_ids", "attention_mask"]
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]",
        model_max_length=512, model_input_names=names,
    )  # fmt: skip
