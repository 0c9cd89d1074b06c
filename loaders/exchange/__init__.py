"""Ownership as other tools exchange it: BODS 0.4 and FollowTheMoney, read and written."""
