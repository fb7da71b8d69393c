"""Where a credential may go: the configured address, over https but on this machine, and nowhere else."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from funnel_tui.sources.errors import InsecureURL


def path_of(link: str, base_url: str) -> str:
    """A server's link as a path for `Request`: the credential never follows it to another host."""
    parts = urlsplit(link)
    prefix = urlsplit(base_url).path.rstrip("/")
    path = parts.path.removeprefix(prefix) if prefix else parts.path
    return f"{path}?{parts.query}" if parts.query else path


def check_url(name: str, base_url: str, allow_http: bool) -> bool:
    """Whether the address is on this machine. Raises InsecureURL for plain http anywhere else."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise InsecureURL(name, f"base_url {base_url!r} is not an http address", mend="Write it as https://host.")
    try:
        loopback = ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost" or host.endswith(".localhost")
    if parts.scheme == "http" and not loopback and not allow_http:
        raise InsecureURL(name, f"base_url {base_url} is plain http, which would show the token to the network")
    return loopback
