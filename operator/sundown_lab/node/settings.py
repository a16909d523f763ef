"""What containerd, its network plugin and kubelet read: pure functions of where things are."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sundown_lab.components import REAL_NODE
from sundown_lab.node import network
from sundown_lab.node.base import PAUSE
from sundown_lab.node.cgroups import NAME as CGROUP

NODE_NAME = "real"
# Where the node's folder for kubelet is seen in its namespaces: kubelet makes sockets in there, whose paths have to be short.
KUBELET = "/var/lib/kubelet"
SOCKETS = Path("/run/sundown-lab")
PLUGINS = "/usr/lib/cni"
KUBELET_PORT = 10250


@dataclass(frozen=True)
class Layout:
    """Where a node keeps its files; `pki` and `logs` are those of its control plane."""

    directory: Path
    pki: Path
    logs: Path

    @property
    def socket(self) -> Path:
        """Where containerd listens. A short path, for the kernel takes no longer ones; there is one node a machine."""
        return SOCKETS / "containerd.sock"

    def __getitem__(self, name: str) -> Path:
        return self.directory / name


def containerd(layout: Layout) -> str:
    """containerd's configuration. Without CAP_SYS_RESOURCE, which containers do not have, runc may not lower oom scores."""
    return f"""\
version = 2
root = "{layout["containerd"]}"
state = "{layout["containerd-state"]}"
[grpc]
  address = "{layout.socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "{layout["containerd-opt"]}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{PLUGINS}"
    conf_dir = "{layout["cni"]}"
"""


def pods_network(layout: Layout) -> dict[str, Any]:
    """A bridge, and addresses from one range; no address translation."""
    bridge = {
        "type": "bridge",
        "bridge": network.BRIDGE,
        "isDefaultGateway": True,
        "ipMasq": False,
        "ipam": {
            "type": "host-local",
            "dataDir": str(layout["cni-addresses"]),
            "ranges": [[{"subnet": network.PODS}]],
        },
    }
    return {"cniVersion": "0.4.0", "name": "lab", "plugins": [bridge]}


def kubelet(layout: Layout) -> dict[str, Any]:
    """kubelet's configuration."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": network.NODE,
        "port": KUBELET_PORT,
        "healthzPort": 0,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(layout.pki / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "containerRuntimeEndpoint": f"unix://{layout.socket}",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{CGROUP}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "maxOpenFiles": 20000,
        "makeIPTablesUtilChains": False,
        "resolvConf": str(layout["resolv.conf"]),
        "podLogsDir": str(layout["pod-logs"]),
        "volumePluginDir": str(layout["volume-plugins"]),
        "imageGCHighThresholdPercent": 100,
        "serializeImagePulls": False,
        "syncFrequency": "10s",
        "evictionHard": {
            "memory.available": "100Mi",
            "nodefs.available": "1%",
            "imagefs.available": "1%",
            "nodefs.inodesFree": "1%",
        },
    }


def kubelet_command(program: Path, *, layout: Layout) -> tuple[str, ...]:
    """How kubelet is started."""
    flags = {
        "config": layout["kubelet.json"],
        "kubeconfig": layout["kubelet.kubeconfig"],
        "root-dir": KUBELET,
        "cert-dir": layout["kubelet-pki"],
        "hostname-override": NODE_NAME,
        "node-ip": network.NODE,
        "node-labels": f"{REAL_NODE}=true",
        "v": 2,
    }
    return (str(program), *(f"--{flag}={value}" for flag, value in flags.items()))


def write(layout: Layout) -> None:
    """All files but the kubeconfig, and the folders that nobody makes by himself."""
    for name in ("cni", "kubelet", "pod-logs", "volume-plugins"):
        layout[name].mkdir(parents=True, exist_ok=True)
    layout["containerd.toml"].write_text(containerd(layout))
    layout["resolv.conf"].touch()
    (layout["cni"] / "10-lab.conflist").write_text(json.dumps(pods_network(layout)))
    layout["kubelet.json"].write_text(json.dumps(kubelet(layout)))
