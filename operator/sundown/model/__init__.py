"""What people write: the custom resources as frozen models, equal to the CRDs in ``crds/``."""
