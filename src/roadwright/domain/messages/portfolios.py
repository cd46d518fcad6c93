"""What there is to say of candidates, of the rules of a run, and of what came of it."""

from __future__ import annotations

TEXTS = {
    "dimension_joins_all": "dimension '{dimension}' joins all with others; leave all out",
    "dimension_part_twice": "dimension '{dimension}' names a part twice",
    "unknown_dimension": "unknown dimension '{part}'; one of {dimensions}, or several with +",
}
