"""`python -m musicgen_web` is the same as `musicgen`."""

import sys

if __name__ == "__main__":
    from musicgen_web.cli import main

    sys.exit(main())
