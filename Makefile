# Short names for the scripts, where there is make. What each does: scripts/README.md.
.PHONY: bench demo faults lint soak test test-env
bench demo faults lint soak test test-env:
	@scripts/$@
