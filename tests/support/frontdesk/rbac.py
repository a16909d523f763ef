"""Where the cluster keeps what everybody in Slack may do."""

RBAC = "/apis/rbac.authorization.k8s.io/v1"
EVERYBODY = f"{RBAC}/clusterrolebindings/sundown-slack"
