"""The rows of the fault suite, a module a family."""
