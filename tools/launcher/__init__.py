"""What stands behind `python3 run.py`."""
