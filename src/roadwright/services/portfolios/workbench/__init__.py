"""What the workbench asks and is told: a scenario changed a little, its answer, and what each change costs."""
