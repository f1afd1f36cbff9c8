# shellcheck shell=sh
# The folder of npm packages, outside the source tree, that other engines come from.

PEER=${PEER:-$T/../../peer}
export PEER

# need_peer PACKAGE ...: the test is skipped where one of them cannot be had.
need_peer() {
	have node || skip_all 'node is not installed'
	for package; do
		node -e 'require("node:module").createRequire(process.env.PEER + "/")(process.argv[1])' "$package" \
			2>/dev/null || skip_all "no $package: npm install --prefix $PEER $package"
	done
}
