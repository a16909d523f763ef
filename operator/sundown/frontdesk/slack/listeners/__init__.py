"""Who listens to what Slack delivers: commands, buttons, windows, the App Home."""
