# Short names for the scripts, where there is make. What each does: scripts/README.md.
.PHONY: bench demo test test-env lint
bench demo test test-env lint:
	@scripts/$@
