"""Helpers of the stage tests: files in every dialect, and the stages called one by one."""
