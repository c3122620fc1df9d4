# Makes .venv with Python 3.11 or later: $PYTHON when it is set, else the first on the PATH that is new enough.
set -eu
new_enough='import sys; sys.exit(sys.version_info < (3, 11))'

for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
  if "$candidate" -c "$new_enough" 2>/dev/null; then
    "$candidate" -m venv .venv || {
      echo "$candidate cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv" >&2
      exit 1
    }
    echo "    $("$candidate" --version), $(command -v "$candidate")"
    exit
  fi
done
echo "bertviz_plus needs Python 3.11 or later, and ${PYTHON:-this machine} has $(${PYTHON:-python3} --version 2>/dev/null || echo 'no Python that runs')." >&2
echo "Install one, or name it: make PYTHON=/path/to/python3.12 ..." >&2
exit 1
