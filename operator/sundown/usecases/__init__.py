"""A person before an env, at whatever door: finding it, looking at it, asking for something. Shared by the command line and chat."""
