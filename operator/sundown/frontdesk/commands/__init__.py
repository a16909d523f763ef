"""What people type: rows of one table, from which parsing, rights and help are made. Nothing here knows how Slack shows it."""
