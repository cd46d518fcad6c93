"""The kinds of constraints, one class each: its fields, its rows of the matrix, its words, how it is judged."""
