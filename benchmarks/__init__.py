"""Measurements, run by `make bench`: each against a named peer, in the same run, as a ratio."""
