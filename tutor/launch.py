"""Start the Streamlit app as a process of its own, bound to this machine unless told otherwise.

A data folder with a `class.toml` (tutor/people.py) has a sign-in: Streamlit reads its `[auth]` there. Where others can
reach the app and there is none, they are visitors, and whoever starts it is told so.
"""

import ipaddress
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tutor.command import notice, system_language
from tutor.errors import BadClass
from tutor.people import FILE, read_roles
from tutor.rendering import TEXTS
from tutor.settings import Settings

QUIET = {
    "browser.gatherUsageStats": "false",
    "runner.magicEnabled": "false",
    "runner.postScriptGC": "false",  # else all that a course is gets looked through after each click: 0.4 s
    "client.toolbarMode": "minimal",
    "server.fileWatcherType": "none",
}


def launch_app(host: str, port: int, data_dir: Path | None) -> int:
    """Run the app until it is stopped; its exit code. Raises `BadClass`: its sign-in cannot be used."""
    spec = find_spec("ui")
    assert spec is not None
    assert spec.submodule_search_locations
    script = Path(next(iter(spec.submodule_search_locations))) / "app.py"
    settings = Settings(data_dir=data_dir) if data_dir else Settings()
    chosen = {
        **QUIET, "server.address": host, "server.port": port, "theme.base": script.with_name("theme.toml"),
        **_sign_in(settings.data_dir / FILE, host),
    }  # fmt: skip
    options = [f"--{name}={value}" for name, value in chosen.items()]
    if not os.environ.get("DISPLAY") and sys.platform == "linux":
        options.append("--server.headless=true")
    environment = {**os.environ, **({"ATENEA_DATA_DIR": str(data_dir)} if data_dir else {})}
    command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
    try:
        return subprocess.call(command, env=environment)  # noqa: S603  our own interpreter and script
    except KeyboardInterrupt:
        return 0


def _sign_in(file: Path, host: str) -> dict[str, Path]:
    """The option that turns the sign-in on, where there is one to turn on."""
    if read_roles(file) is None:
        if not is_this_machine(host):
            notice(TEXTS.text("open-to-others", system_language(), host=host, file=file))
        return {}
    if find_spec("authlib") is None:
        raise BadClass("class-without-authlib", path=file)
    return {"secrets.files": file}


def is_this_machine(host: str | None) -> bool:
    """Whether a host is named as only this machine can be."""
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
