"""The admission webhook: what the policies of ``deploy/components/admission`` say, for clusters that do not know such policies."""
