"""What the frontdesk knows of the envs: the mirror, what feeds it, and where one stands at a moment."""
