"""Pages and schemas come in; Pact files and Pact mock servers go out."""

from conform.contracts.files import contract_files
from conform.contracts.pacts import PactServer, served

__all__ = ["PactServer", "contract_files", "served"]
