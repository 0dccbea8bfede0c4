"""Get this folder ready to run or to be tested: python3 scripts/prepare.py run|test|lint|gallery (the Makefile does).

It needs nothing but Python. It makes .venv, installs what constraints.txt pins, and remembers that, so the next call is
done at once. It also runs on a Python that is too old for the program, to say so in words.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = VENV / "prepared.json"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
NEEDED = (3, 11)
BUILDERS = ("hatchling", "editables")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

MODEL_SIZE = {"Darwin": "about 200 MB", "Linux": "up to 3 GB"}  # what is fetched for the extra `model`


def main(goal: str) -> int:
    extras = wanted(goal, os.environ.get("MODEL", ""), has_gpu)
    problem = unusable_python(sys.version_info[:2])
    if problem:
        say(problem)
        return 1
    if not is_prepared(extras):
        say(f"Setting up in .venv with Python {platform.python_version()}: about 150 MB to fetch, a minute or two.")
        if "model" in extras:
            size = MODEL_SIZE.get(platform.system(), "about 300 MB")
            say(f"With PyTorch and the other parts of DiffRhythm: {size} more. (MODEL=0 leaves them out.)")
        if not make_venv() or not install(extras | installed_extras()):
            return 1
        say("Everything is installed.")
        if goal == "run" and "model" not in extras:
            say("DiffRhythm is left out: no NVIDIA GPU or Apple silicon was seen. (MODEL=1 installs it all the same.)")
    if goal == "test":
        find_browser()
    return 0


def wanted(goal: str, model: str, has_gpu) -> set[str]:  # type: ignore[no-untyped-def]  # older Pythons read this too
    """Return the extras to install; MODEL=0 and MODEL=1 have the last word on the model."""
    extras = {"run": set(), "gallery": {"test", "gallery"}}.get(goal, {"test"})
    by_itself = goal == "test" or (goal == "run" and model == "" and has_gpu())
    return extras | {"model"} if model != "0" and (model == "1" or by_itself) else extras


def has_gpu() -> bool:
    """Ask whether an NVIDIA GPU or Apple silicon is there."""
    if platform.system() == "Darwin":
        return platform.machine() == "arm64"
    asked = shutil.which("nvidia-smi")
    return bool(asked) and subprocess.run([asked, "-L"], capture_output=True, check=False).stdout.startswith(b"GPU")


def unusable_python(version: tuple[int, ...]) -> str:
    """Say what is wrong with this Python; nothing when it will do."""
    if version < NEEDED:
        found = ".".join(map(str, version))
        return f"Python {found} is too old: 3.11 or newer is needed. (make PYTHON=python3.12 … takes another one.)"
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        package = f"python{version[0]}.{version[1]}-venv"
        return f"Python lacks its module ensurepip. On Debian and Ubuntu: sudo apt-get install {package}"
    return ""


def make_venv() -> bool:
    """Make .venv, unless a working one of the same Python is there."""
    is_same = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    if PYTHON.exists() and run([PYTHON, "-c", is_same], quiet=True):
        return True
    if run([sys.executable, "-m", "venv", "--clear", VENV]):
        return True
    say("Making .venv failed; what Python said is above.")
    return False


def install(extras: set[str]) -> bool:
    """Install the program as editable, with the pinned versions, and remember it."""
    STAMP.unlink(missing_ok=True)
    is_long = "model" in extras and sys.stdout.isatty()  # gigabytes in silence look like a hang
    options = ["--disable-pip-version-check", "--constraint", "constraints.txt"]
    pip = [PYTHON, "-m", "pip", "install", *options, *([] if is_long else ["-qq"])]
    what = f".[{','.join(sorted(extras))}]" if extras else "."
    if not (run([*pip, *BUILDERS]) and run([*pip, "--no-build-isolation", "--editable", what])):
        say("The installation did not finish; what pip said is above. Run it again: what was fetched is kept.")
        return False
    STAMP.write_text(json.dumps({"of": fingerprint(), "extras": sorted(extras)}), encoding="utf-8")
    return True


def is_prepared(extras: set[str]) -> bool:
    return PYTHON.exists() and remembered().get("of") == fingerprint() and extras <= installed_extras()


def installed_extras() -> set[str]:
    return set(remembered().get("extras", []))


def remembered() -> dict:  # type: ignore[type-arg]
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def fingerprint() -> str:
    """Return what the installation depends on: the two lists, this Python and this folder."""
    parts = [(ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt")]
    return hashlib.sha256(b"\0".join([*parts, sys.version.encode(), str(ROOT).encode()])).hexdigest()


def find_browser() -> None:
    """See that there is a Chromium for the browser tests; install Debian's where that is allowed, else say it."""
    if any(map(shutil.which, BROWSERS)):
        return
    apt = shutil.which("apt-get")
    if apt and hasattr(os, "geteuid") and os.geteuid() == 0:
        say("Installing Chromium for the browser tests (about 100 MB to fetch).")
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        packages = ["chromium", "fonts-liberation"]
        if run([apt, "update", "-qq"], quiet=True) and run([apt, "install", "-y", "-qq", *packages], quiet=True):
            return
    say("The browser tests will be skipped: there is no Chromium. On Debian: sudo apt-get install chromium")


def run(command: list, *, quiet: bool = False) -> bool:  # type: ignore[type-arg]
    silence = subprocess.DEVNULL if quiet else None
    return (
        subprocess.run(
            [str(part) for part in command], cwd=ROOT, stdout=silence, stderr=silence, check=False
        ).returncode
        == 0
    )


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
