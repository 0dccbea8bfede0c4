"""How a worker died, in words for people."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

KILLED = 9
STOPPED_FROM_OUTSIDE = (1, 2, 15)  # hang-up, interrupt, terminate


def cause(exitcode: int | None, *, out_of_memory: bool = False) -> tuple[str, str]:
    """Return the code and the words for an exit code; None: the process never began."""
    if exitcode is None:
        return "WORKER_CRASHED", "could not be started"
    if exitcode >= 0:
        return "WORKER_CRASHED", f"exited with status {exitcode}"
    if -exitcode == KILLED and out_of_memory:
        return "OUT_OF_MEMORY", "was killed (signal 9) because the machine ran out of memory"
    if -exitcode == KILLED:
        return "WORKER_CRASHED", "was killed (signal 9), perhaps because the machine ran out of memory"
    if -exitcode in STOPPED_FROM_OUTSIDE:
        return "WORKER_CRASHED", f"was stopped from outside (signal {-exitcode})"
    return "WORKER_CRASHED", f"crashed (signal {-exitcode})"


def stalled(seconds: float) -> tuple[str, str]:
    return "WORKER_STALLED", f"reported nothing for {seconds:g} seconds"


def memory_kills() -> int:
    """Return how often Linux has killed a process of this server's control group for want of memory (0: not told)."""
    with suppress(OSError, ValueError, IndexError):
        group = Path("/proc/self/cgroup").read_text().split("0::", 1)[1].splitlines()[0]
        events = Path(f"/sys/fs/cgroup{group}/memory.events").read_text().split()
        return int(events[events.index("oom_kill") + 1])
    return 0
