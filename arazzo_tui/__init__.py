"""The terminal debugger for API workflows.

Seven rooms; imports point down: `tui` and `cli` over `world` and `sandbox`, over `graphql` and
`engine`, over `document`, over `language`. The lower four do no input or output of their own.
"""

__version__ = "0.1.0"
