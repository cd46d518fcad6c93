"""The calls, a module for each family."""
