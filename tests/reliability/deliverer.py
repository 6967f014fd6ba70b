"""
A worker that tells an agency, in a process of its own that may be killed at any moment: another takes its place at once.

    python -m tests.reliability.deliverer <agency's id>
"""

import os
import sys
import time
from datetime import timedelta


def main() -> int:
    """Run workers one after another until one of them finds nothing more to do; print the number of each process."""
    import django

    django.setup()
    agency_id = int(sys.argv[1])
    while True:
        worker = os.fork()  # nothing is connected yet
        if not worker:
            _work(agency_id)
            os._exit(0)
        print(worker, flush=True)  # noqa: T201  # to whoever kills it
        _pid, status = os.waitpid(worker, 0)
        if os.waitstatus_to_exitcode(status) == 0:
            return 0


def _work(agency_id: int) -> None:
    from crm import tasks
    from crm.actions import deliveries
    from crm.models import Delivery

    deliveries.LEASE = timedelta(seconds=0.2)
    while Delivery.objects.unsettled().filter(agency=agency_id).exists():
        tasks.deliver_to_agency(agency_id=agency_id, most=10_000)
        time.sleep(0.02)


if __name__ == "__main__":
    sys.exit(main())
