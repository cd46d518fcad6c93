"""What is wrong with a workspace: its settings, its folder and the disk,
the database under its workbooks, its backups."""

from __future__ import annotations

TEXTS = {
    "should_be_a_month": 'Input should be a month, "01" to "12"',
    "all_named": "{named}",
    "backup_exists": "{path} exists already; name another file",
    "backup_file_differs": "the backup is damaged: {name} is not what was kept",
    "backup_file_unreadable": "the backup is damaged: {name} can't be read from it",
    "backup_format": "{path} has format {format}, which this Roadwright does not know; update Roadwright",
    "backup_names_file": "{path} is damaged: it names a file {name}",
    "backup_overtaken": "{files} changed while the backup was made; run it again",
    "backup_unwritable": "{path} can't be written: {why}",
    "control_characters": "should have no line breaks, tabs or other control characters",
    "database_empty_now": (
        "the database {database} is empty, but the workbooks of this folder were written from one ({seen}). {ways}"
    ),
    "database_gone": "{what}, but the workbooks of this folder were written from it. {ways}",
    "database_lacks": "the workbooks hold what the database {database} does not know: {unknown}. {ways}",
    "database_moved": (
        "the database {database} was moved to {url}. Nothing was written. Name that one in database_url, with its "
        "password where it needs one. Where it is lost, go back to a backup: roadwright restore FILE.zip -w "
        "NEWDIR; or name an empty database, and take over what the workbooks hold, keys kept: roadwright rebuild "
        "-w {folder}"
    ),
    "database_of_others": (
        "the database {database} belongs to another workspace than the workbooks of this folder. {ways}"
    ),
    "database_older": (
        "the database {database} is older (revision {number:,}) than the workbooks of this folder ({seen}). {ways}"
    ),
    "database_older_copy": (
        "the database {database} comes from an older copy: it lacks what the workbooks show since {seen}. {ways}"
    ),
    "file_name_too_long": "should be a name of at most {most} bytes; it is too long for a file",
    "folder_joined": "{folder} now belongs to the workspace of the database {database} ({identity})",
    "folder_left_behind": (
        "{folder} works on the old database, too, and is refused there from now on; name the new one in its {settings}"
    ),
    "folder_name_not_utf8": "the name of the folder {folder} is not UTF-8; rename it",
    "folder_not_empty": "{folder} is not empty; name a new folder",
    "it": "it",
    "no_backup": "{path} is no backup of Roadwright, or it is damaged: {manifest} can't be read",
    "no_workspace": "{folder} is no workspace: {file} is missing. Make one: roadwright init {folder}",
    "no_zip_file": "{path} is no ZIP file, or it is damaged: {why}",
    "not_moved": "{why}",
    "not_restored": "{path} can't be restored into {folder}: {why}",
    "not_settings": "{path} is {kind}, not a file with settings",
    "old_database_unwritable": (
        "the old database can't be written ({why}), so it does not tell other folders that it was moved; name the "
        "new one in their {settings} before they are used again"
    ),
    "revision": "revision {number:,}",
    "run_cut_by_backup": (
        "it was going on or waited when the backup was made, which does not hold its end; run it again, that is safe"
    ),
    "run_of_older_copy": (
        "it waited in an older copy of the database, and may have been done since then; ask for it again if it was not"
    ),
    "runs_of_older_copy": (
        "{count} {count:run|runs} of this older copy of the database may have been done since then, and will not be "
        "done again; roadwright runs shows them"
    ),
    "setting_character": "holds a character that no setting can have (code {character}); type it again without it",
    "setting_missing": "{place}: {why}",
    "setting_wrong": '{place}: {why} (it is "{value}")',
    "settings_of_no_workbook": "{file}: [workbooks] {name}: there is no such workbook{hint}; known: {known}",
    "settings_of_no_tab": "{file}: [tabs.{name}]: there is no such tab; known: {known}",
    "settings_unchangeable": "roadwright.toml can't be changed by program; write into it: {line}",
    "settings_unreadable": "{path} can't be read: {why}",
    "settings_wrong": "{lines}",
    "should_be_a_domain": 'should be a domain, such as "example.com"',
    "should_be_a_role": "should be one of {roles}",
    "should_be_an_issuer": 'should be the https address of the provider, such as "https://login.example.com"',
    "should_be_a_number": "should be a number",
    "some_named": "{named} and {more:,} more",
    "tab_not_unique": '"{name}" is the name of several tabs; name one: {tabs}',
    "tab_used_twice": '{file}: {use}: the tab "{tab}" of {workbook} is used already by {other}; name each tab once',
    "unknown_keys": "{count:,} keys of initiatives ({some})",
    "unknown_rows": "{count:,} rows written by another database or later than this copy of it ({some})",
    "unknown_runs": "{count:,} optimization runs ({some})",
    "unknown_setting": "{place}: is not a key that Roadwright knows",
    "unknown_tab": '"{name}" is no tab of this workspace; there are: {tabs}',
    "variable_not_json": "{name} can't be read as JSON ({why}); expected a value such as {example}",
    "variable_wins": "{variable} is set and wins over {settings}; set it to the new database, or unset it",
    "variable_wins_in_copy": (
        "{variable} is set, and would win over {settings}; unset it before you work in the restored folder"
    ),
    "ways_to_database": (
        "Nothing was written. Name the right database in database_url; or go back to a backup: roadwright restore "
        "FILE.zip -w NEWDIR; or take over what the workbooks hold, keys kept: roadwright rebuild -w {folder}"
    ),
    "ways_to_new_database": (
        "Nothing was written. Name the right database in database_url; or go back to a backup: roadwright restore "
        "FILE.zip -w NEWDIR; or name an empty database, and take over what the workbooks hold, keys kept: "
        "roadwright rebuild -w {folder}"
    ),
    "workbooks_brought_in": (
        "{count} workbook(s) that lay outside the folder are in {folder}, and {settings} names them there"
    ),
    "workbooks_named_alike": (
        "{file}: {use}: its workbook is called {label}, as another one is of {other}, and their tabs could not be told "
        "apart; give one of them another name or tab"
    ),
    "workspace_busy": (
        "another action is running in this workspace, or on its database, and did not end within {seconds:g} s "
        "(action_wait); run again when it has ended: roadwright runs shows it"
    ),
    "workspace_not_lockable": (
        "the workspace can't be locked: {why} ({file}); Roadwright must be able to write into this folder"
    ),
    "disk_full": "the disk is full",
    "disk_full_has": "the disk is full: {needed_size} are needed in {folder}, {free_size} are free",
    "disk_full_needs": "the disk is full: {needed_size} are needed in {folder}",
    "kind_device": "a device",
    "kind_folder": "a folder",
    "kind_named_pipe": "a named pipe",
    "kind_socket": "a socket",
    "os_error": "{why}",
}
