"""Panes draw a run; keys move it. Nothing here decides what a step means."""
