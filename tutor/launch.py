"""Start the Streamlit app as a process of its own, bound to this machine unless told otherwise."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

QUIET = {
    "browser.gatherUsageStats": "false",
    "runner.magicEnabled": "false",
    "client.toolbarMode": "minimal",
    "server.fileWatcherType": "none",
}


def launch_app(host: str, port: int, data_dir: Path | None) -> int:
    """Run the app until it is stopped; its exit code."""
    spec = find_spec("ui")
    assert spec is not None
    assert spec.submodule_search_locations
    script = Path(next(iter(spec.submodule_search_locations))) / "app.py"
    chosen = {**QUIET, "server.address": host, "server.port": port, "theme.base": script.with_name("theme.toml")}
    options = [f"--{name}={value}" for name, value in chosen.items()]
    if not os.environ.get("DISPLAY") and sys.platform == "linux":
        options.append("--server.headless=true")
    environment = {**os.environ, **({"ATENEA_DATA_DIR": str(data_dir)} if data_dir else {})}
    command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
    try:
        return subprocess.call(command, env=environment)  # noqa: S603  our own interpreter and script
    except KeyboardInterrupt:
        return 0
