"""Alerts about the cluster: what is wrong, since when, how often, and what people have been told of it."""
