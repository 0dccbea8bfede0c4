"""A server that notes when each track's change was published: python -m bench.stamped_server FILE

The file gets a line for each: the title and the moment by the monotonic clock, taken right after the commit.
"""

import sys

if __name__ == "__main__":  # the workers import this file too
    import os
    import time
    from pathlib import Path

    from musicgen_web import app, server
    from musicgen_web.jobs.events import Broadcaster
    from musicgen_web.models import Track
    from musicgen_web.settings import read
    from tests.support.engines import spec

    told = Path(sys.argv[1]).open("w", buffering=1, encoding="utf-8")  # noqa: SIM115

    class Stamping(Broadcaster):
        def track(self, owner: str, track: Track | None, track_id: str, what: str) -> None:
            moment = time.monotonic()
            super().track(owner, track, track_id, what)
            told.write(f"{track.title if track else ''} {moment}\n")

    app.Broadcaster = Stamping  # type: ignore[misc]
    sys.exit(server.serve(read(os.environ), engines=[spec("scripted")]))
