"""Questions about an answer: conflicts and repairs, explanations by solving again, frontiers."""
