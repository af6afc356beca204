"""What narrate asks of the machine: files written whole, temporary files, the cache, logs, signals, processors."""
