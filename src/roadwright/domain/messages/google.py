"""What there is to say of spreadsheets of Google Sheets."""

from __future__ import annotations

TEXTS = {
    "sheet_or_tab": "sheet says where it is asked for: leave out tab and select, or sheet.",
    "sheet_tab_unknown": (
        "{tab} is no tab that Roadwright knows, so none of its rows can be selected; in this spreadsheet it "
        "knows {tabs}."
    ),
    "sheet_unknown": (
        "The spreadsheet {spreadsheet} is no workbook of this workspace. Put its address into roadwright.toml "
        "([workbooks] or [[intake]]), and start the server again."
    ),
    "google_all_well": "all is well",
    "google_api_off": (
        "Google refuses: {why} Enable the Google Sheets API in the project that the key belongs to (console.cloud."
        "google.com, APIs & Services), wait a minute and run again."
    ),
    "google_cell_lost": (
        "{tab}!{cell} was typed into while it was written, and is empty now: look at the version history of the "
        "spreadsheet for what stood there"
    ),
    "google_columns_missing": "{tab}: lacks the {columns:column|columns} {columns}",
    "google_endpoint_refused": (
        "{variable} names {endpoint}, which is not on this machine. It takes an address such as "
        "http://127.0.0.1:8080/, for tests; remove the variable to reach Google."
    ),
    "google_full": (
        "{spreadsheet} has no room: a spreadsheet holds 10 million cells, empty ones included. Delete empty columns "
        "and rows, or move a tab to another spreadsheet."
    ),
    "google_header_gone": (
        "{tab}: the header was moved or changed while the tab was written. Put it back where it stood and run again."
    ),
    "google_keeps_moving": "{spreadsheet} ({tabs}) is changed faster than it can be read and written. Run again.",
    "google_key_unusable": (
        "The credentials in {path} can't be used: {why}. Put a service account's key there (JSON), as docs/google.md "
        "says."
    ),
    "google_login_failed": "You are not signed in: {why}",
    "google_login_needs_client": (
        "Signing in needs an OAuth client of your own, as a JSON file: create one of the type Desktop app (console."
        "cloud.google.com, APIs & Services, Credentials), download it, and put it at {file}, or name it "
        "by --client FILE."
    ),
    "google_no_credentials": (
        "Google asks who you are, and there are no credentials. Name a service account's key in roadwright.toml "
        '([google] credentials = "service-account.json"), or in GOOGLE_APPLICATION_CREDENTIALS, or sign in by '
        "`roadwright google login`. docs/google.md shows each."
    ),
    "google_no_id": (
        "{address} does not name a spreadsheet. Open it in a browser and copy the address, which begins with "
        "https://docs.google.com/spreadsheets/d/ and is not that of a published copy (/d/e/)."
    ),
    "google_no_key_file": (
        "There is no file {path} with credentials. Download the service account's key and put it there, or correct "
        "[google] credentials in roadwright.toml."
    ),
    "google_no_spreadsheet": (
        "{spreadsheet} is an Office file that lies in Google Drive, and no spreadsheet. Open it, choose File > Save as "
        "Google Sheets, and put the new address into roadwright.toml."
    ),
    "google_not_editable": (
        "{spreadsheet} can be read, and not be edited. Share it with {account} as an Editor, and run again."
    ),
    "google_not_found": (
        "There is no spreadsheet at {address}: it was deleted, or the address is wrong. Bring it back from the trash "
        "of Google Drive, or correct roadwright.toml."
    ),
    "google_not_shared": (
        "{spreadsheet} is not shared. Open it in a browser, press Share, add {account} as an Editor, and run again."
    ),
    "google_no_spreadsheets": (
        "No workbook of this workspace is a spreadsheet. Put addresses into roadwright.toml ([workbooks], [[intake]])."
    ),
    "google_protected": (
        "{spreadsheet} has protected cells where something has to be written. Let {account} edit the protected ranges "
        "(Data > Protect sheets and ranges), and run again."
    ),
    "google_quota": (
        "Google takes no more calls for now (its quota is counted by the minute), so {spreadsheet} was left as it is. "
        "Run again in a minute."
    ),
    "google_refused": "Google refuses what was asked of {spreadsheet}: {why}",
    "google_reply_lost": (
        "Google did not answer, and what became of the last change of {spreadsheet} is not known. Run again: it is "
        "found out then."
    ),
    "google_rows_changed": (
        "{tab}: {count} new {count:row|rows} {count:was|were} changed or deleted while they were written. Run again."
    ),
    "google_rows_gone": (
        "{spreadsheet}: people changed or deleted {rows} while {rows:it was|they were} written. Run again."
    ),
    "google_sign_in_failed": (
        "Google does not take the credentials: {why} Create a new key for the service account, or sign in again by "
        "`roadwright google login`."
    ),
    "google_tab_empty": "{tab}: is empty; `roadwright google setup` gives it its header",
    "google_tab_gone": (
        "{spreadsheet}: a tab was renamed or deleted while it was written. Run again, or give it its name back."
    ),
    "google_tab_missing": "{tab}: is not there; `roadwright google setup` adds it",
    "google_tab_ready": "{tab}: {rows} {rows:row|rows}, {columns} {columns:column|columns}",
    "google_tab_unusable": "{tab}: {why}",
    "google_unreachable": "Google can't be reached for {spreadsheet}: {why} Run again when the connection is back.",
}
