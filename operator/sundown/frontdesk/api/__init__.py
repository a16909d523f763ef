"""The REST API: a table of operations, and all that it takes to answer them over HTTP. It knows no Slack."""
