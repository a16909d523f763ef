"""The ways to Slack and back: its Web API, the socket, the HTTP door, and who people and clusters are there."""
