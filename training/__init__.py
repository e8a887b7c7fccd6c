"""What makes the shipped models; nothing here is part of the running product."""
