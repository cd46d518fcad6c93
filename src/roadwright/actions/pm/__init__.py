"""The actions of product managers, one file per family."""
