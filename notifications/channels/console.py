"""The demo's stand-in for text messages and mail: a line in the log, without number or words."""

from backend.kit.ids import new_id
from backend.kit.logs import get_logger
from notifications.channels.rules import Fate, Mail, Outcome, Sms

log = get_logger(__name__)


class Console:
    """Says that something went out, and which; the words are in her inbox."""

    name = "console"
    threads = 1

    def prepare(self) -> Outcome | None:
        """Nothing ever stands in the way."""
        return None

    def send(self, message: Sms | Mail) -> Outcome:
        """A line of the log."""
        kind = "sms" if isinstance(message, Sms) else "email"
        log.info("console_message", kind=kind, reference=message.reference)
        return Outcome(Fate.ACCEPTED, provider_ref=f"console-{new_id()}")
