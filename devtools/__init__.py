"""What `dev.py` is made of: environment, servers, the running product, the suite, the checks. Standard library only."""
