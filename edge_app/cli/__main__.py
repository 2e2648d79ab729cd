"""`python -m edge_app.cli` is `reps`."""

import sys

from edge_app.cli.main import main

sys.exit(main())
