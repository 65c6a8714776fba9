"""The entry point. `--version` answers before anything else is imported."""

import gc
import signal
import sys

_OBJECTS_BETWEEN_COLLECTIONS = (
    50_000  # a short run makes little garbage; the default of 700 costs 0.05 s of imports
)


def main() -> None:
    """Runs the command line and exits with the outcome's number."""
    if sys.argv[1:] == ["--version"]:
        from supa_deploy import __version__

        sys.stdout.write(f"supa-deploy {__version__}\n")
        return
    # Until a command watches for signals nothing is under way: a Ctrl-C simply ends the process.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    from supa_deploy.cli.main import run_command_line

    exit_code = run_command_line(sys.argv[1:])
    gc.freeze()  # the process ends: a last collection of every module would be 0.05 s for nothing
    sys.exit(exit_code)


if __name__ == "__main__":
    main()
