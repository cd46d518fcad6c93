"""What a person can ask for: the registry of actions, the ledger of what was asked, and the runner."""
