"""Names a target, puts it in place and runs its adapter, contained."""
