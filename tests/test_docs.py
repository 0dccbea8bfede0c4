"""The documents are true: what exists has its line, and what has a line exists."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from musicgen_web import errors
from musicgen_web.doctor import Patient, examine
from musicgen_web.limits import LIMITS
from musicgen_web.server import BACKSTOP_SECONDS, OPEN_FILES
from musicgen_web.settings import LATER, PREFIX, TABLE, Settings
from musicgen_web.web.api.wishes import SongWish
from tests.support.site import site

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("setting", TABLE, ids=lambda setting: setting.name)
def test_every_setting_has_its_line_with_its_default(setting) -> None:  # type: ignore[no-untyped-def]
    line = next(
        (line for line in text("docs/configuration.md").splitlines() if line.startswith(f"| `{setting.name}` |")), ""
    )
    assert line, f"docs/configuration.md has no line for {setting.name}"
    default = getattr(Settings(), setting.field)
    shown = "empty" if default == () else f"{default:g}" if isinstance(default, float) else str(default)
    assert shown in line.split("|")[2]


def test_every_setting_in_the_documents_exists() -> None:
    known = {setting.name for setting in TABLE} | {PREFIX + name for name in LATER}
    for path in [ROOT / "README.md", *DOCS.rglob("*.md"), ROOT / "SECURITY.md"]:
        assert set(re.findall(r"MUSICGEN_[A-Z_]+[A-Z]", path.read_text(encoding="utf-8"))) <= known, path


def error_classes(kind: type[errors.MusicGenError] = errors.MusicGenError) -> set[str]:
    return {kind.code} | {code for sub in kind.__subclasses__() for code in error_classes(sub)}


def test_every_error_code_has_its_line() -> None:
    codes = error_classes() | {"INVALID_PROMPT", "INVALID_LYRICS"}
    listed = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)*)`", text("docs/api.md").split("## Error codes")[1]))
    assert codes == listed


def test_every_route_has_its_line(tmp_path: Path) -> None:
    documents = text("docs/api.md") + text("docs/tour.md")
    paths = {re.sub(r"\{(\w+?)(?:_id)?:\w+\}", "{id}", route.path) for route in site(tmp_path).door.app.routes}  # type: ignore[attr-defined]
    told = sorted(path for path in paths if "audio." not in path or path.endswith("audio.flac"))
    assert [path for path in told if path not in documents] == []


def test_every_field_of_a_song_request_has_its_line_with_its_limits() -> None:
    table = text("docs/api.md").split("`POST /generate` takes")[1].split("\n\n")[1]
    rows = {line.split("`")[1]: line for line in table.splitlines() if "`" in line}
    fields = msgspec.json.schema_components([SongWish])[1]["SongWish"]["properties"]
    assert set(rows) == set(fields)
    for name, field in fields.items():
        limits = field.get("anyOf", [field])[0]
        for limit in ("minimum", "maximum", "maxLength"):
            if limit in limits:
                assert re.search(rf"\b{limits[limit]:,.0f}\b".replace(",", " ?"), rows[name]), f"{name}: {limit}"


def test_every_command_has_its_line() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "musicgen_web", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    commands = re.findall(r"^ {4}(\w+) ", shown.stdout, re.MULTILINE)
    assert {"serve", "generate", "doctor", "health"} <= set(commands)
    for command in commands:
        assert f"musicgen {command}" in text("README.md") + text("docs/operating.md")


def test_the_doctors_limits_are_those_of_the_table() -> None:
    section = text("docs/operating.md").split("## The doctor")[1].split("\n## ")[0]
    table = section.split("| limit |")[1]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line[:2] == "| "]
    told = [row for row in rows if row[0] not in ("---", "") and row[0] != "warning below"]
    assert told == [[limit.name, str(limit.warning), str(limit.problem or "–"), limit.unit] for limit in LIMITS]


def test_every_finding_of_the_doctor_has_its_line() -> None:
    section = text("docs/operating.md").split("## The doctor")[1].split("\n## ")[0]
    listed = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    report = examine(Patient(settings=Settings(), environment={"CUDA_VISIBLE_DEVICES": ""}, is_serving=True))
    assert sorted(listed) == sorted(finding.name for finding in report.findings)


def test_the_readme_is_short_and_its_commands_are_the_makefiles() -> None:
    readme = text("README.md")
    assert len(readme.splitlines()) <= 120
    makefile = text("Makefile")
    for target in re.findall(r"make (\w+)", readme):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target}"


@pytest.mark.parametrize(
    "path", sorted([ROOT / "README.md", ROOT / "SECURITY.md", *DOCS.rglob("*.md")]), ids=lambda path: path.name
)
def test_every_link_to_a_file_leads_to_one(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_every_word_of_the_glossary_is_explained() -> None:
    tour = text("docs/tour.md")
    for word in (
        "song request",
        "job",
        "take",
        "track",
        "engine",
        "worker",
        "dispatcher",
        "stage",
        "peaks",
        "event",
        "seed",
    ):
        assert f"**{word}**" in tour


@cache
def known_tests() -> set[str]:
    """Every test as the documents name it: its file below tests/ and its name."""
    found = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                found.add(f"{path.relative_to(ROOT / 'tests').as_posix()}::{node.name}")
    return found


def named_in(part: str) -> list[str]:
    return re.findall(r"`([\w/]+\.py::\w+)`", part)


def rows(section: str) -> list[list[str]]:
    """The rows of all tables of a section, their headings left out."""
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    heads = {line for line, below in pairwise(lines) if below.startswith("| ---")}
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in lines
        if line not in heads and not line.startswith("| ---")
    ]


def section(name: str, title: str) -> str:
    return text(name).split(f"\n## {title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("name", ["docs/operating.md", "SECURITY.md", "docs/hosting.md"])
def test_every_test_that_the_documents_name_exists(name: str) -> None:
    assert not set(named_in(text(name))) - known_tests()


def test_operating_opens_with_a_checklist_whose_every_line_is_shown() -> None:
    opening = re.findall(r"^## (.+)$", text("docs/operating.md"), re.MULTILINE)[0]
    lines = rows(section("docs/operating.md", opening))
    assert opening == "Before others rely on it" and 10 <= len(lines) <= 16
    report = examine(Patient(settings=Settings(), environment={"CUDA_VISIBLE_DEVICES": ""}, is_serving=True))
    findings = {finding.name for finding in report.findings}
    for act, reason, shown in lines:
        assert act and reason and (named_in(shown) or "doctor: " in shown), act
        assert set(re.findall(r"doctor: `(\w+)`", shown)) <= findings, act


def words_of_the_program() -> str:
    """Every text that the program can say, one a line; what an f-string fills in is a gap."""
    said = []
    for path in [*(ROOT / "musicgen_web").rglob("*.py"), *(ROOT / "templates").rglob("*.html")]:
        source = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            said.append(source)
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.JoinedStr):
                parts = (part.value if isinstance(part, ast.Constant) else "\n" for part in node.values)
                said.append("".join(str(part) for part in parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                said.append(node.value)
    return "\n".join(said)


def test_every_trouble_was_tried_and_its_words_are_the_programs() -> None:
    said = words_of_the_program()
    troubles = rows(section("docs/operating.md", "When something goes wrong"))
    assert len(troubles) >= 30
    for sees, cause, act, tried in troubles:
        assert sees and cause and act
        assert named_in(tried) or tried.startswith("by hand") or "not tried here" in tried, sees
        for quoted in re.findall("“(.+?)”", sees):
            for words in quoted.split("…"):
                assert words.strip() in said, f"nobody says {words!r}"


@pytest.mark.parametrize(
    ("name", "title"),
    [("docs/operating.md", "What you can rely on"), ("SECURITY.md", "What the server promises today")],
)
def test_every_promise_names_the_tests_that_keep_it(name: str, title: str) -> None:
    promises = re.split(r"^- ", section(name, title), flags=re.MULTILINE)[1:]
    assert len(promises) >= 12
    for promise in promises:
        assert named_in(promise), promise


def service_file() -> str:
    return re.findall(r"```ini\n(.+?)```", text("docs/hosting.md"), re.DOTALL)[0]


def test_the_service_file_gives_more_time_than_the_grace() -> None:
    given = dict(re.findall(r"^(\w+)=(.*)$", service_file(), re.MULTILINE))
    assert float(given["TimeoutStopSec"]) >= Settings().shutdown_grace_seconds + BACKSTOP_SECONDS + 5
    assert int(given["LimitNOFILE"]) == OPEN_FILES
    names = set(re.findall(r"^Environment=(\w+)=", service_file(), re.MULTILINE))
    assert names <= {setting.name for setting in TABLE}


def test_systemd_finds_no_fault_in_the_service_file(tmp_path: Path) -> None:
    if not (analyse := shutil.which("systemd-analyze")):
        pytest.skip("there is no systemd-analyze here")
    unit = tmp_path / "musicgen.service"
    program = "/opt/musicgen/.venv/bin/musicgen"
    unit.write_text(service_file().replace(program, sys.executable))
    told = subprocess.run([analyse, "verify", str(unit)], capture_output=True, text=True, check=False)
    if "Failed to setup working directory" in told.stderr or "Failed to initialize manager" in told.stderr:
        pytest.skip(f"systemd cannot look at a file here: {told.stderr.strip()}")
    assert program in service_file()
    assert "musicgen.service" not in told.stderr, told.stderr
