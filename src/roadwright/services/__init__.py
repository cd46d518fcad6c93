"""What the product does with rows, scores, portfolios and roadmaps, whatever door or sheet they come from."""
