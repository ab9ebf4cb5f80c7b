"""What happens next: plans, requests, and the machine that moves a run. Pure; no clock, no I/O."""
