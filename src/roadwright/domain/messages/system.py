"""What the operating system says of files and disks."""

from __future__ import annotations

TEXTS = {
    "disk_full": "the disk is full",
    "disk_full_has": "the disk is full: {needed_size} are needed in {folder}, {free_size} are free",
    "disk_full_needs": "the disk is full: {needed_size} are needed in {folder}",
    "os_error": "{why}",
}
