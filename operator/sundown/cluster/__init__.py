"""The one door to the Kubernetes API: raw JSON in, plain types out, a time-out on every call."""
