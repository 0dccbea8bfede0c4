"""Every way to say no, with the words for the person who hears it (the contract's table of codes).

    MusicGenError
    ├── InvalidRequest      INVALID_REQUEST, INVALID_PROMPT, INVALID_LYRICS   422
    ├── NotFound            NOT_FOUND                                         404
    ├── Forbidden           FORBIDDEN                                         403
    ├── Conflict            CONFLICT                                          409
    ├── TooLarge            TOO_LARGE                                         413
    ├── UnsupportedType     UNSUPPORTED_TYPE                                  415
    ├── MethodNotAllowed    METHOD_NOT_ALLOWED                                405
    ├── WrongHost           WRONG_HOST                                        421
    ├── QueueFull           QUEUE_FULL                                        429
    ├── ModelNotLoaded      MODEL_NOT_LOADED                                  503
    ├── OutOfMemory         OUT_OF_MEMORY                                     507
    ├── DiskFull            DISK_FULL                                         507
    ├── Unavailable         UNAVAILABLE                                       503
    ├── Internal            INTERNAL                                          500
    └── how a job ends      WORKER_CRASHED, WORKER_STALLED, CANCELLED, INTERRUPTED

The exception's own text is for the log; `title`, `detail` and `recovery` are for people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field, in words; `line` counts from 1 inside the lyrics."""

    field: str
    message: str
    line: int | None = None


class MusicGenError(Exception):
    code: ClassVar[str] = "INTERNAL"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong on our side"
    recovery: ClassVar[str] = "Try again. If it happens again, the server's log says more."
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str = "", *, recovery: str = "", retry_after: int | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.advice = recovery or self.recovery
        self.retry_after = retry_after


class InvalidRequest(MusicGenError):
    code = "INVALID_REQUEST"
    status = 422
    title = "Some of this cannot be used"
    recovery = "Change what is named below and send it again."
    of_field: ClassVar[dict[str, str]] = {"prompt": "INVALID_PROMPT", "lyrics": "INVALID_LYRICS"}

    def __init__(self, errors: list[FieldError], detail: str = "") -> None:
        super().__init__(detail or " ".join(error.message for error in errors))
        self.errors = errors

    @property
    def public_code(self) -> str:
        """The one code that fits: of the prompt or the lyrics where only that is wrong."""
        fields = {error.field for error in self.errors}
        return self.of_field.get(fields.pop(), self.code) if len(fields) == 1 else self.code


class NotFound(MusicGenError):
    code, status, title = "NOT_FOUND", 404, "There is nothing here"
    recovery = "Look for it in the library or the queue; the address may have a letter too many."


class Forbidden(MusicGenError):
    code, status, title = "FORBIDDEN", 403, "This request did not come from a page of this server"
    recovery = "Load the page again and send it from there."


class Conflict(MusicGenError):
    code, status, title = "CONFLICT", 409, "This does not fit what is already there"
    recovery = "Load the current state and decide again."


class TooLarge(MusicGenError):
    code, status, title = "TOO_LARGE", 413, "This is more than the server takes at once"
    recovery = "Send less: lyrics may have up to 10 000 characters."


class UnsupportedType(MusicGenError):
    code, status, title = "UNSUPPORTED_TYPE", 415, "The server cannot read this kind of content"
    recovery = "Send JSON with the header Content-Type: application/json."


class MethodNotAllowed(MusicGenError):
    code, status, title = "METHOD_NOT_ALLOWED", 405, "This address does not take that method"
    recovery = "See the API documentation for the methods of this address."


class WrongHost(MusicGenError):
    code, status, title = "WRONG_HOST", 421, "This server does not answer to that name"
    recovery = "Use the address it printed at its start, or add the name to MUSICGEN_ALLOWED_HOSTS."


class QueueFull(MusicGenError):
    code, status, title, retryable = "QUEUE_FULL", 429, "The queue is full", True
    recovery = "Wait until some songs are done, then send it again."


class ModelNotLoaded(MusicGenError):
    code, status, title = "MODEL_NOT_LOADED", 503, "DiffRhythm is not on this server"
    recovery = "Choose the engine “sketch”: it needs nothing and starts at once."


class OutOfMemory(MusicGenError):
    code, status, title, retryable = "OUT_OF_MEMORY", 507, "The memory ran out", True
    recovery = "Try a shorter song, or close other programs on the server and try again."


class DiskFull(MusicGenError):
    code, status, title, retryable = "DISK_FULL", 507, "The server's disk is full", True
    recovery = "Free some space on the disk that holds the data directory, then try again."


class Unavailable(MusicGenError):
    code, status, title, retryable = "UNAVAILABLE", 503, "The server cannot take this now", True
    recovery = "Try again in a moment."


class Internal(MusicGenError):
    retryable = True


class WorkerCrashed(MusicGenError):
    code, title, retryable = "WORKER_CRASHED", "The worker died while making it", True
    recovery = "Try again; if it dies again, try a shorter song."


class WorkerStalled(MusicGenError):
    code, title, retryable = "WORKER_STALLED", "The worker stopped answering", True
    recovery = "Try again; if it stops again, try a shorter song."


class TakeCancelled(MusicGenError):
    code, title, retryable = "CANCELLED", "Cancelled", True
    recovery = "Ask for it again whenever you like."


class Interrupted(MusicGenError):
    code, title, retryable = "INTERRUPTED", "The server went down too often while making it", True
    recovery = "See that the server stays up, then try again."


ENDS: dict[str, type[MusicGenError]] = {
    error.code: error
    for error in (
        Internal,
        OutOfMemory,
        DiskFull,
        ModelNotLoaded,
        Unavailable,
        WorkerCrashed,
        WorkerStalled,
        TakeCancelled,
        Interrupted,
    )
}
"""How a take can end without a song: code -> its words."""
