"""The errors of the tutor layer: each says who must act, and how.

AteneaError (knowledge.errors)
└── TutorError
    ├── BadBlueprint        the teacher: a blueprint cannot be read, has faults, or asks for more than there is
    ├── BadExam             the teacher: an exam's folder is not free, or there is no exam where one was named
    ├── BadCourseEdit       the teacher: a course is not there or read-only, or a text, a name or an archive is unfit
    ├── BadReview           the teacher: there is no such exam or item, or a decision on it cannot be followed
    ├── BadData             the person: an evaluation file is missing, malformed, or does not fit the sources
    ├── BadResponses        the person: a table of an exam's responses is missing, malformed, or not of this exam
    ├── BadSummary          the researcher: a summary's files cannot be written there, or its citation style not be used
    ├── BadClass            who runs it: the file of sign-in and roles cannot be read or has faults
    ├── Forbidden           the person: their role does not reach that far, or it is somebody else's
    ├── BadLearner          the person: there is no such learner or exercise of theirs, or a name or profile is unfit
    └── BadStore            the person: a database (of conversations, of learners) is damaged or cannot be written
"""

from pathlib import Path

from knowledge.errors import AteneaError
from knowledge.messages import Messages

MOST_FAULTS = 8  # told at once


class TutorError(AteneaError):
    """Root of this layer's errors."""

    messages = Messages(Path(__file__).with_name("messages.toml"))


class BadBlueprint(TutorError):
    """No exam can be made of the blueprint. `values["faults"]`, where there are any, say where and why."""

    def message(self, language: str) -> str:
        """What is wrong, the faults in the order of their lines."""
        faults = self.values.get("faults", ())
        assert isinstance(faults, tuple)
        told = " ".join(fault.text(language) for fault in faults[:MOST_FAULTS])
        more = f" (+{len(faults) - MOST_FAULTS})" if len(faults) > MOST_FAULTS else ""
        return self.messages.text(self.code, language, **{**self.values, "faults": told + more})


class BadExam(TutorError):
    """The files of an exam cannot be written, or those of an earlier one not be found."""


class BadCourseEdit(TutorError):
    """A course cannot be changed, copied or brought in this way; nothing has changed."""


class BadReview(TutorError):
    """A decision on an exam under review cannot be followed; nothing has changed."""


class BadData(TutorError):
    """The evaluation data cannot be used as they are."""


class BadResponses(TutorError):
    """The table of responses cannot be used as it is."""


class BadSummary(TutorError):
    """The files of a research summary cannot be written; none has changed."""


class BadClass(TutorError):
    """The sign-in and the roles of a class cannot be used as they are written."""


class Forbidden(TutorError):
    """What was asked is not for this person; nothing has changed."""


class BadLearner(TutorError):
    """What was asked of a learner cannot be done; nothing has changed."""


class BadStore(TutorError):
    """A database cannot be used."""
