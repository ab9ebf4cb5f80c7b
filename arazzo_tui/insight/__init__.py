"""What a run can be asked: where a value came from and goes to, what a line says, the picture of its flow.

Pure, and above the engine, which knows nothing of it.
"""
