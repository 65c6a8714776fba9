#!/bin/sh
# The first thing the job does: every secret it may meet becomes a mask, plain and percent-encoded (as it is, and as
# the usual libraries spell it in a URL), and each line of one that has several. Needs nothing but sh, od and awk.
set -eu
export LC_ALL=C

mask() {
  [ -n "$1" ] || return 0
  printf %s "$1" | od -An -v -tx1 | awk '
    BEGIN {
      for (n = 1; n < 256; n++) character[sprintf("%02x", n)] = sprintf("%c", n)
      data["25"] = "%25"; data["0d"] = "%0D"; data["0a"] = "%0A"
    }
    { for (n = 1; n <= NF; n++) bytes[++count] = $n }
    function add(form) {
      if (form !~ /[^ \t]/ || form in seen) return
      seen[form] = 1
      print "::add-mask::" form
    }
    # The value in one spelling, as the text of a command, where a `%` is %25.
    function encoded(kept, space, lower,   n, byte, text) {
      for (n = 1; n <= count; n++) {
        byte = character[bytes[n]]
        if (byte ~ /[A-Za-z0-9_.~-]/ || index(kept, byte)) text = text byte
        else if (byte == " " && space != "") text = text space
        else text = text "%25" (lower ? bytes[n] : toupper(bytes[n]))
      }
      return text
    }
    END {
      for (n = 1; n <= count; n++) whole = whole (bytes[n] in data ? data[bytes[n]] : character[bytes[n]])
      add(whole)
      lines = split(whole, line, /(%0D|%0A)+/)
      for (n = 1; n <= lines; n++) add(line[n])
      for (lower = 0; lower < 2; lower++) {
        add(encoded("", "", lower))
        add(encoded("/", "", lower))
        add(encoded("", "+", lower))
        add(encoded("!*()\047", "", lower))
      }
    }'
}

for name in \
  SUPABASE_ACCESS_TOKEN SUPABASE_DB_PASSWORD SUPABASE_SECRET_KEY SUPABASE_SERVICE_ROLE_KEY SUPABASE_PUBLISHABLE_KEY \
  SUPABASE_ANON_KEY SUPABASE_DB_URL PGPASSWORD SUPA_DEPLOY_SHADOW_URL \
  IN_ACCESS_TOKEN IN_DB_PASSWORD IN_SECRET_KEY IN_PUBLISHABLE_KEY IN_DB_URL IN_GITHUB_TOKEN; do
  eval "value=\${$name-}"
  case $name in
  *_URL)
    case $value in
    *://*:*@*)
      rest=${value#*://}
      user=${rest%@*}
      mask "${user#*:}"
      ;;
    esac
    ;;
  esac
  mask "$value"
done
