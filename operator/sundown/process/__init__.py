"""The operator's process, and what both processes have: probes and logs."""
