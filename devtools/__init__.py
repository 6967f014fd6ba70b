"""What `dev.py` is made of: environment, servers, product, suite, checks. Standard library only."""
