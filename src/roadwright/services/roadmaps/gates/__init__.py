"""Gates: what an initiative needs before it may stand on a roadmap."""

from roadwright.services.roadmaps.gates import checks  # noqa: F401 - registers every gate
from roadwright.services.roadmaps.gates.parameter import ParameterProblem
from roadwright.services.roadmaps.gates.rule import GATES, GateRule, Setting, Subject

__all__ = ["GATES", "GateRule", "ParameterProblem", "Setting", "Subject"]
