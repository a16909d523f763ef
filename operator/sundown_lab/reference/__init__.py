"""The reference pages of `docs/`: made from the models, the CRDs and the command line, so that they cannot say anything else."""
