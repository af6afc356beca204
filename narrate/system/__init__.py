"""The operating system: atomic writes, temporary files, the cache, logs, signals, CPU cores."""
