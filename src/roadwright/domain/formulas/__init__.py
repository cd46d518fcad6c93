"""The formulas of math models: reading them, computing them, and telling whether they are an increment.

The grammar is small and closed: numbers, names, arithmetic, comparisons, ``a if c else b`` and a dozen functions. A
text passes three walls: only plain characters and known signs (``cells``), only known kinds of expressions
(``grammar``), and an evaluator that knows nothing else and computes in floats only (``arithmetic``).
"""

from roadwright.domain.formulas.errors import FormulaError
from roadwright.domain.formulas.formula import Formula, FormulaResult, evaluate, parse_formula
from roadwright.domain.formulas.increments import increment_warning
from roadwright.domain.formulas.text import typed_lines

__all__ = ["Formula", "FormulaError", "FormulaResult", "evaluate", "increment_warning", "parse_formula", "typed_lines"]
