"""Local workers, and the user's cluster: what is refused before the work starts."""

from __future__ import annotations

import os
import signal
import socket
import sys

import dask
import numpy as np
import pytest

from gonogo import distributed
from gonogo.distributed import cluster
from gonogo.errors import InputError, MissingExtra


def test_the_users_cluster(client):
    with distributed.connected(client.scheduler.address) as other:
        assert other.nthreads() == client.nthreads()
    assert set(client.nthreads().values()) == {1}


def test_ctrl_c_ends_the_main_process_which_ends_the_workers(client):
    handlers = client.run(signal.getsignal, signal.SIGINT)
    assert set(handlers.values()) == {signal.SIG_IGN}


def test_nothing_is_served_to_the_network(client):
    port = client.scheduler_info()["services"].get("dashboard", 0)
    assert port != 8787
    assert client.scheduler.address.startswith("tcp://127.0.0.1:")


def test_nobody_answers(monkeypatch):
    monkeypatch.setattr(cluster, "_TO_CONNECT", 0.3)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    refused = f"scheduler: cannot reach {address} .*expected the address that its scheduler printed"
    with pytest.raises(InputError, match=refused), distributed.connected(address):
        pass


@pytest.mark.parametrize("address", ["banana", "nonsense://x", "http://127.0.0.1:80", "tcp://host"])
def test_what_is_no_address_is_refused_at_once(address):
    refused = f"scheduler: found '{address}'; expected the address that a scheduler printed"
    with pytest.raises(InputError, match=refused), distributed.connected(address):
        pass


@pytest.mark.parametrize(
    "address",
    ["host:8786", "tcp://10.0.0.1:8786", "tls://some.host:1", "tcp://[::1]:80", "ws://h:1"],
)
def test_addresses(address):
    assert cluster._ADDRESS.fullmatch(address)


def test_a_cluster_without_workers(monkeypatch):
    from distributed import LocalCluster

    monkeypatch.setattr(cluster, "_TO_START", 0.3)
    options = {"dashboard_address": "127.0.0.1:0", "scheduler_kwargs": {"dashboard": False}}
    with (
        LocalCluster(n_workers=0, **options) as empty,
        pytest.raises(InputError, match=r"found no worker at .* within 0.3 s; start some: dask w"),
        distributed.connected(empty.scheduler_address),
    ):
        pass


def test_workers_with_another_version(client, monkeypatch):
    monkeypatch.setattr(cluster, "__version__", "99.1")
    with (
        pytest.raises(InputError, match=r"2 worker\(s\) have another version .*install 99.1"),
        distributed.connected(client.scheduler.address),
    ):
        pass


def test_workers_without_gonogo(client, monkeypatch):
    def absent():
        raise ModuleNotFoundError("No module named 'gonogo'")

    monkeypatch.setattr(cluster, "_version", absent)
    with (
        pytest.raises(
            InputError, match=r"a worker cannot load gonogo \(No module named 'gonogo'\)"
        ),
        distributed.connected(client.scheduler.address),
    ):
        pass


def test_without_the_extra(monkeypatch):
    bag = pytest.importorskip("dask.bag").from_sequence([1])
    for library in ("distributed", "dask", "dask.array"):
        monkeypatch.setitem(sys.modules, library, None)
    missing = pytest.raises(MissingExtra, match=r'needs .*pip install "gonogo\[dask\]"')
    with missing, distributed.local_workers(1):
        pass
    with missing, distributed.connected("tcp://127.0.0.1:9"):
        pass
    with missing:
        distributed.evaluate_bag(bag)
    with missing:
        distributed.evaluate_dask(np.zeros((1, 2, 2)), np.zeros((1, 2, 2)))


def test_numbers_of_workers():
    with (
        pytest.raises(InputError, match="workers: found 0; expected at least 1"),
        distributed.local_workers(0),
    ):
        pass


def test_local_workers_keep_freed_memory_and_dask_its_settings(monkeypatch):
    """Workers are started without Dask's trimming of memory; nobody else is."""
    monkeypatch.delenv("MALLOC_TRIM_THRESHOLD_", raising=False)
    before = dask.config.get("distributed.nanny.pre-spawn-environ")
    with distributed.local_workers(1) as client:
        (found,) = client.run(os.environ.get, "MALLOC_TRIM_THRESHOLD_").values()
        assert found is None
        assert dask.config.get("distributed.nanny.pre-spawn-environ") == before
