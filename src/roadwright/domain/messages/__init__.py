"""Messages as data, and the one catalogue of their words."""

from roadwright.domain.messages.message import Level, Message, MessageError, render

__all__ = ["Level", "Message", "MessageError", "render"]
