"""Console entry: `nextpanel-sandbox` runs the process in the foreground until SIGINT or SIGTERM."""

import os
import sys

import uvicorn

from sandbox.app import create_app
from sandbox.core.context import build_context
from sandbox.settings import Settings, SettingsError


def main() -> int:
    """Run with settings from the environment; exit code 2 and one sentence when they are wrong."""
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 2
    app = create_app(build_context(settings))
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=3,
        timeout_keep_alive=75,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
