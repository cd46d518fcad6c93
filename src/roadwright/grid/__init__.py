"""Rows of tabs without their sheets: listed, and saved by the same reading, checking and merging, for JSON callers."""
