"""What pyBKT predicts for given parameters and answers: the oracle of Bayesian knowledge tracing.

    python -m venv /tmp/pybkt
    /tmp/pybkt/bin/pip install "numpy==2.3.5" "scikit-learn==1.7.2" "pandas==3.1.1" pyBKT==1.4.3
    /tmp/pybkt/bin/python tests/data/make_bkt_oracle.py > tests/data/bkt_oracle.json

It needs an environment of its own: beside the scikit-learn 1.9.1 of this project pyBKT 1.4.3 does not import (it tries
each metric on lists, and `log_loss` fails), and beside its NumPy 2.4.6 it does not fit (`EM_fit` puts an array where a
number must stand).
Python 3.11, some seconds, no network; the same file each time.

Nothing is fitted. `fit` is called with every parameter fixed, since it is what makes a model that `predict` accepts:
`coef_` alone lacks names that `predict` reads, and `fit(preload=True)` puts random numbers in the place of the given
prior and learning rate. That the model holds the given numbers is asserted. Each sequence is predicted with one "no
response" (-1) at its end, whose row says what comes after the last answer.

No guess or slip is 0 here: pyBKT 1.4.3 takes the chance of an answer to be 1 where it is 0 (`EM_fit.inner`), so that
with `guess` = 0 a right answer does not prove that the skill is known.
"""

import json
import platform
import random
import sys
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd
from pyBKT.models import Model

CONVENTION = (
    "Answer t is answers[t], 1 right and 0 wrong. mastery[t] = P(known just before answer t | answers 0..t-1): it has"
    " seen neither answer t nor the learning after it, and it has seen the learning after answer t-1; mastery[0] ="
    " prior, with no learning before the first answer. predicted_right[t] = mastery[t] (1 - slip) + (1 - mastery[t])"
    " guess. After answer t: posterior = P(known | answers 0..t) by Bayes' rule, then mastery[t+1] = posterior +"
    " (1 - posterior) learn. mastery_after and predicted_next are the same two for the answer that would come next, so"
    " the learning after the last answer is in them. Nothing is forgotten. pyBKT's state_predictions and"
    " correct_predictions, rounded to 12 significant digits."
)

PARAMETERS = [  # prior, learn, slip, guess
    (0.5, 0.2, 0.1, 0.2),
    (0.1, 0.1, 0.1, 0.25),
    (0.3, 0.15, 0.05, 0.5),  # true or false
    (0.02, 0.05, 0.3, 0.01),
    (0.9, 0.3, 0.02, 0.3),
    (0.4, 0.6, 0.25, 0.15),
    (0.25, 0.009, 0.08, 0.12),
    (0.6, 0.0, 0.2, 0.2),  # nothing is learned
    (0.001, 0.35, 0.45, 0.45),  # answers say little
    (0.7, 0.08, 0.001, 0.001),  # answers say nearly all
    (0.35, 0.12, 0.6, 0.7),  # upside down: a right answer speaks against knowing
    (0.0, 0.25, 0.12, 0.33),
]


def simulated(rng: random.Random, length: int, prior: float, learn: float, slip: float, guess: float) -> list[int]:
    known, answers = rng.random() < prior, []
    for _ in range(length):
        answers.append(int(rng.random() < (1 - slip if known else guess)))
        known = known or rng.random() < learn
    return answers


def sequences(rng: random.Random, parameters: tuple[float, float, float, float]) -> list[list[int]]:
    """One all right, one all wrong or alternating, one without pattern and two of simulated learners; 5 to 30 long."""
    lengths = [rng.randint(5, 30) for _ in range(4)]
    monotone = [[0] * lengths[1], [t % 2 for t in range(lengths[1])]][rng.randrange(2)]
    return [
        [1] * lengths[0],
        monotone,
        [rng.randrange(2) for _ in range(lengths[2])],
        simulated(rng, lengths[3], *parameters),
        simulated(rng, rng.choice([5, 30]), *parameters),
    ]


def table(skill: str, answers: list[list[int]]) -> pd.DataFrame:
    rows = [(user, skill, answer) for user, given in enumerate(answers) for answer in given]
    frame = pd.DataFrame(rows, columns=["user_id", "skill_name", "correct"])
    frame["order_id"] = range(len(frame))
    return frame


def model_of(skill: str, answers: list[list[int]], prior: float, learn: float, slip: float, guess: float) -> Any:
    arrays = {"learns": learn, "forgets": 0.0, "guesses": guess, "slips": slip}
    fixed = {"prior": prior, **{name: np.array([number]) for name, number in arrays.items()}}
    model = Model(seed=1, num_fits=1, parallel=False)
    model.fit(data=table(skill, answers), fixed={skill: fixed})
    held = {name: float(np.squeeze(number)) for name, number in model.coef_[skill].items()}
    assert held == {"prior": prior, **arrays}, held
    return model


def rounded(numbers: Any) -> list[float]:
    return [float(f"{number:.12g}") for number in numbers]


def cases_of(rng: random.Random, parameters: tuple[float, float, float, float]) -> list[dict[str, Any]]:
    answers, cases = sequences(rng, parameters), []
    model = model_of("skill", answers, *parameters)
    predicted = model.predict(data=table("skill", [[*given, -1] for given in answers]))
    for user, given in enumerate(answers):
        rows = predicted[predicted["user_id"] == user].sort_values("order_id")
        assert rows["correct"].tolist() == [*given, -1]
        right, mastery = rounded(rows["correct_predictions"]), rounded(rows["state_predictions"])
        case = dict(zip(("prior", "learn", "slip", "guess"), parameters, strict=True)) | {
            "answers": given,
            "predicted_right": right[:-1],
            "mastery": mastery[:-1],
            "predicted_next": right[-1],
            "mastery_after": mastery[-1],
        }
        cases.append(case)
    return cases


def main() -> None:
    rng = random.Random(1995)  # Corbett and Anderson
    cases = [case for parameters in PARAMETERS for case in cases_of(rng, parameters)]
    packages = ("pyBKT", "numpy", "pandas", "scikit-learn", "scipy")
    made_with = {"python": platform.python_version()} | {name: version(name) for name in packages}
    head = json.dumps({"made_with": made_with, "convention": CONVENTION})[:-1]
    lines = ",\n".join(json.dumps(case) for case in cases)
    sys.stdout.write(f'{head}, "cases": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
