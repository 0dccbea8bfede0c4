"""The tests mirror the code: `tests/<room>/test_<file>.py`."""
