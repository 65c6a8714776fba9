#!/bin/sh
# The Supabase CLI from npm into the job's temporary folder, exactly the version that action/tools.py chose.
# In: CLI_VERSION, CLI_SCRIPTS (`true`: this version fetches its binary in a postinstall script), RUNNER_TEMP. Out: the
# step's output `program`. It runs in a folder of its own, where no .npmrc of the repository is read.
set -eu
. "$GITHUB_ACTION_PATH/action/guard.sh"

folder="$RUNNER_TEMP/supa-deploy/supabase-$CLI_VERSION"
if [ ! -e "$folder/.ready" ]; then
  doing="installing supabase@$CLI_VERSION with npm"
  mkdir -p "$folder"
  cd "$folder"
  echo '{"private": true}' >package.json
  set -- npm install --no-package-lock --no-audit --no-fund --no-progress --no-update-notifier --loglevel=error
  [ "$CLI_SCRIPTS" = true ] || set -- "$@" --ignore-scripts
  "$@" "supabase@$CLI_VERSION"
  touch .ready
fi
echo "program=$folder/node_modules/.bin/supabase" >>"$GITHUB_OUTPUT"
