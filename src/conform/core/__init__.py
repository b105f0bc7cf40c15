"""What every other room speaks in: values, messages, observations, results, errors, paths."""
