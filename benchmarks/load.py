"""A load generator that costs little: requests are bytes made before the clock starts."""

import asyncio
import time
from collections.abc import Sequence


class Connection:
    """One kept-alive HTTP/1.1 connection to 127.0.0.1."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def send(self, request: bytes) -> None:
        """Send a request and read its answer; raises `RuntimeError` unless it is a 200."""
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith(b"http/1.1 200"):
            raise RuntimeError(head.decode(errors="replace"))
        if b"content-length:" in head:
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            await self._reader.readexactly(length)
        else:
            await self._reader.readuntil(b"0\r\n\r\n")

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def post(path: str, body: bytes, **headers: str) -> bytes:
    """Return a POST of JSON as it goes over the wire."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


async def flood(port: int, requests: Sequence[bytes], at_a_time: int) -> float:
    """Send all, `at_a_time` under way at any time; return requests per second."""
    waiting = iter(requests)
    connections = [Connection(port) for _ in range(at_a_time)]

    async def one(connection: Connection) -> None:
        for request in waiting:
            await connection.send(request)

    started = time.perf_counter()
    await asyncio.gather(*(one(connection) for connection in connections))
    elapsed = time.perf_counter() - started
    for connection in connections:
        connection.close()
    return len(requests) / elapsed


async def pace(port: int, requests: Sequence[bytes], per_second: float, most: int = 64) -> list[float]:
    """Send at a steady rate, late or not; return milliseconds from when each was due until its answer."""
    idle: asyncio.Queue[Connection] = asyncio.Queue()
    connections = [Connection(port) for _ in range(most)]
    for connection in connections:
        idle.put_nowait(connection)
    taken: list[float] = []

    async def one(request: bytes, due: float) -> None:
        connection = await idle.get()
        await connection.send(request)
        taken.append((time.perf_counter() - due) * 1000)
        idle.put_nowait(connection)

    begun = time.perf_counter()
    sent: list[asyncio.Task[None]] = []
    for number, request in enumerate(requests):
        due = begun + number / per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        sent.append(asyncio.create_task(one(request, due)))
    await asyncio.gather(*sent)
    for connection in connections:
        connection.close()
    return taken
