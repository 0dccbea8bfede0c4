"""The command `musicgen`: serve, generate, doctor, health. Importing it is cheap: worker processes import it too."""

from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code (2: called or set up wrongly)."""
    parser = argparse.ArgumentParser(prog="musicgen", description="Make songs on your own machine.")
    parser.add_argument("--version", action="store_true", help="say which version this is")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    serve = commands.add_parser("serve", help="start the server")
    serve.add_argument("--host", help="the address to listen on (MUSICGEN_HOST)")
    serve.add_argument("--port", help="the port to listen on (MUSICGEN_PORT)")
    song = commands.add_parser("generate", help="make one song, without the server")
    song.add_argument("--prompt", required=True, help="what it shall sound like")
    song.add_argument("--lyrics", type=Path, metavar="FILE", help="plain words or LRC")
    song.add_argument("--title", default="")
    song.add_argument("--duration", default="95", metavar="SECONDS", help="5 to 285")
    song.add_argument("--seed", help="a whole number: the same seed gives the same song")
    song.add_argument("--engine", help="sketch")
    song.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="a .flac file")
    song.add_argument("--stems", type=Path, metavar="DIR", help="besides, drums.flac, bass.flac … into this folder")
    song.add_argument("--midi", type=Path, metavar="FILE", help="besides, the score as a .mid file")
    doctor = commands.add_parser("doctor", help="look at this machine: what is well, what is missing, what to do")
    doctor.add_argument("--json", action="store_true", help="for programs")
    commands.add_parser("health", help="exit 0 when the server of this data directory is healthy")
    given = parser.parse_args(arguments)
    if given.version:
        from musicgen_web import __version__

        say(f"MusicGen Local {__version__}")
        return 0
    if given.command == "serve":
        return _serve(given)
    if given.command == "generate":
        from musicgen_web.solo import generate

        return generate(given)
    if given.command == "doctor":
        return _doctor(as_json=given.json)
    if given.command == "health":
        return _health()
    parser.print_help(sys.stderr)
    return 2


def say(text: str, *, trouble: bool = False) -> None:
    """Tell the person at the terminal."""
    stream = sys.stderr if trouble else sys.stdout
    stream.write(text + "\n")
    stream.flush()


def _serve(given: argparse.Namespace) -> int:
    from musicgen_web.server import serve
    from musicgen_web.settings import SettingsError, read

    try:
        settings = read(os.environ, host=given.host, port=given.port)
    except SettingsError as error:
        say("The server cannot start with these settings:", trouble=True)
        for problem in error.problems:
            say(f"  {problem}", trouble=True)
        return 2
    return serve(settings)


def _doctor(*, as_json: bool) -> int:
    """Say how everything is. 0: nothing stands in the way; 1: something does."""
    from dataclasses import asdict

    from musicgen_web.doctor import Patient, examine
    from musicgen_web.settings import SettingsError, read

    try:
        settings = read(os.environ)
    except SettingsError as error:
        for problem in error.problems:
            say(problem, trouble=True)
        return 2
    report = examine(Patient(settings=settings))
    folders = {
        "data_dir": str(settings.data_dir.absolute()),
        "model_cache_dir": str(settings.model_cache_dir.absolute()),
    }
    if as_json:
        findings = [asdict(finding) for finding in report.findings]
        say(
            json.dumps(
                {"device": report.graphics.device, **folders, "findings": findings}, ensure_ascii=False, indent=2
            )
        )
        return int(report.has_problem)
    say(f"Songs are kept in {folders['data_dir']}\nDiffRhythm's files are looked for in {folders['model_cache_dir']}\n")
    for finding in report.findings:
        told = " ".join(part for part in (f"{finding.words}.", finding.note) if part)
        say(f"{finding.status:8} {finding.title}: {told}")
        if finding.remedy:
            say(f"{'':8} → {finding.remedy}")
    return int(report.has_problem)


def _health() -> int:
    """Ask the server of this data directory how it is. 0: healthy."""
    from musicgen_web.settings import SettingsError, read

    try:
        data_dir = read(os.environ).data_dir
    except SettingsError as error:
        say(str(error), trouble=True)
        return 2
    try:
        address = json.loads((data_dir / "server.json").read_text())["address"]
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{address}/health", timeout=5) as answer:
            body = json.load(answer)
    except FileNotFoundError:
        say(f"No server is running for {data_dir}.", trouble=True)
        return 1
    except (OSError, ValueError, KeyError, urllib.error.URLError) as error:
        say(f"No server answers for {data_dir}: {error}", trouble=True)
        return 1
    say(f"{body['status']}: {address}, {body['queue']['processing']} at work, {body['queue']['pending']} waiting")
    return 0 if body["status"] == "healthy" else 1


if __name__ == "__main__":
    sys.exit(main())
