"""What messages, windows and the App Home look like: Block Kit from plain types, and back from what was filled in."""
