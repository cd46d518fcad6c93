"""The HTTP API: a thin door, which parses, allows and shows. What a call means stands in actions and services."""
