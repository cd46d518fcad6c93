"""The console script: sees to Ctrl-C before anything else is imported, and hands over to the commands."""

from __future__ import annotations

import signal


def main() -> None:
    """Let Ctrl-C end the program without any words, which every command can bear; some ask for more while they work.

    Where it is ignored, as in a shell's background jobs, it stays so.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from roadwright.cli.main import app  # noqa: PLC0415 - Ctrl-C is seen to first

    app()
