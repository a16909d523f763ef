"""What a laptop has instead of a cloud: a real control plane, the demo, the load and the benchmark."""
