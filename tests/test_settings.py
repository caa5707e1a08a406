"""Settings come from the environment or from the call, and need no file."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from knowledge.course import BUNDLED_COURSE
from tutor.settings import Settings


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No ATENEA_* variable of the person who runs the tests."""
    import os

    for name in [name for name in os.environ if name.startswith("ATENEA_")]:
        monkeypatch.delenv(name)


def test_the_defaults_need_nothing() -> None:
    settings = Settings()
    assert settings.model == "auto"
    assert settings.language == "auto"
    assert settings.course == BUNDLED_COURSE
    assert "atenea" in str(settings.data_dir).lower()
    assert settings.max_question < settings.max_text


def test_the_environment_is_heard_and_the_call_goes_before_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ATENEA_DATA_DIR", str(tmp_path / "env"))
    monkeypatch.setenv("ATENEA_MODEL", "composer")
    monkeypatch.setenv("ATENEA_MAX_QUESTION", "10")
    monkeypatch.setenv("ATENEA_NO_SUCH_SETTING", "x")
    assert Settings().data_dir == tmp_path / "env"
    assert Settings().model == "composer"
    assert Settings().max_question == 10
    assert Settings(data_dir=tmp_path).data_dir == tmp_path


def test_everything_of_a_person_lies_in_the_data_folder(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    for place in (settings.library_dir, settings.threads_file):
        assert place.is_relative_to(tmp_path)
    assert not settings.cache_dir.is_relative_to(tmp_path), "what can be made again is shared"


def test_a_wrong_value_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATENEA_MAX_QUESTION", "many")
    with pytest.raises(ValidationError, match="max_question"):
        Settings()
