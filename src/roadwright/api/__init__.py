"""The HTTP API: a thin door, which parses, allows and shows. What a call does is defined in actions and services."""
