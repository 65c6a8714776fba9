"""TLS for the throwaway database: a certificate that nobody verifies, as `PGSSLMODE=require` asks."""

from pathlib import Path

from supa_deploy.shadow import sql

_SETTINGS = """
ssl = on
ssl_cert_file = 'server.crt'
ssl_key_file = 'server.key'
"""


def offer(data: Path) -> None:
    """Puts a fresh certificate into the data folder of a server that is not started yet, and switches TLS on.

    Raises PreflightFailed when the package that makes certificates is not installed.
    """
    try:
        import trustme
    except ImportError:
        raise sql.missing_driver("trustme") from None
    issued = trustme.CA().issue_cert("localhost", "*.localhost", "127.0.0.1", "::1")
    (data / "server.crt").write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    key = data / "server.key"
    key.touch(mode=0o600)
    key.write_bytes(issued.private_key_pem.bytes())
    with (data / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write(_SETTINGS)
