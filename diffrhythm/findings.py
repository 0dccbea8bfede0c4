"""What the lint has to say about one place in a lyric, and the edits that would mend it."""

from __future__ import annotations

from dataclasses import dataclass

from diffrhythm.edits import Edit, as_json

ERROR = "error"  # something is not sung
WARNING = "warning"  # it is sung, and not as it is written
HINT = "hint"  # it may sound odd

KINDS = (
    "broken", "untimed", "language", "characters", "joined", "long", "start", "late", "truncated", "past-end",
    "dropped", "gap", "dense", "upstream",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing at one place: line from 1, columns from 0. `fix` mends it when all its edits are applied."""

    kind: str
    severity: str
    line: int
    start: int
    end: int
    message: str
    fix: tuple[Edit, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return it as plain values, for programs."""
        return {
            "kind": self.kind,
            "severity": self.severity,
            "line": self.line,
            "start": self.start,
            "end": self.end,
            "message": self.message,
            "fix": [as_json(edit) for edit in self.fix],
        }
