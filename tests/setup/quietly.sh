# Runs a command and shows what it printed only when it fails.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$@" >"$log" 2>&1 && exit
code=$?
cat "$log" >&2
echo "failed ($code): $*" >&2
exit "$code"
