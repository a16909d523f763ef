"""Everything that knows Slack's protocol and its forms: the client, both ways in, the listeners, and what messages look like."""
