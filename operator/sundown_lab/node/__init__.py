"""A real node beside the pretended ones: a kubelet with containerd and runc, and Sundown's image as built.

All of it runs in namespaces of its own (network, mounts, processes) whose first process belongs to the lab: when that one
ends, however it ends, the kernel takes the rest along, mounts and links included.
"""
