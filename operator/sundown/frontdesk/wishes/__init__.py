"""From what a person asks for, by a button or a command, to the patch of an EnvSchedule."""
