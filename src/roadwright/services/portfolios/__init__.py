"""From backlog and scenario to a portfolio: who is a candidate, the exact problem, the persisted run, its results."""
