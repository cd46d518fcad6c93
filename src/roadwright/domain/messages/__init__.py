"""Messages as data, and the one catalogue of their words."""

from roadwright.domain.messages.message import Level, Message, MessageError, failure, notice, render, warning

__all__ = ["Level", "Message", "MessageError", "failure", "notice", "render", "warning"]
