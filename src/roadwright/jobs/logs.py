"""What servers and workers say of what happens."""

from __future__ import annotations

import logging
import sys

import structlog


def log_as_json() -> None:
    """What happens goes to standard error, a JSON object a line. No secret is ever put into it."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,  # without the values of variables, some of which are secret
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
