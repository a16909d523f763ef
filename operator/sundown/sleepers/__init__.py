"""How things sleep: one file a way of sleeping, the kinds that sleep that way as rows of its table."""
