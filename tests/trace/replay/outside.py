"""What a replay does that others would see, as strace tells it."""

from __future__ import annotations

from pathlib import Path

_SEEN_BY_OTHERS = (
    "connect,bind,listen,accept4,sendto,sendmsg,kill,tkill,msgget,msgsnd,msgrcv,msgctl,semget,semop,semtimedop,semctl,"
    "shmget,shmat,mq_open,mq_unlink,fork,vfork,execve"
)
_CHANGES = "unlink,unlinkat,rename,renameat,renameat2,mkdir,rmdir,chmod,fchmodat,truncate,symlink,link,mknod,mknodat"
_SCRATCH, _COMPILED = "/ipcreel-replay-", "/__pycache__"  # what Python keeps of modules that it had not compiled yet


def traced(report: Path) -> list[str]:
    """The words to put before a command: such calls are written down, and only they take longer."""
    # -y: a path may be relative to a descriptor
    calls = f"trace={_SEEN_BY_OTHERS},{_CHANGES}"
    return ["strace", "-f", "-y", "--seccomp-bpf", "-qq", "-e", "signal=none", "-o", str(report), "-e", calls]


def seen_outside(report: Path) -> list[str]:
    """The calls of replayed processes that are not in a scratch directory; each of them begins with one `execve`."""
    calls = [call for call in report.read_text().splitlines() if " resumed>" not in call]  # its begin has a line too
    launcher = calls[0].split()[0]
    inside = [call for call in calls if call.split()[0] != launcher and " execve(" not in call]
    return [call for call in inside if _SCRATCH not in call and _COMPILED not in call]
