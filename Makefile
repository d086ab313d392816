# Short names for the scripts, where there is make. What each does: scripts/README.md.
.PHONY: bench demo dist faults lint package-check plugins-check soak test test-env
bench demo dist faults lint package-check plugins-check soak test test-env:
	@scripts/$@
