"""A server whose engines do what their prompts say: python -m tests.support.hostile [FACTORY]…

Always there: `scripted` and `other`, two lanes of the same kind. Each FACTORY adds a lane of its own (`CrashesOnLoad`).
"""

import sys

if __name__ == "__main__":  # the workers import this file too
    import os

    from musicgen_web.server import serve
    from musicgen_web.settings import read
    from tests.support.engines import spec

    engines = [spec("scripted"), spec("other"), *(spec(factory.lower(), factory) for factory in sys.argv[1:])]
    sys.exit(serve(read(os.environ), engines=engines))
