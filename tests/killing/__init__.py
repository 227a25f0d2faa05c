"""The parts of `tests/kill.py`."""
