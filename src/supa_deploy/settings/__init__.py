"""Everything a run is told: flags, process environment, env file, what `supabase link` left.

Order (PRODUCT): flag > process environment > env file > `supabase/.temp/project-ref` > default. The only
package that reads `os.environ` or an env file.
"""

from supa_deploy.settings.load import Flags, bare, environment, load
from supa_deploy.settings.url import at_database, parse_database_url
from supa_deploy.settings.values import DatabaseUrl, Output, Settings

__all__ = [
    "DatabaseUrl",
    "Flags",
    "Output",
    "Settings",
    "at_database",
    "bare",
    "environment",
    "load",
    "parse_database_url",
]
