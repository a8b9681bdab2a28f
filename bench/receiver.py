"""Receivers of webhooks in a process of their own. `python -m bench.receiver CERTIFICATE ARRIVALS`

Prints the ports of four receivers as JSON: one that answers, one that hangs, one whose body is 13 MB, one that hangs
up. What the first one gets goes into the file ARRIVALS: seconds since 1970, a blank, the body, one a line.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from collections.abc import Awaitable, Callable
from typing import TextIO

Treat = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def answering(arrivals: TextIO) -> Treat:
    """Answer 200 and keep the connection."""

    async def treat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
            body = await reader.readexactly(length)
            arrivals.write(f"{time.time():.6f} {body.decode()}\n")
            writer.write(OK)

    return treat


async def hanging(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take the request and say nothing."""
    await asyncio.sleep(60)


async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A body that is longer than anybody reads: 13 MB."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(200):
        writer.write(b"x" * 65536)
        await writer.drain()
        await asyncio.sleep(0.01)
        if writer.is_closing():
            return


async def vanishing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hang up without a word."""
    await reader.readuntil(b"\r\n\r\n")


async def serve(context: ssl.SSLContext, arrivals: TextIO) -> None:
    """All receivers, until the process is ended."""
    treatments = {"healthy": answering(arrivals), "hanging": hanging, "endless": endless, "vanishing": vanishing}
    servers = {
        name: await asyncio.start_server(_closing(treat), "127.0.0.1", 0, ssl=context, backlog=256)
        for name, treat in treatments.items()
    }
    print(json.dumps({name: server.sockets[0].getsockname()[1] for name, server in servers.items()}), flush=True)
    await asyncio.Event().wait()


def _closing(treat: Treat) -> Treat:
    async def treated(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await treat(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    return treated


if __name__ == "__main__":
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(sys.argv[1])
    with open(sys.argv[2], "a", buffering=1) as file:
        asyncio.run(serve(made, file))
