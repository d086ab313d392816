"""The rows of the fault suite, one module for each family."""
