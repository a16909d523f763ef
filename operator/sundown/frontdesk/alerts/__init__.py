"""What people are told unasked: what there is to say, to whom, and how it is said exactly once."""
