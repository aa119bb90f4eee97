"""Become another program that ends when the starter ends.

Run by path, before the program: `python -I -S launch.py DEATH_SIGNAL UID GID PARENT_PID PROGRAM [ARGUMENT ...]`. It
uses the standard library alone and costs some 20 ms. A `preexec_fn` could do the same, but runs between fork and exec,
where a process with threads may hang.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
KEEP_ACCOUNT = -1


def main(arguments: list[str]) -> None:
    """Change the account, tie the life of this process to that of its parent, and become the program."""
    death_signal, uid, gid, parent = (int(value) for value in arguments[:4])
    command = arguments[4:]
    if uid != KEEP_ACCOUNT:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    # A starter in the background of a shell script ignores SIGINT, and so would everything that it starts.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:
            sys.exit(f"{command[0]}: the process that asked for it is gone")
    try:
        os.execvp(command[0], command)  # noqa: S606 - a shell would be one more process to end
    except OSError as problem:
        sys.exit(f"{command[0]}: {problem.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
