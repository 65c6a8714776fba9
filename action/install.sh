#!/bin/sh
# supa-deploy into a virtual environment of its own, in the job's temporary folder; every package by its hash.
# In: PYTHON (3.11 or newer; default python3), GITHUB_ACTION_PATH, RUNNER_TEMP. Out: the step's output `python`.
set -eu
. "$GITHUB_ACTION_PATH/action/guard.sh"

key=$(printf %s "$GITHUB_ACTION_PATH" | cksum | cut -d ' ' -f 1)
venv="$RUNNER_TEMP/supa-deploy/venv-$key"
if [ ! -e "$venv/.ready" ]; then
  doing="making a virtual environment with ${PYTHON:-python3}"
  "${PYTHON:-python3}" -I -m venv --clear "$venv"
  doing="installing supa-deploy"
  set -- "$venv/bin/python" -I -m pip --disable-pip-version-check --no-input install --quiet --no-compile
  "$@" --require-hashes -r "$GITHUB_ACTION_PATH/requirements.lock"
  "$@" --no-deps --no-index --no-build-isolation "$GITHUB_ACTION_PATH"
  touch "$venv/.ready"
fi
"$venv/bin/supa-deploy" --version
echo "python=$venv/bin/python" >>"$GITHUB_OUTPUT"
