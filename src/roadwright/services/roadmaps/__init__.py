"""Roadmaps: gates and how they judge, what stands on a roadmap, its versions, and how two of them compare."""
