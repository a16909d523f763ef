"""What people ask for that cannot be undone: ActionRequests, and what became of them."""
