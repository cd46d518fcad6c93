"""The command line: thin doors to the actions, the optimizer and the workspace."""
