"""Who can open the page: a browser here, others in the network."""

from __future__ import annotations

import errno
import shutil
import sys
import urllib.request
import webbrowser

from server import hosts
from server.commands.examined.finding import Finding
from server.commands.serve import listen

PATIENCE = 2.0
"""Seconds that a server which has the port is given to answer."""
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def browser() -> Finding:
    try:
        found = webbrowser.get()
    except webbrowser.Error:
        advice = "open the address by hand, here or on another machine; `--no-browser` does not try"
        return Finding("browser", "warn", "none is found that could be opened from here", advice)
    return Finding("browser", "ok", f"{getattr(found, 'name', '') or 'the system’s own'} opens the page")


def port(host: str, number: int) -> Finding:
    where = f"{host} port {number}"
    try:
        listen(host, number).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE and _is_chainrule(host, number):
            advice = "open it, or choose another port with --port, or 0 for any free one"
            return Finding("port", "warn", f"a chainrule is at {where} already", advice)
        advice = {
            errno.EADDRINUSE: "choose another with --port, or 0 for any free one",
            errno.EACCES: "choose one of 1024 or above with --port: those below are for administrators",
            errno.EADDRNOTAVAIL: "this machine has no such address: 127.0.0.1 is for itself, 0.0.0.0 for all of its networks",
        }.get(error.errno or 0, "name a host that is this machine's with --host")
        return Finding("port", "bad", f"{where} cannot be listened on: {error.strerror or error}", advice)
    return Finding("port", "ok", f"{where} is free")


def network(host: str, number: int) -> Finding:
    """Whether learners could reach it. A firewall cannot be seen from within: it is told how one is opened."""
    own = [str(each) if each.version == 4 else f"[{each}]" for each in hosts.own_addresses()]
    if host in LOOPBACK:
        return Finding("network", "ok", f"{host} is for this machine alone", "for a class start with --host 0.0.0.0")
    if not own:
        return Finding("network", "warn", "this machine is in no network: nobody else can open the page", "join one")
    urls = " or ".join(f"http://{each}:{number}" for each in own)
    advice = f"where they cannot, a firewall may be in between: {firewall(number)}"
    return Finding("network", "ok", f"learners open {urls}", advice)


def firewall(number: int) -> str:
    """How this system's own firewall lets a port through."""
    if sys.platform == "win32":
        rule = f'netsh advfirewall firewall add rule name="chainrule" dir=in action=allow protocol=TCP localport={number}'
        return f"`{rule}` as administrator, or allow Python when Windows asks"
    if sys.platform == "darwin":
        return "allow Python in System Settings → Network → Firewall"
    if shutil.which("ufw"):
        return f"`sudo ufw allow {number}/tcp`"
    if shutil.which("firewall-cmd"):
        return f"`sudo firewall-cmd --add-port={number}/tcp`"
    return f"let TCP port {number} through. Some wireless networks keep guests apart: ask whoever runs yours"


def _is_chainrule(host: str, number: int) -> bool:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    try:
        with urllib.request.urlopen(f"http://{shown}:{number}/healthz", timeout=PATIENCE) as answer:
            return bool(answer.read(100).startswith(b'{"status":'))
    except (TimeoutError, OSError, ValueError):
        return False
