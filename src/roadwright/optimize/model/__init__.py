"""The problem as data and as a linear model in whole numbers: what is asked, and what a selection gives."""
