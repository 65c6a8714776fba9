#!/bin/sh
# Fills tests/action/registry with what the action's steps install, once: the tests run where there is no network.
# pip's packages become files of a folder (find-links), npm's a cache of its own (offline).
# In: PYTHON, the version of the Supabase CLI as the first word.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$here/registry
rm -rf "$folder"
mkdir -p "$folder/wheels" "$folder/npm" "$folder/scratch"
"$PYTHON" -m pip --disable-pip-version-check download --quiet --require-hashes --only-binary :all: \
  --dest "$folder/wheels" -r "$here/../../requirements.lock"
cd "$folder/scratch"
echo '{"private": true}' >package.json
npm install --cache "$folder/npm" --no-package-lock --no-audit --no-fund --no-progress --loglevel=error \
  --ignore-scripts "supabase@$1" >/dev/null
rm -rf "$folder/scratch"
touch "$folder/.ready"
