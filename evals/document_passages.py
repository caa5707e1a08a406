"""How many passages of documents a claim needs: `python -m evals.document_passages --data FILE --sources PATH...`.

The rows are `atenea eval factcheck`'s, checked against the documents alone with each number of passages searched in the
claim's language (and in the other one, and of sentences read by the verifier). Printed: how many statements are called
supported, how many of these are true, and the area under the ROC curve.
"""

import argparse
from pathlib import Path

import numpy as np

from evals.sources import DEFAULT_CACHE, open_sources
from knowledge import looking, second_look
from knowledge.claims import Claim
from tutor.evaluation import read_factcheck
from tutor.measures import wilson


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.document_passages", description="Passages that a claim needs."
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sources", type=Path, nargs="+", required=True)
    parser.add_argument("--passages", type=int, nargs="+", default=[8, 16, 24])
    parser.add_argument("--foreign", type=int, default=looking.FOREIGN_PASSAGES)
    parser.add_argument("--read", type=int, default=second_look.VERIFIED)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    options = parser.parse_args()
    corpus = open_sources(options.sources, with_course=False, cache=options.cache)
    rows = [row for row in read_factcheck(options.data) if not row.doubtful]
    true = np.array([row.label == "true" for row in rows])
    looking.FOREIGN_PASSAGES, second_look.VERIFIED = options.foreign, options.read
    for passages in options.passages:
        looking.CANDIDATE_PASSAGES = passages
        told = [corpus.checker.check_claim(Claim(row.claim, 0, len(row.claim)), row.lang) for row in rows]
        supported = np.array([one.verdict == "supported" for one in told])
        likely = np.array([one.p_supported for one in told])
        above = likely[true][:, None] - likely[~true][None, :]
        area = float(((above > 0) + 0.5 * (above == 0)).mean())
        right, called = int((supported & true).sum()), int(supported.sum())
        shown = f"{called} of {len(rows)} supported, {right} true, {wilson(right, called)}"
        print(f"{passages:3} passages: {shown}; area {area:.3f}", flush=True)


if __name__ == "__main__":
    main()
