"""
A public procedure page on a cache hit, over HTTP, beside a bare Django view on the same kind of server.

    python3 dev.py bench page [--seconds 8]
"""

import argparse
import sys
import urllib.request

from bench import _setup

TARGET = 0.7
PATH = "/es/tramites/pension-garantizada-universal-pgu/"


def main() -> int:
    """Measure and print; return 1 when the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    seconds = parser.parse_args().seconds
    _setup.as_product()
    packed = {"Accept-Encoding": "gzip"}
    with _setup.serving("config.wsgi:application") as port:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{PATH}", timeout=20) as answer:  # warms the page
            size, tag = len(answer.read()), answer.headers["ETag"]
        ours = _setup.load(port, [_setup.get(PATH, packed)], seconds=seconds)
        known = _setup.load(port, [_setup.get(PATH, {**packed, "If-None-Match": tag})], seconds=seconds / 2)
    with _setup.serving("bench._bare:application", DJANGO_SETTINGS_MODULE="") as port:
        bare = _setup.load(port, [_setup.get("/bare/")], seconds=seconds)
    print(
        f"cached procedure page ({size} bytes unpacked) · 1 worker × {_setup.SERVER_THREADS} threads, 8 connections"
    )
    for name, one in (("our page", ours), ("our page, 304", known), ("bare view", bare)):
        print(
            f"  {name:<14} {one.rate:8.0f}/s   p50 {one.p50:.2f} ms  p99 {one.p99:.2f} ms  {one.statuses}  "
            f"client at {one.client_cpu:.0%} of a core"
        )
    if ours.statuses.keys() != {"200"}:
        return 1
    return _setup.verdict("cached page / bare view", ours.rate / bare.rate, TARGET)


if __name__ == "__main__":
    sys.exit(main())
