"""What people run beside the command: checks, benchmarks, scores."""
