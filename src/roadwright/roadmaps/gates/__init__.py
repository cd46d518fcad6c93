"""Gates: what an initiative needs before it may stand on a roadmap."""

from roadwright.roadmaps.gates import checks  # noqa: F401 - registers every gate
from roadwright.roadmaps.gates.parameter import ParameterProblem
from roadwright.roadmaps.gates.rule import GATES, GateRule
from roadwright.roadmaps.gates.subject import Setting, Subject

__all__ = ["GATES", "GateRule", "ParameterProblem", "Setting", "Subject"]
