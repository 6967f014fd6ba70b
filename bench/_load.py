"""The client: a few connections kept alive, each sending its next request when the answer to the last is complete."""

import asyncio
import json
import pickle
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle


class Connection(asyncio.Protocol):
    """One connection: counts answers, measures waits."""

    def __init__(
        self, requests: Iterator[bytes], waits: list[float], statuses: "Counter[str]", deadline: float
    ) -> None:
        self.requests, self.waits, self.statuses, self.deadline = requests, waits, statuses, deadline
        self.finished = asyncio.get_running_loop().create_future()
        self.buffer = b""
        self.began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        request = next(self.requests, None)
        if request is None or time.perf_counter() > self.deadline:
            self.finished.set_result(None)
            self.transport.close()
            return
        self.began = time.perf_counter()
        self.transport.write(request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, end, body = self.buffer.partition(b"\r\n\r\n")
        if not end:
            return
        lower = head.lower()
        place = lower.find(b"content-length:")
        if place < 0 and head[9:12] not in {b"204", b"304"}:
            raise ValueError("the answer does not say how long it is")
        length = int(lower[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
        if len(body) < length:
            return
        self.buffer = body[length:]
        self.waits.append(time.perf_counter() - self.began)
        self.statuses[head[9:12].decode()] += 1
        self.send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.finished.done():
            self.finished.set_exception(error or ConnectionError("the server hung up"))


async def run(
    port: int, requests: Sequence[bytes], connections: int, seconds: float | None
) -> dict[str, object]:
    """Send everything and say what was seen."""
    waits: list[float] = []
    statuses: Counter[str] = Counter()
    source = iter(requests) if seconds is None else cycle(requests)
    began, cpu = time.perf_counter(), time.process_time()
    deadline = began + (seconds if seconds is not None else 600)
    loop = asyncio.get_running_loop()
    made = [
        (
            await loop.create_connection(
                lambda: Connection(source, waits, statuses, deadline), "127.0.0.1", port
            )
        )[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(one.finished for one in made))
    took = time.perf_counter() - began
    ordered = sorted(waits)
    p50, p95, p99 = (1000 * ordered[int(len(ordered) * part)] for part in (0.5, 0.95, 0.99))
    share = (time.process_time() - cpu) / took
    return {
        "done": len(waits), "seconds": took, "statuses": statuses, "p50": p50, "p95": p95, "p99": p99, "client_cpu": share,
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(**pickle.load(sys.stdin.buffer)))))  # noqa: S301  # from our own parent
