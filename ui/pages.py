"""The pages of the app, in their order and groups. To add one: import its module, and name it in `PAGES`.

A page is a module `ui/page_<name>.py` whose `draw(tutor, texts, language, choices)` draws all of it; what the reader
may choose goes into `choices`, at the top of the sidebar. Its title is the text `page-<name>` of `ui/texts.toml`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from streamlit.delta_generator import DeltaGenerator

from knowledge.messages import Messages
from tutor.people import RESEARCHER, STUDENT, TEACHER, Person
from tutor.tutor import Tutor
from ui import (
    page_bank,
    page_check,
    page_course,
    page_exams,
    page_labs,
    page_learn,
    page_model,
    page_path,
    page_practise,
    page_research,
    page_results,
    page_settings,
)

APP = "app"
GROUPS = (STUDENT, TEACHER, RESEARCHER, APP)
MAY_OPEN = {TEACHER: {TEACHER}, RESEARCHER: {RESEARCHER, TEACHER}}  # pages of the other groups are everybody's


@dataclass(frozen=True)
class Entry:
    """One page. `name`: in the address, and of its title; `group`: where it stands, and for whom, unless it is
    `everybodys`. What a person may not do their `Tutor` refuses; a page that is not for them is only not shown."""

    name: str
    draw: Callable[[Tutor, Messages, str, DeltaGenerator], None]
    icon: str
    group: str
    everybodys: bool = False

    def is_for(self, person: Person) -> bool:
        """Whether the page is one of this person's."""
        return self.everybodys or self.group not in MAY_OPEN or bool(MAY_OPEN[self.group] & person.roles)


PAGES = (
    Entry("learn", page_learn.draw, ":material/school:", STUDENT),  # the first is the one that a visitor meets
    Entry("practise", page_practise.draw, ":material/exercise:", STUDENT),
    Entry("path", page_path.draw, ":material/conversion_path:", STUDENT),
    Entry("labs", page_labs.draw, ":material/science:", STUDENT),
    Entry("model", page_model.draw, ":material/insights:", STUDENT),
    Entry("exams", page_exams.draw, ":material/assignment:", TEACHER),
    Entry("bank", page_bank.draw, ":material/inventory_2:", TEACHER),
    Entry("results", page_results.draw, ":material/bar_chart:", TEACHER),
    Entry("course", page_course.draw, ":material/menu_book:", TEACHER),
    Entry("research", page_research.draw, ":material/library_books:", RESEARCHER),
    Entry("check", page_check.draw, ":material/fact_check:", RESEARCHER, everybodys=True),
    Entry("settings", page_settings.draw, ":material/settings:", APP),
)
