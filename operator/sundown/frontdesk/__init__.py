"""The frontdesk: turns what people say in Slack into patches of resources, and tells them what the operator makes of it.

It talks and never acts on workloads: the Kubernetes API is all that it shares with the operator. A wish travels one way:
Slack payload -> ``commands`` or a button -> ``wishes`` (person, right, patch) -> EnvSchedule; what comes of it arrives at the
``board`` by watches, and from there in Slack. Slack's own forms are known only in ``slack/``.
"""
