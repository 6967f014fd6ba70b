"""One JSON line per log record: codes and ids, never free text a person wrote, never a query string."""

import json
import logging
import time
from typing import Any


class JsonFormatter(logging.Formatter):
    """Write a record as one line of JSON, in UTC."""

    converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        message: Any = record.msg
        if isinstance(message, dict):  # structlog hands over its event as a dictionary
            line.update({key: value for key, value in message.items() if key not in {"request", "ip"}})
        else:
            line["message"] = record.getMessage()
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
