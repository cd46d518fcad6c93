"""Exports of known trackers, as data: one file each."""
