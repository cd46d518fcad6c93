"""Scores: each framework's formula (pure), computing them for initiatives, and activating one of them."""
