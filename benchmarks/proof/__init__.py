"""Proof that `optimal` is always true: families of difficult problems, judged by enumeration and by another solver."""
