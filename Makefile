# Short names for the scripts, which scripts/README.md describes.
.PHONY: bench demo dist faults fuzz lint package-check plugins-check soak test test-address test-env test-thread
bench demo dist faults fuzz lint package-check plugins-check soak test test-address test-env test-thread:
	@scripts/$@
