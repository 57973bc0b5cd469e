"""Many people at work at once; `python -m benchmarks.load --help`."""
