"""SupportPods: each has a pod of its name for as long as it is there, and is taken away at the end of its time."""
