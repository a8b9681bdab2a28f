"""Who may do what in a workspace: its API keys and its members. Every change leaves an audit row."""
