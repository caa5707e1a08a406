"""Starting the app: what Streamlit is told, who is warned, and what stops it."""

from pathlib import Path
from typing import Any

import pytest
from test_access import AUTH

from tutor import launch
from tutor.errors import BadClass


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would have been run; Streamlit itself is started by the end-to-end tests."""
    commands: list[list[str]] = []

    def call(command: list[str], env: dict[str, Any]) -> int:
        commands.append([*command, env.get("ATENEA_DATA_DIR", "")])
        return 0

    monkeypatch.setattr(launch.subprocess, "call", call)
    return commands


@pytest.mark.parametrize(
    ("host", "warned"),
    [("127.0.0.1", False), ("127.0.0.2", False), ("localhost", False), ("::1", False), ("0.0.0.0", True),
     ("192.168.1.20", True), ("atenea.example.edu", True)],
)  # fmt: skip
def test_who_lets_others_in_without_a_sign_in_is_told_so(
    started: list[list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str], host: str, warned: bool
) -> None:
    assert launch.launch_app(host, 8501, tmp_path) == 0
    said = capsys.readouterr().err
    assert (str(tmp_path / "class.toml") in said) is warned
    assert f"--server.address={host}" in started[0]
    assert not [option for option in started[0] if option.startswith("--secrets")]
    assert started[0][-1] == str(tmp_path)


def test_the_file_of_a_class_turns_the_sign_in_on(
    started: list[list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "class.toml").write_text(AUTH)
    launch.launch_app("0.0.0.0", 8501, tmp_path)
    assert f"--secrets.files={tmp_path / 'class.toml'}" in started[0]
    assert not capsys.readouterr().err


def test_a_sign_in_that_cannot_work_stops_the_start(
    started: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "class.toml").write_text("[roles]\n")
    with pytest.raises(BadClass, match="redirect_uri"):
        launch.launch_app("0.0.0.0", 8501, tmp_path)
    (tmp_path / "class.toml").write_text(AUTH)
    find = launch.find_spec
    monkeypatch.setattr(launch, "find_spec", lambda name: None if name == "authlib" else find(name))
    with pytest.raises(BadClass, match=r"atenea\[class\]"):
        launch.launch_app("0.0.0.0", 8501, tmp_path)
    assert not started
