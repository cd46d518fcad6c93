"""What the operating system says of files and disks."""

from __future__ import annotations

TEXTS = {
    "disk_full": "the disk is full",
    "disk_full_has": "the disk is full: {needed_size} are needed in {folder}, {free_size} are free",
    "disk_full_needs": "the disk is full: {needed_size} are needed in {folder}",
    "kind_device": "a device",
    "kind_folder": "a folder",
    "kind_named_pipe": "a named pipe",
    "kind_socket": "a socket",
    "os_error": "{why}",
}
