"""Roadwright: from intake sheets to roadmaps that can be defended."""

__version__ = "0.1.0"
