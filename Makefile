# Short names for the scripts, which scripts/README.md describes.
.PHONY: airflow-check bench demo dist dist-check dist-compare docs docs-check engines-check faults fuzz image-check lint package-check plugins-check services-test soak static-test test test-address test-env test-thread
airflow-check bench demo dist dist-check dist-compare docs docs-check engines-check faults fuzz image-check lint package-check plugins-check services-test soak static-test test test-address test-env test-thread:
	@scripts/$@
