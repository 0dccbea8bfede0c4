"""What a thousand streams send is encoded once."""

from litestar.response import ServerSentEventMessage

from musicgen_web.web.streams import SharedMessage


def test_a_shared_message_is_what_a_plain_one_is_and_encoded_once() -> None:
    shared = SharedMessage("<p>a</p>\n<p>b</p>", event="change", id="run-1")
    assert shared.encode() == ServerSentEventMessage("<p>a</p>\n<p>b</p>", event="change", id="run-1").encode()
    assert shared.encode() is shared.encode()
