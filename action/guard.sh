# Sourced by the steps that start programs of others: what those print is no command of the job, on either stream, and
# a failure is told in one line. `doing` says what is under way.
exec 2>&1
token="supa-deploy-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
doing="preparing"
ended() {
  code=$?
  echo "::$token::"
  [ "$code" -eq 0 ] || echo "::error title=supa-deploy::$doing failed (exit code $code). Nothing was touched."
  exit "$code"
}
echo "::stop-commands::$token"
trap ended EXIT
