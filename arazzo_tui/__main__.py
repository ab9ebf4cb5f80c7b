"""`python -m arazzo_tui` is `arazzo-tui`."""

import sys

from arazzo_tui.cli import main

sys.exit(main())
