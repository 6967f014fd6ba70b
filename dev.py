#!/usr/bin/env python3
"""
Everything a developer types, with nothing but Python's standard library.

`python3 dev.py run` starts the whole product, `python3 dev.py test` runs the whole suite; without a verb it
lists all of them.
"""

import subprocess
import sys

OLDEST = (3, 11)


def refuse_old_python() -> None:
    """Say which Python to use; everything below may then be written for that one."""
    if sys.version_info[:2] >= OLDEST:
        return
    newer = [name for name in ("python3.14", "python3.13", "python3.12", "python3.11") if works(name)]
    way_out = "Install Python 3.11 or newer."
    if newer:
        way_out = "Start it with {0}: `{0} dev.py run`.".format(newer[0])
    sys.exit("dev.py: this is Python {}.{}, Ventanilla needs 3.11. {}".format(*sys.version_info[:2], way_out))


def works(python: str) -> bool:
    """Tell whether this interpreter is more than a name."""
    try:
        return subprocess.call([python, "-c", ""], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


if __name__ == "__main__":
    refuse_old_python()
    from devtools.verbs import main

    sys.exit(main(sys.argv[1:]))
