"""What a running site consists of and how much memory it takes."""

from collections import defaultdict
from collections.abc import Callable

import psutil

from radicula.services.places import Home
from radicula.services.processes import descendants, running_in, site_processes

MEBIBYTE = 1024 * 1024


def status_print(home: Home, say: Callable[[str], None]) -> int:
    """Print the processes of a site by part, with their memory.

    Parameters
    ----------
    home : Home
        The site's data folder.
    say : callable
        Takes one line.

    Returns
    -------
    int
        0, or 1 if no process of that site runs.

    Notes
    -----
    RSS counts memory that processes share once for each of them; PSS (Linux) shares it out, so its sum is true.
    """
    parts = site_parts_running(home)
    if not parts:
        say(f"no site runs on {home.root}")
        return 1
    say(f"{'part':<12} {'processes':>9} {'RSS MiB':>9} {'PSS MiB':>9}  ids")
    for name, processes in parts.items():
        rss, pss = _memory_mib(processes)
        ids = " ".join(str(process.pid) for process in processes)
        say(f"{name:<12} {len(processes):>9} {rss:>9.0f} {pss:>9.0f}  {ids}")
    return 0


def site_parts_running(home: Home) -> dict[str, list[psutil.Process]]:
    """Return the living processes of each part of a site, supervisor included; empty when it doesn't run."""
    parts: defaultdict[str, list[psutil.Process]] = defaultdict(list)
    servers = {
        "postgres": running_in(home.postgres / "postmaster.pid", home.postgres, ("postgres",)),
        "redis": running_in(home.redis / "redis.pid", home.redis, ("redis-server", "valkey-server")),
    }
    for name, server in servers.items():  # both write over their environment, so they are found by their files
        if server is not None:
            parts[name] = [server, *descendants(server.pid)]
    for process, part in site_processes(str(home.root)):
        if part not in servers and process.status() != psutil.STATUS_ZOMBIE:
            parts[part].append(process)
            if (parent := process.parent()) is not None and "radicula.services.run" in parent.cmdline():
                parts["supervisor"] = [parent]
    return dict(parts)


def _memory_mib(processes: list[psutil.Process]) -> tuple[float, float]:
    rss = pss = 0
    for process in processes:
        try:
            memory = process.memory_full_info()
        except psutil.NoSuchProcess:
            continue  # ended since it was listed
        rss += memory.rss
        pss += getattr(memory, "pss", memory.rss)
    return rss / MEBIBYTE, pss / MEBIBYTE
