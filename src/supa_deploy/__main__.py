"""The entry point. `--version` answers before anything else is imported."""

import signal
import sys


def main() -> None:
    """Runs the command line and exits with the outcome's number."""
    if sys.argv[1:] == ["--version"]:
        from supa_deploy import __version__

        sys.stdout.write(f"supa-deploy {__version__}\n")
        return
    # Until a command watches for signals nothing is under way: a Ctrl-C simply ends the process.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from supa_deploy.cli.main import run_command_line

    sys.exit(run_command_line(sys.argv[1:]))


if __name__ == "__main__":
    main()
