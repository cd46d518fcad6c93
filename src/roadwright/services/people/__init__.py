"""Who may come in, and with which role: users, tokens and sessions."""
