# Short names for the scripts, where there is make. What each does: scripts/README.md.
.PHONY: bench demo dist faults fuzz lint package-check plugins-check soak test test-address test-env test-thread
bench demo dist faults fuzz lint package-check plugins-check soak test test-address test-env test-thread:
	@scripts/$@
