# Short names for the scripts, where there is make. What each does: scripts/README.md.
.PHONY: demo test test-env lint
demo test test-env lint:
	@scripts/$@
