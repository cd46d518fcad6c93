"""ProblemFinding the best selection: HiGHS, the exact search, and what makes their answers sure."""
