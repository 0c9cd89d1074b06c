"""The demonstration that the first screen and `xinmai demo` make."""

# Every pattern and stop rule is in it, and it loads in seconds.
ENTERPRISES = 2_000
SEED = 2014
