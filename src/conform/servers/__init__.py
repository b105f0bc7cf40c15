"""What answers the SDK: the gateway, and the servers it plays or passes on to."""

from conform.servers.certificates import Certificates
from conform.servers.gateway import Gateway, Recording, Upstream

__all__ = ["Certificates", "Gateway", "Recording", "Upstream"]
