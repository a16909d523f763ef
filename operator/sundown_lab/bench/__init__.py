"""`sundown-lab bench`: how the operator does against a bare loop of the same requests, and against the design's bars.

Only etcd and the API server run beside the operator. On a small machine the pods of a thousand workloads would cost twenty
times what is measured here, and the same in both loops; so no pod exists, and the bench plays the controllers: it writes
the workloads' statuses after every workload has been written, outside of what is timed.
"""
