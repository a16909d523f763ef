"""From what should be to what is done: who governs an env, the plan, the visit that carries it out, the scheduler."""
