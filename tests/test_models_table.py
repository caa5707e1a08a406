"""The table of models says where each figure is from, and which of them a given memory holds."""

import re
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

from knowledge.errors import BadIndex
from tutor.doctor import SERVERS, examination, local_models
from tutor.known_models import AT_ONCE, ROOM, SYSTEM, KnownModel, fitting, known_models
from tutor.machine import Memory, memory
from tutor.tutor import Tutor

ORDER = ("4-bit", "8-bit", "bf16")
PROGRAMS = {"Ollama": "ollama run ", "llama.cpp": "llama-server -hf ", "vLLM": "vllm serve "}


@pytest.mark.parametrize("model", known_models(), ids=lambda model: model.name)
def test_a_row_is_whole_and_has_its_source(model: KnownModel) -> None:
    assert model.source.startswith("https://")
    assert re.fullmatch(r"20\d\d-\d\d", model.read)
    assert model.licence
    assert model.languages
    assert model.context >= 8
    assert list(model.gigabytes) == [name for name in ORDER if name in model.gigabytes]  # the finest last
    assert list(model.gigabytes.values()) == sorted(model.gigabytes.values())
    assert all(model.gigabytes[name] == pytest.approx(2 * model.parameters, abs=0.1) for name in model.computed)
    assert 0 <= model.active < model.parameters
    assert model.get
    assert all(command.startswith(PROGRAMS[server]) for server, command in model.get.items())


def test_names_come_once_and_servers_are_those_that_atenea_finds() -> None:
    names = [model.name for model in known_models()]
    assert len(set(names)) == len(names)
    servers = {row["name"] for row in tomllib.loads(SERVERS.read_text(encoding="utf-8"))["server"]}
    assert set(PROGRAMS) <= servers


@pytest.mark.parametrize(
    ("found", "first"),
    [
        (Memory(16, 8.6), ("Qwen3.5 9B", "4-bit")),
        (Memory(32, 17.2), ("Gemma 4 26B-A4B", "4-bit")),
        (Memory(64, 25.8), ("Qwen3.5 35B-A3B", "4-bit")),
        (Memory(128, 85.0), ("ALIA 40B", "bf16")),
        (Memory(8.3, 0), ("Qwen3.5 2B", "4-bit")),
        (Memory(16.5, 0), ("Gemma 4 E4B", "4-bit")),
        (Memory(34, 0), ("Qwen3.5 35B-A3B", "4-bit")),
    ],
)
def test_the_most_able_model_that_fits_goes_first(found: Memory, first: tuple[str, str]) -> None:
    best = fitting(found)[0]
    assert (best.model.name, best.precision) == first


def made(**sizes: float) -> KnownModel:
    return KnownModel(
        "M", "M", 10.0, {name.replace("four", "4-bit"): size for name, size in sizes.items()}, 8, "2", "MIT",
        "https://a", "2026-11", {"Ollama": "ollama run m", "vLLM": "vllm serve m"},
    )  # fmt: skip


def test_the_finest_precision_that_fits_is_taken_to_the_last_tenth() -> None:
    model = made(four=4.0, bf16=9.0)
    gpu = [[fit.precision for fit in fitting(Memory(8, size), (model,))] for size in (4.0 + ROOM - 0.1, 4.0 + ROOM)]
    assert gpu == [[], ["4-bit"]]
    assert [fit.precision for fit in fitting(Memory(8, 9.0 + ROOM), (model,))] == ["bf16"]
    assert fitting(Memory(4.0 + ROOM + SYSTEM - 0.1, 0), (model,)) == []
    assert [fit.precision for fit in fitting(Memory(200, 0), (model,))] == ["4-bit"]  # bf16 is above AT_ONCE
    assert 4.0 < AT_ONCE < 9.0
    assert fitting(Memory(0, 0)) == []


def test_the_command_is_for_a_server_that_has_the_precision() -> None:
    assert fitting(Memory(8, 8), (made(four=4.0),))[0].command == "ollama run m"
    assert fitting(Memory(8, 20), (made(bf16=16.0),))[0].command == "vllm serve m"
    assert fitting(Memory(8, 20), (made(**{"8-bit": 9.0}),)) == []


def test_the_doctor_says_what_fits_and_how_to_get_it_in_both_languages() -> None:
    told = local_models(Memory(16.5, 0)).as_dict("en")
    assert (told["name"], told["ok"]) == ("local models", True)
    assert told["detail"].startswith("This machine has 16.5 GB of memory and no GPU")
    assert "Gemma 4 E4B (4-bit, 4.5 GB)" in told["detail"]
    assert told["hint"] == "To get Gemma 4 E4B: ollama run gemma4:e4b"
    assert told["models"][0]["command"] == "ollama run gemma4:e4b"
    assert local_models(Memory(16.5, 0)).as_dict("es")["hint"] == "Para tener Gemma 4 E4B: ollama run gemma4:e4b"
    gpu = local_models(Memory(32, 17.2)).as_dict("es")
    assert gpu["detail"].startswith("Este equipo tiene una GPU de 17.2 GB y 32.0 GB")
    assert re.search(r"; y \d+ más\.$", gpu["detail"])
    assert len(gpu["models"]) > 4 > len(local_models(Memory(8.3, 0)).more["models"])
    for nothing in (local_models(Memory(main, 0)).as_dict("en") for main in (4, 0)):
        assert (nothing["hint"], nothing["models"]) == ("", [])
        assert "No model" in nothing["detail"]


def test_this_machines_memory_is_what_the_system_says() -> None:
    info = Path("/proc/meminfo")
    if not info.exists():
        pytest.skip("no /proc/meminfo here")
    total = int(re.search(r"MemTotal:\s+(\d+)", info.read_text())[1]) * 1024 / 1e9  # type: ignore[index]
    assert 0 < memory().main <= total + 0.1


def test_a_gpu_is_found_by_nvidias_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text('#!/bin/sh\ncase "$*" in *memory.total*) printf "8192\\n81559\\n";; esac\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setitem(sys.modules, "torch", None)  # which would be asked first where it is loaded
    assert memory().gpu == pytest.approx(85.52, abs=0.01)
    tool.write_text("#!/bin/sh\necho no driver; exit 9\n")
    assert memory().gpu == 0


def test_what_is_amiss_is_said_with_its_mend_in_both_languages(tutor: Tutor, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(_: object) -> None:
        raise BadIndex("index-damaged", path="index", reason="cut")

    monkeypatch.setattr("tutor.doctor.shutil.disk_usage", lambda _: SimpleNamespace(free=2e8))
    monkeypatch.setattr("tutor.doctor.check_whole", damaged)
    found = {check.name: check for check in examination(tutor)}
    assert {name for name, check in found.items() if not check.ok} == {"disk", "index"}
    for language, free in (("en", "only 0.2 GB free"), ("es", "solo quedan 0.2 GB libres")):
        disk, index = (found[name].as_dict(language) for name in ("disk", "index"))
        assert disk["detail"].startswith(free)
        assert index["detail"] == BadIndex("index-damaged", path="index", reason="cut").message(language)
        assert disk["hint"]
        assert index["hint"]
        assert found["course"].as_dict(language)["hint"] == ""
