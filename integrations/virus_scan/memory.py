"""A scanner for development and tests: knows the one harmless test virus of the trade (EICAR)."""

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class MemoryScan:
    """Finds EICAR."""

    def is_clean(self, content: bytes) -> bool:
        return EICAR not in content
