"""Targets and cases come in; observations, verdicts and events of the run go out.

``runner.run`` runs targets and sends events; ``preparation.prepare`` gives one target in this
process. Both modules need much, so nothing is imported here.
"""
