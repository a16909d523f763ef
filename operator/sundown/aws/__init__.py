"""The door to AWS: what is there, and how it stops and starts. boto3 is loaded only where regions are configured."""
