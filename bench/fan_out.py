"""The reference of bench.event_latency, bare asyncio: python -m bench.fan_out PORT SIZE PER_SECOND SECONDS FILE

Whoever connects is greeted, and then gets the same bytes as everybody else, so often, once the file is there.
"""

import asyncio
import sys
import time
from pathlib import Path


async def main(port: int, size: int, per_second: float, seconds: float, told: Path) -> None:
    writers: list[asyncio.StreamWriter] = []

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:  # somebody who only knocked
            writer.close()
            return
        writer.write(b"event: reset\r\n\r\n")
        writers.append(writer)

    async with await asyncio.start_server(greet, "127.0.0.1", port, backlog=2048):
        while not told.exists():  # noqa: ASYNC110, ASYNC240 another process makes it
            await asyncio.sleep(0.05)
        lines = []
        for number in range(int(per_second * seconds)):
            message = f"event: change\r\ndata: mark{number} ".encode().ljust(size - 4, b".") + b"\r\n\r\n"
            lines.append(f"mark{number} {time.monotonic()}\n")
            for writer in writers:
                writer.write(message)
            await asyncio.sleep(1 / per_second)
        await asyncio.sleep(1)
        told.write_text("".join(lines), encoding="utf-8")  # noqa: ASYNC240


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]), Path(sys.argv[5])))
