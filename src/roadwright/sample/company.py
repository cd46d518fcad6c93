"""The company of the demo: who they are and which quarter they plan."""

from __future__ import annotations

NAME = "Brindlewick"

ABOUT = (
    f"{NAME} is an invented online marketplace for second-hand furniture and home goods in the UK, Germany and Spain. "
    "Six departments have handed in ideas for the second quarter of 2026, in three workbooks of their own; engineering "
    "can build about half of what is ready to plan."
)

PERIOD = "2026-Q2"
"""The quarter that both scenarios plan."""

NEXT_PERIOD = "2026-Q3"
"""The quarter after it, for which a few ideas are already flagged."""
