"""Files of departments to ledger, ledger to snapshot, snapshot to store."""
