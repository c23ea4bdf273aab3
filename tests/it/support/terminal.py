"""Runs a program on a pseudo-terminal of its own: waits for texts, types answers, and tells what was seen.

The job comes as JSON on stdin, the report goes as JSON to stdout."""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

PATIENCE = 60


def main():
    job = json.load(sys.stdin)
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", job["rows"], job["columns"], 0, 0))
    os.write(master, job["ahead"].encode())
    before = flags(slave)
    stdout = os.open(job["stdout"], os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    stderr = os.open(job["stderr"], os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    stdin = slave if job["stdin"] is None else os.open(job["stdin"], os.O_RDONLY)
    child = os.fork()
    if child == 0:
        os.setsid()
        if job["terminal"]:
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        os.dup2(stdin, 0)
        os.dup2(slave if job["data"] else stdout, 1)
        os.dup2(slave if job["terminal"] and job["talk"] else stderr, 2)
        os.closerange(3, 256)
        # A terminal that is closed ends what runs in it, also where the tests themselves run under nohup.
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        os.execve(job["words"][0], job["words"], job["environment"])
    deadline = time.monotonic() + PATIENCE
    screen, seen, echo, status, missing = b"", 0, [], None, None
    steps = list(job["steps"])
    while status is None:
        if time.monotonic() > deadline:
            missing = steps[0][0] if steps else "the end of the program"
            os.kill(child, 9)
            deadline += PATIENCE
        screen += arrived(master, 0.05)
        if steps:
            expected, answer = steps[0]
            at = screen.find(expected.encode(), seen)
            if at >= 0:
                seen = at + len(expected.encode())
                echo.append(flags(slave)["echo"])
                if answer.startswith("signal:"):
                    os.kill(child, int(answer[7:]))
                elif answer.startswith("file:"):
                    path, content, typed = json.loads(answer[5:])
                    with open(path, "w") as file:
                        file.write(content)
                    os.write(master, typed.encode())
                else:
                    os.write(master, answer.encode())
                steps.pop(0)
        ended, code = os.waitpid(child, os.WNOHANG)
        if ended == child:
            status = os.waitstatus_to_exitcode(code)
    screen += arrived(master, 0.2)
    if steps and missing is None:
        missing = steps[0][0]
    report = {
        "exit": status,
        "screen": screen.decode("utf-8", "backslashreplace"),
        "missing": missing,
        "echo": echo,
        "before": before,
        "after": flags(slave),
    }
    json.dump(report, sys.stdout)


def flags(terminal):
    local = termios.tcgetattr(terminal)[3]
    return {
        "echo": bool(local & termios.ECHO),
        "lines": bool(local & termios.ICANON),
        "signals": bool(local & termios.ISIG),
    }


def arrived(master, patience):
    text = b""
    while select.select([master], [], [], patience)[0]:
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        text += piece
        patience = 0.02
    return text


main()
