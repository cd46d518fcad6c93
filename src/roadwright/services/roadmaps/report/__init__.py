"""The report for a steering committee: what it says, and its pages."""
