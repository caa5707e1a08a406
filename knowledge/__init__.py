"""What is true and where it is written: courses, documents, passages, index, retrieval, fact check.

Nothing here knows of an agent, a chat model or a learner.
"""

import os

# NumPy's OpenBLAS keeps a second thread spinning for some 25 ms after each product of matrices, on a core that a model
# would read with: a claim took half as long again (docs/LOG.md). It is told before NumPy is loaded, or not at all.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
