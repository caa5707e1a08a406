"""Inquiries in the app: made step by step, stopped, kept on the disk, opened again, taken away as files."""

import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from research_papers import papers_folder

from knowledge.errors import AteneaError, BadText, KnowledgeError
from tutor.errors import TutorError
from tutor.inquiry_desk import FILES, MOST_KEPT, InquiryDesk, Kind
from tutor.settings import Settings
from tutor.summaries.save import FORMATS
from tutor.tutor import Tutor

SOON = 60.0
ME = "me"
MEMORY = "How much memory does Tarn attention save on long documents?"
SAVES = "Tarn attention reduces memory use by 40 % on long documents."


@pytest.fixture(scope="module")
def own(tutor: Tutor, tmp_path_factory: pytest.TempPathFactory) -> Tutor:
    """A tutor whose library holds three papers."""
    other = Tutor(Settings(data_dir=tmp_path_factory.mktemp("own"), model="composer"))
    for part in ("course", "encoder", "verifier"):
        other.__dict__[part] = getattr(tutor, part)
    folder = papers_folder(tmp_path_factory)
    other.library_add([folder / f"{name}.md" for name in ("tarn", "report", "windows")])
    return other


@pytest.fixture
def desk(own: Tutor, tmp_path: Path) -> InquiryDesk:
    """A desk over that library that has kept nothing yet."""
    return InquiryDesk(tmp_path, own.desk, lambda: own.library)


@pytest.fixture(scope="module")
def titles(own: Tutor) -> dict[str, str]:
    return {entry.title: entry.id for entry in own.library.entries()}


def made(desk: InquiryDesk, inquiry: str) -> dict[str, Any]:
    assert desk.jobs.wait(str(desk._file(ME, inquiry)), SOON)
    found = desk.look(ME, inquiry)
    assert found["state"] == "done", found["error"]
    return found


def sentences(found: dict[str, Any]) -> list[str]:
    return [line["text"] for section in found["made"]["sections"] for line in section["sentences"]]


def test_a_question_is_answered_and_comes_back_after_a_restart(desk: InquiryDesk, own: Tutor, tmp_path: Path) -> None:
    inquiry = desk.ask(ME, "question", question=f"  {MEMORY} ")
    found = made(desk, inquiry)
    assert found["made"]["question"] == found["wish"].question == MEMORY
    assert SAVES in sentences(found)
    assert {line["verdict"] for part in found["made"]["sections"] for line in part["sentences"]} == {"supported"}
    again = InquiryDesk(tmp_path, own.desk, lambda: own.library)
    assert again.look(ME, inquiry)["made"] == found["made"]
    [row] = again.all(ME)
    assert (row["id"], row["wish"]) == (inquiry, found["wish"])


def test_documents_are_compared_side_by_side_by_aspects_and_words_of_ones_own(
    desk: InquiryDesk, titles: dict[str, str]
) -> None:
    chosen = [titles["Tarn attention for long documents"], titles["Memory of sparse patterns"]]
    found = made(desk, desk.ask(ME, "table", documents=chosen, aspects=["results", "memory"], language="es"))
    table = found["made"]["table"]
    assert (table["columns"], table["rows"]) == (["Resultados", "memory"], chosen)
    [line] = table["cells"][0][0]
    assert line["verdict"] == "supported"
    [number] = line["citations"]
    assert found["made"]["sources"][number - 1]["document"] == chosen[0]
    assert {one["id"] for one in found["made"]["documents"]} == set(chosen), "nothing else was looked at"
    assert found["wish"].titles == ("Tarn attention for long documents", "Memory of sparse patterns")


@pytest.mark.parametrize(("kind", "part"), [("summary", "aspect"), ("timeline", "event"), ("terms", "term")])
def test_one_document_is_put_in_short(desk: InquiryDesk, titles: dict[str, str], kind: Kind, part: str) -> None:
    chosen = titles["Tarn attention for long documents"]
    found = made(desk, desk.ask(ME, kind, documents=[chosen], language="en"))
    assert {section["kind"] for section in found["made"]["sections"]} <= {part}
    assert {source["document"] for source in found["made"]["sources"]} <= {chosen}
    assert kind == "timeline" or found["made"]["sections"]


def test_what_cannot_be_asked_is_refused_at_once(desk: InquiryDesk, tmp_path: Path) -> None:
    with pytest.raises(BadText):
        desk.ask(ME, "question", question="¿¡!?")
    with pytest.raises(KnowledgeError) as caught:
        desk.ask(ME, "table", documents=["nothing"])
    assert caught.value.code == "document-unknown"
    assert desk.all(ME) == []
    empty = Tutor(Settings(data_dir=tmp_path / "empty", model="composer"))
    with pytest.raises(KnowledgeError) as caught:
        empty.inquiry_desk.ask(ME, "question", question=MEMORY)
    assert caught.value.code == "library-empty"


@pytest.fixture
def halted(desk: InquiryDesk, monkeypatch: pytest.MonkeyPatch) -> tuple[Event, Event]:
    """(it has opened the documents, it may go on)."""
    opened, go_on = Event(), Event()
    whole: Callable[..., Any] = desk.desk.open

    def slowly(sources: Any) -> Any:
        opened.set()
        go_on.wait(SOON)
        return whole(sources)

    monkeypatch.setattr(desk.desk, "open", slowly)
    return opened, go_on


@pytest.mark.parametrize("kind", ["question", "terms"])
def test_it_tells_its_step_is_stopped_and_goes_on(
    desk: InquiryDesk, halted: tuple[Event, Event], own: Tutor, tmp_path: Path, kind: Kind
) -> None:
    opened, go_on = halted
    inquiry = desk.ask(ME, kind, question=MEMORY, language="en")
    assert opened.wait(SOON)
    now = desk.look(ME, inquiry)
    assert (now["state"], now["step"], now["made"]) == ("running", "open", None)
    desk.stop(ME, inquiry)
    go_on.set()
    assert desk.jobs.wait(str(desk._file(ME, inquiry)), SOON)
    assert (desk.look(ME, inquiry)["state"], desk.look(ME, inquiry)["made"]) == ("stopped", None)
    lost = InquiryDesk(tmp_path, own.desk, lambda: own.library)
    assert lost.look(ME, inquiry)["state"] == "stopped", "as it is when the process ends"
    lost.go_on(ME, inquiry)
    assert made(lost, inquiry)["step"] == "write"
    before = lost.look(ME, inquiry)["made"]
    lost.ask(ME, kind, question=MEMORY, language="en")
    lost.stop(ME, inquiry)
    assert made(lost, inquiry)["made"] == before, "whoever stops what is made anew has what was made before"


def test_a_failure_is_kept_for_who_looks(desk: InquiryDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.desk, "open", lambda _: (_ for _ in ()).throw(KnowledgeError("library-empty")))
    inquiry = desk.ask(ME, "terms")
    assert desk.jobs.wait(str(desk._file(ME, inquiry)), SOON)
    found = desk.look(ME, inquiry)
    assert (found["state"], found["error"].code, found["wish"].kind) == ("failed", "library-empty", "terms")


def test_every_format_is_taken_away_under_a_name_of_its_own(desk: InquiryDesk) -> None:
    assert set(FILES) == set(FORMATS)
    inquiry = desk.ask(ME, "question", question=MEMORY)
    found = made(desk, inquiry)
    stem = "how-much-memory-does-tarn-attention-save-on-long-documents"
    assert found["files"] == {
        "md": f"{stem}.md", "docx": f"{stem}.docx", "tex": f"{stem}.zip", "bib": f"{stem}.bib", "csl": f"{stem}.json",
        "ris": f"{stem}.ris", "csv": f"{stem}.csv", "jsonl": f"{stem}.jsonl",
    }  # fmt: skip
    content = {name: desk.take(ME, inquiry, name) for name in FILES}
    assert SAVES in content["md"].decode()
    with zipfile.ZipFile(BytesIO(content["tex"])) as packed:
        assert sorted(packed.namelist()) == [f"{stem}.bib", f"{stem}.tex"]
        assert f"\\bibliography{{{stem}}}" in packed.read(f"{stem}.tex").decode()
    assert {one["title"] for one in json.loads(content["csl"])} >= {"Tarn attention for long documents"}
    assert SAVES in content["csv"].decode("utf-8-sig")
    assert all(json.loads(line) for line in content["jsonl"].decode().splitlines())
    assert b"Lind" in content["bib"]
    assert b"Lind" in content["ris"]
    assert desk.take(ME, inquiry, "md", "ieee") != desk.take(ME, inquiry, "md", "apa")
    for wrong in ({"name": "exe"}, {"name": "md", "style": "no-such-style"}):
        with pytest.raises(AteneaError):
            desk.take(ME, inquiry, **wrong)


def test_each_has_their_own_and_only_what_is_there(desk: InquiryDesk, tmp_path: Path) -> None:
    inquiry = desk.ask(ME, "terms")
    made(desk, inquiry)
    assert desk.look("p-other", inquiry)["state"] == "none"
    assert desk.all("p-other") == desk.export("p-other") == []
    [whole] = json.loads(json.dumps(desk.export(ME)))
    assert (whole["id"], whole["wish"]["kind"]) == (inquiry, "terms")
    assert whole["made"] == desk.look(ME, inquiry)["made"]
    for name in ("", "../../x", "0" * 16, "x" * 16):
        assert desk.look(ME, name)["state"] == "none"
        for verb in (desk.go_on, lambda learner, one: desk.take(learner, one, "md")):
            with pytest.raises(TutorError) as caught:
                verb(ME, name)
            assert caught.value.code == "inquiry-unknown"
    desk._file(ME, inquiry).with_suffix(".summary").write_bytes(b'{"quest')
    assert desk.look(ME, inquiry)["state"] == "stopped", "what is damaged is made again"
    desk.remove(ME, inquiry)
    assert desk.look(ME, inquiry)["state"] == "none"
    desk.ask(ME, "timeline")
    desk.forget(ME)
    assert desk.all(ME) == []


def test_the_oldest_give_way(desk: InquiryDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.jobs, "start", lambda *_: None)
    asked = [desk.ask(ME, "question", question=f"What is Tarn {n}?") for n in range(MOST_KEPT + 2)]
    assert [row["id"] for row in desk.all(ME)] == asked[: -MOST_KEPT - 1 : -1]
