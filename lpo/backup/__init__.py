"""Backup and restore of a whole installation: database and report files, of one moment, with their hashes."""

from lpo.backup.faults import BackupFault
from lpo.backup.making import Made, make_backup
from lpo.backup.restoring import Restored, restore_backup

__all__ = ["BackupFault", "Made", "Restored", "make_backup", "restore_backup"]
