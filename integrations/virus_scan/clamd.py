"""ClamAV's daemon over its INSTREAM protocol."""

import socket
import struct

from django.conf import settings

from integrations.virus_scan.port import ScanUnavailable

CHUNK = 64 * 1024


class ClamdScan:
    """Streams the bytes to clamd; no answer within ten seconds means no file is taken."""

    def is_clean(self, content: bytes) -> bool:
        try:
            with socket.create_connection((settings.CLAMD_HOST, settings.CLAMD_PORT), timeout=10) as clamd:
                clamd.sendall(b"zINSTREAM\0")
                for start in range(0, len(content), CHUNK):
                    part = content[start : start + CHUNK]
                    clamd.sendall(struct.pack("!I", len(part)) + part)
                clamd.sendall(struct.pack("!I", 0))
                answer = clamd.recv(4096).rstrip(b"\0")
        except OSError:
            raise ScanUnavailable from None
        if answer.endswith(b"OK"):
            return True
        if answer.endswith(b"FOUND"):
            return False
        raise ScanUnavailable
