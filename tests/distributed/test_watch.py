"""A cluster without workers ends the job after a stated time, with an error that says so."""

from __future__ import annotations

import os
import signal
import threading
from time import monotonic, sleep

import dask
import pytest
from dask.utils import parse_timedelta

from gonogo import Settings, distributed
from gonogo.cli.exits import exit_code
from gonogo.distributed import cluster
from gonogo.errors import GonogoError
from tests.distributed.images import plain_images

NO_WORKER = r"the cluster has had no worker for 1 s: all have ended, or were killed"


@pytest.fixture
def empty():
    """A cluster that has no workers, and will not get any."""
    from distributed import Client, LocalCluster

    options = {"dashboard_address": "127.0.0.1:0", "scheduler_kwargs": {"dashboard": False}}
    with LocalCluster(n_workers=0, **options) as empty, Client(empty) as client:
        yield client


@pytest.mark.parametrize("mode", ["exact", "certified", "auto"])
def test_no_worker_at_all(empty, monkeypatch, mode):
    monkeypatch.setattr(cluster, "_WITHOUT_WORKERS", 1.0)
    start = monotonic()
    with pytest.raises(GonogoError, match=NO_WORKER) as caught:
        distributed.evaluate_sources(plain_images(8), Settings(mode=mode), client=empty)
    assert monotonic() - start < 30
    assert exit_code(caught.value, debug=False) == 2


def test_workers_that_go_for_good_in_the_middle(monkeypatch):
    from distributed import Client, LocalCluster

    monkeypatch.setattr(cluster, "_WITHOUT_WORKERS", 1.0)
    settings = Settings(mode="certified")
    options = {"dashboard_address": "127.0.0.1:0", "scheduler_kwargs": {"dashboard": False}}
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, **options) as short,
        Client(short) as client,
    ):
        done = []

        def closing(images, _):
            if not done:
                threading.Thread(target=short.scale, args=(0,)).start()
                while client.nthreads():
                    sleep(0.05)
            done.append(images)

        with pytest.raises(GonogoError, match=NO_WORKER):
            distributed.evaluate_sources(
                plain_images(40), settings, client=client, partition=1, progress=closing
            )
    assert done


def test_other_errors_and_results_pass_through(client):
    with cluster.refuse_without_workers(client, pytest.fail):
        pass
    with (
        pytest.raises(KeyError, match="mine"),
        cluster.refuse_without_workers(client, pytest.fail),
    ):
        raise KeyError("mine")
    assert not [one for one in threading.enumerate() if one.name == "gonogo-workers"]


def test_local_workers_that_die_as_they_start(tmp_path, monkeypatch):
    dies = tmp_path / "dies.py"
    dies.write_text(f"import os\nos.kill(os.getpid(), {int(signal.SIGKILL)})\n")
    monkeypatch.setattr(cluster, "_PRELOAD", str(dies))
    refused = r"workers: cannot start 1 process\(es\) \(Nanny failed to start\.?\); something ends"
    with (
        pytest.raises(GonogoError, match=refused) as caught,
        distributed.local_workers(1),
    ):
        pass
    assert exit_code(caught.value, debug=False) == 2


def test_a_worker_that_dies_again_and_again_is_replaced_each_time():
    """Dask looks for a lost worker after a while, and would not replace one that died just then."""
    with distributed.local_workers(1) as client:
        for _ in range(3):
            ((address, process),) = client.run(os.getpid).items()
            os.kill(process, signal.SIGKILL)
            while address in client.nthreads():
                sleep(0.05)
            client.wait_for_workers(1, timeout=120)
        wait = dask.config.get("distributed.deploy.lost-worker-timeout")
        assert parse_timedelta(wait) >= 3600
