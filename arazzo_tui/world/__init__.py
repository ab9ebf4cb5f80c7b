"""Where a run meets the outside: files, settings, HTTP, and the loop that drives the machine."""
