"""Explores a target with random situations, and shrinks each failure to its smallest one."""
