"""A weight file is opened only while it is the file that was trusted the first time."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from diffrhythm.errors import CheckpointError, ModelNotLoadedError, UntrustedFileError
from diffrhythm.trust import BLOCK, RECORD_NAME, FileRecord, read_record, trusted, write_record

WEIGHTS = bytes(range(256)) * 8_192 + b"end"  # two blocks and a little


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "vae_model.pt"
    path.write_bytes(WEIGHTS)
    return path


@pytest.fixture
def recorded(file: Path) -> Path:
    with trusted(file, trust_files=True):
        pass
    return file


def opened(path: Path, **how: object) -> bytes:
    with trusted(path, **how) as file:  # type: ignore[arg-type]
        return file.read()


def test_the_first_opening_must_be_asked_for_and_the_error_says_how(file: Path) -> None:
    with pytest.raises(UntrustedFileError, match="trust_files=True") as refused:
        opened(file)
    assert str(file) in str(refused.value) and "trust_files=True" in refused.value.recovery
    assert refused.value.code == "MODEL_NOT_LOADED"
    assert list(file.parent.iterdir()) == [file], "and nothing is recorded"


def test_the_first_opening_records_size_and_hash_and_the_next_needs_no_leave(file: Path) -> None:
    assert opened(file, trust_files=True) == WEIGHTS
    entry = json.loads((file.parent / RECORD_NAME).read_text())["files"]["vae_model.pt"]
    assert (entry["size"], entry["sha256"]) == (len(WEIGHTS), hashlib.sha256(WEIGHTS).hexdigest())
    assert entry["recorded_at"].endswith("+00:00")
    assert (file.parent / RECORD_NAME).stat().st_mode & 0o777 == 0o644, "a service may read what its owner trusted"
    assert opened(file) == WEIGHTS


@pytest.mark.parametrize("leave", [False, True])
@pytest.mark.parametrize(
    ("changed", "what"),
    [(WEIGHTS[:-1], "bytes as recorded"), (b"", "bytes as recorded"), (b"x" + WEIGHTS[1:], "SHA-256")],
    ids=["truncated", "empty", "tampered"],
)
def test_a_changed_file_is_refused_whoever_asks(recorded: Path, changed: bytes, what: str, leave: bool) -> None:
    before = (recorded.parent / RECORD_NAME).read_bytes()
    recorded.write_bytes(changed)
    with pytest.raises(UntrustedFileError, match=what) as refused:
        opened(recorded, trust_files=leave)
    found = f"{len(changed)}" if "bytes" in what else hashlib.sha256(changed).hexdigest()
    assert refused.value.problems == (found,) and refused.value.path == recorded
    assert (recorded.parent / RECORD_NAME).read_bytes() == before


def test_files_that_changed_places_are_refused(recorded: Path) -> None:
    other = recorded.with_name("cfm_model.pt")
    other.write_bytes(WEIGHTS[::-1])
    opened(other, trust_files=True)
    recorded.rename(recorded.with_name("aside"))
    other.rename(recorded)
    with pytest.raises(UntrustedFileError, match="SHA-256"):
        opened(recorded)


def test_a_record_of_one_file_says_nothing_of_another(recorded: Path) -> None:
    other = recorded.with_name("other.pt")
    other.write_bytes(WEIGHTS)
    with pytest.raises(UntrustedFileError, match="trust_files"):
        opened(other)
    opened(other, trust_files=True)
    assert set(read_record(recorded.parent / RECORD_NAME)) == {"vae_model.pt", "other.pt"}


def test_a_link_out_of_the_folder_is_followed_and_recorded_where_the_link_is(file: Path) -> None:
    snapshot = file.parent / "snapshots"
    snapshot.mkdir()
    link = snapshot / "vae_model.pt"
    link.symlink_to(file)
    opened(link, trust_files=True)
    assert (snapshot / RECORD_NAME).exists() and not (file.parent / RECORD_NAME).exists()
    assert opened(link) == WEIGHTS
    file.write_bytes(WEIGHTS[::-1])
    with pytest.raises(UntrustedFileError):
        opened(link)


def test_a_name_turned_to_another_file_meanwhile_does_not_reach_the_reader(recorded: Path) -> None:
    moved, foreign = recorded.with_name("moved"), recorded.with_name("foreign")
    foreign.write_bytes(b"x" * len(WEIGHTS))

    def turn(done: int, size: int) -> None:
        if foreign.exists():
            os.link(recorded, moved)
            foreign.replace(recorded)

    read = b""
    with pytest.raises(UntrustedFileError, match="at rest"), trusted(recorded, on_bytes=turn) as file:
        read = file.read()  # the links of the trusted file were counted anew, which its times tell
    assert read == WEIGHTS


def test_bytes_written_while_the_file_is_open_are_noticed_before_it_is_used(recorded: Path) -> None:
    used = False
    with pytest.raises(UntrustedFileError, match="at rest"):
        with trusted(recorded) as file:
            with recorded.open("r+b") as writer:
                writer.write(b"x")
            file.read()
        used = True
    assert not used


def test_a_file_that_could_not_be_used_is_not_recorded(file: Path) -> None:
    with pytest.raises(ValueError, match="no weights"), trusted(file, trust_files=True):
        raise ValueError("no weights")
    assert list(file.parent.iterdir()) == [file]


def test_hashing_goes_by_blocks_tells_how_far_and_can_be_stopped(recorded: Path) -> None:
    told: list[tuple[int, int]] = []
    with trusted(recorded, on_bytes=lambda done, size: told.append((done, size))):
        pass
    assert told == [(min(at * BLOCK, len(WEIGHTS)), len(WEIGHTS)) for at in (1, 2, 3)]

    def stop(done: int, size: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError), trusted(recorded, on_bytes=stop):
        pytest.fail("never opened")


def test_a_record_that_cannot_be_written_is_said_and_leaves_no_half(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("diffrhythm.whole_files.tempfile.mkstemp", refuse)
    with pytest.raises(CheckpointError, match="Read-only file system") as refused:
        opened(file, trust_files=True)
    assert "record=" in str(refused.value) and list(file.parent.iterdir()) == [file]
    monkeypatch.undo()
    monkeypatch.setattr("diffrhythm.whole_files.os.fsync", refuse)
    with pytest.raises(CheckpointError, match="Read-only file system"):
        opened(file, trust_files=True)
    assert list(file.parent.iterdir()) == [file]


def test_the_record_may_stand_elsewhere(file: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    record = tmp_path_factory.mktemp("state") / "record.json"
    opened(file, trust_files=True, record=record)
    assert opened(file, record=record) == WEIGHTS
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{", '{"files": []}', '{"files": {"vae_model.pt": {}}}', "[" * 90_000, "\xff",
        '{"files": {"vae_model.pt": {"size": "1", "sha256": "' + "0" * 64 + '", "recorded_at": ""}}}',
        '{"files": {"vae_model.pt": {"size": 1, "sha256": "", "recorded_at": ""}}}',
    ],
    ids=range(9),
)  # fmt: skip
def test_a_broken_record_is_refused_and_not_taken_for_none(file: Path, text: str) -> None:
    (file.parent / RECORD_NAME).write_text(text, encoding="latin-1")
    with pytest.raises(CheckpointError, match="a record of trusted files"):
        opened(file, trust_files=True)


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "folder.pt").mkdir()
    os.mkfifo(tmp_path / "pipe.pt")
    for name in ("folder.pt", "pipe.pt"):
        with pytest.raises(CheckpointError, match=f"{name}.*something else"):
            opened(tmp_path / name, trust_files=True)
    with pytest.raises(ModelNotLoadedError, match=r"none\.pt: there is no such file"):
        opened(tmp_path / "none.pt", trust_files=True)


def test_a_record_survives_being_written_and_read(tmp_path: Path) -> None:
    files = {"b": FileRecord(1, "0" * 64, "then"), "a": FileRecord(2, "f" * 64, "now")}
    write_record(tmp_path / "record", files)
    assert read_record(tmp_path / "record") == files
