"""Scored suites, as `atenea eval` runs them: how well search finds, and how far a verdict can be trusted.

A suite takes an open corpus and the rows of a data file and gives an `Evaluation`: every measure with its 95 %
bootstrap interval, by language, beside the baselines that it must beat. The suites stand in
`tutor.evaluation_retrieval` and `tutor.evaluation_factcheck`, whose docstrings define their measures.
"""

from tutor.evaluation_data import FactcheckRow, GoldSection, RetrievalRow, read_factcheck, read_retrieval
from tutor.evaluation_factcheck import evaluate_factcheck
from tutor.evaluation_retrieval import evaluate_retrieval
from tutor.measures import Evaluation, Interval

__all__ = [
    "Evaluation",
    "FactcheckRow",
    "GoldSection",
    "Interval",
    "RetrievalRow",
    "evaluate_factcheck",
    "evaluate_retrieval",
    "read_factcheck",
    "read_retrieval",
]
