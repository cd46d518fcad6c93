"""Bringing in files that others made: what their columns mean, proposed with reasons, and known trackers' exports."""
