"""The demo: an invented company, what its people type, and the flow that types it into a workspace."""
