"""What the programs of a real node are told, and what becomes of the machine's own network (issue 9, item 2)."""

import tomllib
from pathlib import Path

import pytest

from sundown_lab import components
from sundown_lab.components import Layout as ControlPlaneLayout
from sundown_lab.components import Options
from sundown_lab.node import network, settings
from sundown_lab.node.settings import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "node", pki=tmp_path / "pki", logs=tmp_path / "logs")


def test_everything_that_is_written_lies_in_the_folder_of_the_node(layout: Layout) -> None:
    settings.write(layout)
    kubelet = settings.kubelet(layout)
    containerd = tomllib.loads(settings.containerd(layout))
    paths = [
        *(kubelet[name] for name in ("resolvConf", "podLogsDir", "volumePluginDir")),
        *(containerd[name] for name in ("root", "state")),
        containerd["plugins"]["io.containerd.internal.v1.opt"]["path"],
        containerd["plugins"]["io.containerd.grpc.v1.cri"]["cni"]["conf_dir"],
        settings.pods_network(layout)["plugins"][0]["ipam"]["dataDir"],
    ]
    assert [path for path in paths if not Path(path).is_relative_to(layout.directory)] == []


def test_the_socket_has_a_short_path_wherever_the_lab_keeps_its_files(layout: Layout) -> None:
    """The kernel takes 104 characters and no more."""
    assert tomllib.loads(settings.containerd(layout))["grpc"]["address"] == str(layout.socket)
    assert settings.kubelet(layout)["containerRuntimeEndpoint"] == f"unix://{layout.socket}"
    assert len(f"{layout.socket}.ttrpc") < 60


def test_kubelet_leaves_the_tables_of_packets_alone_and_answers_nobody_unasked(layout: Layout) -> None:
    kubelet = settings.kubelet(layout)
    assert kubelet["makeIPTablesUtilChains"] is False
    assert kubelet["authentication"]["anonymous"] == {"enabled": False}
    assert kubelet["authorization"] == {"mode": "Webhook"}


def test_of_the_machines_own_network_only_a_link_with_its_address_and_a_route_to_the_pods_are_laid() -> None:
    outside = [" ".join(step.command) for step in network.plan(4711) if not step.inside]
    assert outside == [
        "ip link add sundown-lab0 type veth peer name lab0 netns 4711",
        "ip addr add 198.18.245.2/30 dev sundown-lab0",
        "ip link set sundown-lab0 up",
        "ip route add 198.19.245.0/24 via 198.18.245.1",
    ]


@pytest.mark.parametrize(
    ("routes", "taken"),
    [
        (["default", "192.0.2.0/24", "fe80::/64", "10.0.0.0/8"], []),
        (["default", "198.18.0.0/15"], ["198.18.0.0/15"]),
        (["198.19.245.7", "198.18.245.2"], ["198.19.245.7", "198.18.245.2"]),
        (["broadcast 198.18.245.3", "::1"], []),
    ],
)
def test_a_network_that_is_in_use_is_noticed(routes: list[str], taken: list[str]) -> None:
    assert network.overlapping(routes) == taken


def test_pods_prefer_pretended_nodes_unless_they_ask_for_a_real_one(tmp_path: Path) -> None:
    profile = components.scheduler_configuration(ControlPlaneLayout(tmp_path), options=Options())["profiles"]
    text = str(profile)
    assert "'key': 'lab.sundown.dev/real', 'operator': 'DoesNotExist'" in text
    assert "'name': 'NodeAffinity', 'weight': 100" in text
