"""Runs that wait for a worker: who does them, in which order, and how that ends."""
