"""Structured logs: one JSON line an event, with the request's id and never personal data.

Log ids, codes, counts and durations. A name, phone number, token or free text has no place
in a log line; a test of the whole run looks for them.
"""

import logging
import sys

import structlog

FRAMES_SHOWN = 8

get_logger = structlog.get_logger


def configure(*, level: str = "INFO") -> None:
    """Route both structlog and the standard library's loggers to JSON lines on stderr."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processor=structlog.processors.JSONRenderer()
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("apscheduler", "urllib3", "_granian"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def told(error: BaseException) -> dict[str, str]:
    """What a log may say of an error: its kind and where, never its words, which may quote data."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}:{code.co_name}")
        trace = trace.tb_next
    return {
        "error": type(error).__name__,
        "where": " < ".join(reversed(frames[-FRAMES_SHOWN:])),
    }
