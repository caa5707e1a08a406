"""Who may do what: every public member of the tutor for every role, and what a person gets of others and of keys."""

import json
from collections.abc import Iterator, Mapping
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

from tutor.access import PATHS, RULES, Access, reach
from tutor.check_desk import CheckDesk
from tutor.errors import BadClass, Forbidden
from tutor.inquiry_desk import InquiryDesk
from tutor.learner.study import Study
from tutor.learner_map import LearnerMap
from tutor.people import ALONE, OWNER, RESEARCHER, STUDENT, TEACHER, VISITOR, Person, Roles, read_roles
from tutor.practice import Practice
from tutor.settings import Settings
from tutor.tutor import Tutor
from tutor.upload_desk import UploadDesk

ANA = Person("p-ana", frozenset({STUDENT}), "Ana")
BEN = Person("p-ben", frozenset({STUDENT}), "Ben")
RITA = Person("p-rita", frozenset({STUDENT, RESEARCHER}), "Rita")
TOM = Person("p-tom", frozenset({STUDENT, TEACHER}), "Tom")
PEOPLE = {"visitor": VISITOR, "student": ANA, "researcher": RITA, "teacher": TOM}
NOTE = "# Notes on the Zephyr model\n\nThe Zephyr model of our laboratory has 777 million parameters.\n"
CLAIM = "The Zephyr model of our laboratory has 777 million parameters."

DESKS = {
    "": Tutor, "study": Study, "practice": Practice, "learner_map": LearnerMap, "check_desk": CheckDesk,
    "inquiry_desk": InquiryDesk, "upload_desk": UploadDesk,
}  # fmt: skip
# Written down a second time, by hand: v visitor, s student, r researcher, t teacher; nothing: the owner alone.
MAY = {
    "course": "vsrt", "public_course": "vsrt", "course_list": "vsrt", "prepare": "vsrt", "ask": "vsrt",
    "stream": "vsrt", "history": "vsrt", "check": "vsrt", "readable": "vsrt", "search": "vsrt", "source_names": "vsrt",
    "conversations": "srt", "offers": "vsrt", "learner_export": "srt", "learner_delete": "srt", "library_list": "srt",
    "library_add": "rt", "library_upload": "rt", "library_refresh": "rt", "library_set": "rt", "library_remove": "rt",
    "desk": "rt", "course_validate": "t", "course_new": "t", "workshop": "t", "exam_desk": "t", "results_desk": "t",
    "bank_desk": "t", "course_desk": "t",
    "chat_model": "", "corpus": "", "encoder": "", "library": "", "parts": "", "recording": "", "studio_graph": "",
    "verifier": "", "writer": "", "settings": "", "notice": "",
    "upload_megabytes": "vsrt", "inquiry_desk": "rt", "upload_desk": "rt",
    **dict.fromkeys([f"inquiry_desk.{verb}" for verb in (
        "ask", "go_on", "stop", "look", "all", "take", "remove")], "rt"),
    **dict.fromkeys([f"inquiry_desk.{part}" for part in ("export", "forget", "folder", "desk", "library", "jobs")], ""),
    **dict.fromkeys([f"upload_desk.{verb}" for verb in (
        "add", "retry", "job", "stop", "close", "correct", "form", "remove")], "rt"),
    **dict.fromkeys([f"upload_desk.{part}" for part in (
        "data_dir", "library", "changed", "prepare", "jobs")], ""),
    "study": "srt", "practice": "srt", "learner_map": "srt", "check_desk": "vsrt",
    **dict.fromkeys([f"study.{verb}" for verb in (
        "next", "serve", "answer", "hint", "skip", "explained", "set", "claim", "dispute", "threads", "keep_thread",
        "export", "show", "state", "knows", "path", "replied", "why", "mistake")], "srt"),
    "study.learners": "t", "study.disputes": "t", "study.rule": "t",
    **dict.fromkeys([f"study.{part}" for part in (
        "delete", "exercises", "model", "open_item", "owners", "store", "course", "file", "clock")], ""),
    "practice.at_hand": "srt", "practice.advised": "srt", "practice.kinds": "srt", "practice.asked": "srt",
    "practice.study": "",
    "learner_map.draw": "srt", "learner_map.study": "",
    **dict.fromkeys([f"check_desk.{verb}" for verb in ("text_of", "marked", "report", "keep", "kept")], "vsrt"),
    "check_desk.forget": "srt", "check_desk.size": "srt",
    **dict.fromkeys([f"check_desk.{part}" for part in ("export", "folder", "limits")], ""),
}  # fmt: skip
OTHERS_FOR_TEACHERS = {"study.show", "study.state", "study.knows", "study.path", "study.rule", "learner_map.draw"}


@pytest.fixture(scope="module")
def own(settings: Settings, tutor: Tutor, tmp_path_factory: pytest.TempPathFactory) -> Tutor:
    """A class's tutor, with a library of its own."""
    other = Tutor(settings.model_copy(update={"data_dir": tmp_path_factory.mktemp("class")}))
    for part in ("course", "encoder", "verifier"):
        other.__dict__[part] = getattr(tutor, part)
    other.library_upload([("notes.md", NOTE.encode())])
    return other


def members(tutor: Tutor) -> Iterator[str]:
    """Every public member of the tutor and of the desks that a student reaches."""
    for desk, kind in DESKS.items():
        part = getattr(tutor, desk) if desk else tutor
        names = {name for name in (*dir(kind), *vars(part)) if not name.startswith("_")}
        yield from sorted(f"{desk}.{name}" if desk else name for name in names)


def member(tutor: Tutor, name: str) -> Any:
    for part in name.split("."):
        tutor = getattr(tutor, part)
    return tutor


def test_each_public_member_is_ruled_on_by_hand_and_each_rule_is_of_a_member(own: Tutor) -> None:
    assert set(members(own)) == set(MAY), "say in MAY, and in tutor/access.py, who may use it"
    assert set(RULES) == {name for name, roles in MAY.items() if roles}
    assert {name for name, rule in RULES.items() if rule.desk} == set(DESKS) - {""}


@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize("name", sorted(MAY))
def test_each_role_reaches_what_it_may_and_nothing_else(own: Tutor, name: str, role: str) -> None:
    desk = name.rpartition(".")[0]
    reached = reach(own, PEOPLE[role])
    if role[0] in MAY[name]:
        member(reached, name)
    else:
        with pytest.raises(Forbidden):
            member(reached, name if not desk or role[0] in MAY[desk] else desk)


VERBS = {
    name: {"": Tutor, **DESKS}[name.rpartition(".")[0]].__dict__[name.rpartition(".")[2]]
    for name in RULES
    if callable({"": Tutor, **DESKS}[name.rpartition(".")[0]].__dict__.get(name.rpartition(".")[2]))
}
NAMING = sorted(name for name, verb in VERBS.items() if "learner" in signature(verb).parameters)
WITH_PATHS = sorted(name for name, verb in VERBS.items() if set(PATHS) & set(signature(verb).parameters))


def call(tutor: Tutor, name: str, **given: Any) -> Any:
    """Call a verb with what is given and a word for whatever else it wants."""
    wanted = [p for p in signature(VERBS[name]).parameters.values() if p.name != "self" and p.default is p.empty]
    return member(tutor, name)(**{**{p.name: "attention" for p in wanted}, **given})


@pytest.mark.parametrize("name", NAMING)
@pytest.mark.parametrize("role", ["visitor", "student", "researcher", "teacher"])
def test_nobody_names_another_learner_but_a_teacher_who_looks(own: Tutor, name: str, role: str) -> None:
    if role[0] not in MAY[name] or (role == "teacher" and name in OTHERS_FOR_TEACHERS):
        return
    before = own.study.learners()
    with pytest.raises(Forbidden, match="only what is kept of you"):
        call(reach(own, PEOPLE[role]), name, learner="p-other")
    assert own.study.learners() == before


def test_those_that_name_a_learner_are_found() -> None:
    assert {"ask", "stream", "conversations", "study.answer", "study.show", "practice.at_hand"} <= set(NAMING)
    assert {"ask", "stream", "check", "search", "course_validate", "library_add"} <= set(WITH_PATHS)


def test_whatever_a_visitor_may_search_is_the_course() -> None:
    for name, rule in RULES.items():
        if rule.visitors and name in VERBS:
            choosing = "against" in signature(VERBS[name]).parameters
            assert rule.visit == ({"against": "course"} if choosing else {}), name


@pytest.mark.parametrize("name", WITH_PATHS)
def test_a_student_names_no_file_of_the_machine(own: Tutor, name: str, tmp_path: Path) -> None:
    if "s" not in MAY[name]:
        return
    given = {next(one for one in PATHS if one in signature(VERBS[name]).parameters): [tmp_path]}
    if "learner" in signature(VERBS[name]).parameters:
        given["learner"] = ANA.learner  # type: ignore[assignment]
    with pytest.raises(Forbidden, match="Files of this machine"):
        call(reach(own, ANA), name, **given)


@pytest.fixture(scope="module")
def begun(own: Tutor) -> str:
    """A conversation of Ana's."""
    reach(own, ANA).ask("What is attention?", thread="a" * 12, learner=ANA.learner)
    return "a" * 12


@pytest.mark.parametrize("person", [BEN, RITA, TOM, VISITOR], ids=["student", "researcher", "teacher", "visitor"])
def test_a_conversation_is_its_learners_alone(own: Tutor, begun: str, person: Person) -> None:
    other = reach(own, person)
    with pytest.raises(Forbidden, match="not yours"):
        other.history(begun)
    with pytest.raises(Forbidden, match="not yours"):
        other.ask("And why?", thread=begun, learner=person.learner)
    with pytest.raises(Forbidden, match="not yours"):
        other.stream("And why?", thread=begun, learner=person.learner)  # at once, before the first event is asked for
    assert len(reach(own, ANA).history(begun)) == 1
    if person.learner:
        with pytest.raises(Forbidden):
            other.study.keep_thread(person.learner, begun)
        assert own.study.owners(begun) == [ANA.learner]


def test_a_conversation_of_nobody_is_not_taken_over(own: Tutor) -> None:
    own.ask("What is a token?", thread="b" * 12)
    with pytest.raises(Forbidden):
        reach(own, ANA).history("b" * 12)
    with pytest.raises(Forbidden):
        reach(own, VISITOR).history("me")  # no name that a visitor could guess


def test_a_visitor_hears_the_course_alone_and_a_member_the_library_too(own: Tutor) -> None:
    visitor, member_ = reach(own, VISITOR), reach(own, ANA)
    assert [claim["verdict"] for claim in member_.check(CLAIM)] == ["supported"]
    assert [claim["verdict"] for claim in visitor.check(CLAIM)] == ["not_found"]
    assert [claim["verdict"] for claim in visitor.check(CLAIM, against="library")] == ["not_found"]
    assert any("Zephyr" in hit["text"] for hit in member_.search("Zephyr model parameters")["hits"])
    assert not any("Zephyr" in hit["text"] for hit in visitor.search("Zephyr model parameters")["hits"])
    assert visitor.source_names("en") == [own.course.title["en"]]
    checked = (CLAIM, [], "en", visitor.source_names("en"))
    assert visitor.check_desk.report(*checked) == own.check_desk.report(*checked)
    turn = visitor.ask("How many parameters does the Zephyr model of our laboratory have?", thread="c" * 12)
    assert "777" not in json.dumps(turn)
    summary = visitor.ask("Summarise what my documents say about the Zephyr model", thread="d" * 12)
    assert "777" not in json.dumps(summary)


def test_what_is_checked_against_one_alone(own: Tutor) -> None:
    known = "BERT base has 12 layers."
    verdicts = {
        against: [claim["verdict"] for claim in own.check(f"{CLAIM} {known}", against=against)]
        for against in ("all", "course", "library")
    }
    assert verdicts == {
        "all": ["supported", "supported"], "course": ["not_found", "supported"], "library": ["supported", "not_found"]
    }  # fmt: skip
    assert own.source_names("en", against="library") == ["Notes on the Zephyr model"]


def texts(value: Any) -> Iterator[str]:
    """Every text in plain data, names included."""
    if isinstance(value, Mapping):
        for name, inside in value.items():
            yield str(name)
            yield from texts(inside)
    elif isinstance(value, list | tuple):
        for inside in value:
            yield from texts(inside)
    else:
        yield str(value)


def test_no_key_reaches_a_student(own: Tutor) -> None:
    ben = reach(own, BEN)
    served = ben.study.serve(BEN.learner, "softmax", kind="mcq", language="en")
    turn = ben.ask("Give me an exercise on attention", thread="e" * 12, learner=BEN.learner)
    got = {
        "served": served, "turn": turn, "next": ben.study.next(BEN.learner, language="en"),
        "at hand": ben.practice.at_hand(BEN.learner, "en"), "history": ben.history("e" * 12),
        "shown": ben.study.show(BEN.learner, "en"), "export": ben.learner_export(BEN.learner),
        "study export": ben.study.export(BEN.learner),
    }  # fmt: skip
    kept = own.study.store.items(BEN.learner)
    assert len(kept) == 2
    assert set(got["export"]["items"]) == set(kept), "the exercises are there"
    for item in kept.values():
        assert item["rationale"]
        for where, value in got.items():
            said = list(texts(value))
            assert item["rationale"] not in said, where
            assert not {"key", "rationale", "proof"} & {*said} - ({"key"} if "export" in where else set()), where
    assert all("key" not in item for item in got["export"]["items"].values())
    assert own.course.bank
    assert ben.course.bank == ()
    assert reach(own, TOM).course.bank == own.course.bank
    assert "key" in own.learner_export(BEN.learner)["items"][served["id"]], "the owner has all that is kept"


def test_a_teacher_sees_the_class_and_rules_on_disputes(own: Tutor) -> None:
    ana, tom = reach(own, ANA), reach(own, TOM)
    item = ana.study.serve(ANA.learner, "softmax", language="en")["id"]
    ana.study.answer(ANA.learner, item, "no idea")
    ana.study.dispute(ANA.learner, item, "it is wrong")
    assert ANA.learner in tom.study.learners()
    assert tom.study.show(ANA.learner, "en")["answers"] == 1
    assert {band["id"] for band in tom.learner_map.draw(ANA.learner, "en")["concepts"]} == set(own.course.concepts)
    assert [row["item"] for row in tom.study.disputes() if row["learner"] == ANA.learner] == [item]
    tom.study.rule(ANA.learner, item, wrong=True)


def test_what_a_person_checks_is_theirs_and_goes_with_them(own: Tutor) -> None:
    name = "0123456789abcdef"
    reach(own, ANA).check_desk.keep(ANA.learner, name, {"text": "my secret draft"})
    assert reach(own, ANA).check_desk.kept(ANA.learner, name)["text"] == "my secret draft"
    assert reach(own, BEN).check_desk.kept(BEN.learner, name)["text"] == ""
    assert reach(own, VISITOR).check_desk.kept("", name)["text"] == ""
    assert reach(own, ANA).check_desk.size(ANA.learner) > 0
    reach(own, ANA).learner_delete(ANA.learner)
    assert own.check_desk.kept(ANA.learner, name)["text"] == ""
    assert ANA.learner not in own.study.learners()


def test_the_owner_of_a_machine_has_the_tutor_itself(own: Tutor) -> None:
    assert reach(own, ALONE) is own
    assert isinstance(reach(own, TOM), Access)
    assert OWNER not in {role for person in PEOPLE.values() for role in person.roles}


# Who is who

CLAIMS: dict[str, Any] = {
    "iss": "https://id.example.edu", "sub": "42", "email": "Ana@Example.edu", "email_verified": True, "name": "Ana",
}  # fmt: skip
ROLES = Roles(teachers=["ana@example.edu"], researchers=["luis@example.edu"], members=["example.edu"])


@pytest.mark.parametrize(
    ("roles", "changes", "expected"),
    [
        (ROLES, {}, {STUDENT, TEACHER}),
        (ROLES, {"email": "luis@example.edu"}, {STUDENT, RESEARCHER}),
        (ROLES, {"email": "eva@example.edu"}, {STUDENT}),
        (ROLES, {"email": "ana@example.edu.evil.org"}, set()),
        (ROLES, {"email": "eva@sub.example.edu"}, set()),
        (ROLES, {"email_verified": False}, set()),
        (ROLES, {"email_verified": "true"}, set()),
        (ROLES, {"email": None}, set()),
        (ROLES, {"sub": ""}, set()),
        (ROLES, {"iss": None}, set()),
        (Roles(), {}, {STUDENT}),
        (Roles(), {"email": None, "email_verified": None}, {STUDENT}),
        (Roles(teachers=["ana@example.edu"]), {"email_verified": False}, {STUDENT}),
        (Roles(teachers=[""]), {"email": "", "email_verified": True}, {STUDENT}),
        (Roles(claim="groups", teacher_values=["staff"]), {"groups": ["staff", "all"]}, {STUDENT, TEACHER}),
        (Roles(claim="groups", teacher_values=["staff"]), {"groups": "staff"}, {STUDENT, TEACHER}),
        (Roles(claim="groups", teacher_values=["staff"]), {"groups": ["Staff"]}, {STUDENT}),
        (Roles(claim="groups", teacher_values=["staff"]), {"other": ["staff"]}, {STUDENT}),
        (Roles(claim="groups", researcher_values=["lab"]), {"groups": ["lab", 3]}, {STUDENT, RESEARCHER}),
    ],
)
def test_a_role_is_what_the_verified_token_and_the_file_say(
    roles: Roles, changes: dict[str, Any], expected: set[str]
) -> None:
    assert roles.person({**CLAIMS, **changes}).roles == expected


def test_a_learners_name_comes_from_the_subject_and_nothing_else() -> None:
    ana = ROLES.person(CLAIMS)
    assert ROLES.person({**CLAIMS, "email": "new@example.edu", "name": "Ana María"}).learner == ana.learner
    assert ROLES.person({**CLAIMS, "sub": "43"}).learner != ana.learner
    assert ROLES.person({**CLAIMS, "iss": "https://other.example"}).learner != ana.learner
    assert ana.learner.startswith("p-")
    assert ana.name == "Ana"


AUTH = """[auth]
redirect_uri = "http://127.0.0.1/oauth2callback"
cookie_secret = "s"
client_id = "c"
client_secret = "x"
server_metadata_url = "http://127.0.0.1/.well-known/openid-configuration"
"""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[auth", "class-unreadable"),
        ("\xff", "class-unreadable"),
        ("[roles]\nteachers = []", "class-without-sign-in"),
        (AUTH.replace('"s"', '""'), "class-without-sign-in"),
        (f'{AUTH}[roles]\nteachers = "ana@example.edu"', "class-roles"),
        (f'{AUTH}[roles]\nteacher = ["ana@example.edu"]', "class-roles"),
    ],
)
def test_a_file_with_faults_lets_nobody_in_and_says_why(tmp_path: Path, text: str, code: str) -> None:
    file = tmp_path / "class.toml"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(BadClass) as raised:
        read_roles(file)
    assert raised.value.code == code
    assert str(file) in raised.value.message("es")


def test_the_file_of_a_class(tmp_path: Path) -> None:
    file = tmp_path / "class.toml"
    assert read_roles(file) is None
    file.write_text(f'{AUTH}[roles]\nteachers = ["ana@example.edu"]\n')
    assert read_roles(file) == Roles(teachers=["ana@example.edu"])
