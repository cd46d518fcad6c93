"""What a table of others is taken to mean: its header, its columns in several languages, its words, its headings."""

from __future__ import annotations

import pytest

from roadwright.services.imports.propose import ForeignTable, Proposal, propose
from roadwright.sheets.foreign.files import numbered_rows
from roadwright.sheets.foreign.separated import cells_of, decoded, delimiter_of


def proposal_of(text: str) -> Proposal:
    found = propose(ForeignTable(numbered_rows(cells_of(text.encode()))))
    assert found is not None
    return found


@pytest.mark.parametrize(
    "header",
    [
        "Title,Description,Status,Due date,Requester,Department,Country,Effort",
        "Titel,Beschreibung,Status,Fällig,Antragsteller,Abteilung,Land,Aufwand",
        "Titre,Description,Statut,Échéance,Demandeur,Direction,Pays,Charge",
        "Título,Descripción,Estado,Fecha límite,Solicitante,Departamento,País,Esfuerzo",
        "Título,Descrição,Situação,Prazo,Solicitante,Setor,País,Esforço",
        "Titolo,Descrizione,Stato,Scadenza,Richiedente,Reparto,Paese,Impegno",
        "Titel,Omschrijving,Status,Vervaldatum,Aanvrager,Afdeling,Land,Inspanning",
        "Tytuł,Opis,Stan,Termin realizacji,Zgłaszający,Dział,Kraj,Nakład",
    ],
)
def test_columns_are_known_in_eight_languages(header: str) -> None:
    found = proposal_of(f"{header}\nRefunds,Buyers wait,open,2026-05-31,Jo,Sales,UK,12\n")
    names = "title brief_description lifecycle_status deadline_date requester_name department country"
    assert found.columns == dict(zip([*names.split(), "effort_engineering_days"], header.split(","), strict=True))


def test_the_reason_of_a_guess_is_said() -> None:
    found = proposal_of(
        "Nr;Was wir brauchen;Kunde\n1;Faster search for dealers;ACME\n2;Invoices as PDF;ACME\n3;New home page;ACME\n"
    )
    assert [(g.theirs, g.ours, g.why.code) for g in found.guesses if g.ours == "title"] == [
        ("Was wir brauchen", "title", "guessed_only_texts")
    ]
    assert str(found.guesses[0]) == '"Was wir brauchen" → title: the only column of unique short texts'


def test_what_cells_hold_tells_what_the_header_does_not() -> None:
    lines = "".join(
        f"Wish {n} of ours;a{n}@example.com;{'Doing' if n % 2 else 'Todo'};2026-0{n}-01\n" for n in range(1, 8)
    )
    found = proposal_of(f"Aaa;Bbb;Ccc;Ddd\n{lines}")
    assert found.columns == {
        "title": "Aaa",
        "requester_email": "Bbb",
        "lifecycle_status": "Ccc",
        "deadline_date": "Ddd",
    }
    assert found.values == {"lifecycle_status": {"Doing": "in_progress", "Todo": "new"}}


def test_a_header_below_other_things_and_rows_that_are_no_ideas() -> None:
    found = proposal_of(
        "Sales wishes 2026\n\nArea,Feature,Why,State\nPhase 1: MVP\n,Refunds,late,Doing\n,Charges,hm,Todo\n"
        "Phase 2: later\n"
        ",Typos,zz,Hatching\nTotal,3\n"
    )
    assert (found.header_row, sorted(found.skip)) == (3, ["Phase *", "Total"])
    assert found.unknown_words == {"lifecycle_status": ["Hatching"]}


def test_sums_and_groups() -> None:
    table = ForeignTable(
        {
            1: {1: "Area", 2: "Title", 3: "Days"},
            2: {1: "Pay", 2: "Refunds", 3: 4},
            3: {2: "Charges", 3: 2},
            4: {1: "Summe", 3: 6},
        },
        [(1, 2, 3)],
    )
    found = propose(table)
    assert found is not None
    assert (found.skip, found.fill_down) == (["Summe"], ["department"] if "department" in found.columns else [])


def test_close_names() -> None:
    assert proposal_of("Sumary,Descripton\nA,b\n").columns == {"title": "Sumary", "brief_description": "Descripton"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings_are_found(encoding: str) -> None:
    assert decoded("Titel;Fällig\nÄ;1\n".encode(encoding)).lstrip("\ufeff") == "Titel;Fällig\nÄ;1\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(delimiter: str) -> None:
    text = "\n".join(delimiter.join(line) for line in (["a", "b", "c"], ["1", '"x, y; z"', "3"], ["2", "", "5"]))
    assert delimiter_of(text) == delimiter
    assert cells_of(text.encode())[1] == ["1", "x, y; z", "3"]


def test_text_stays_text() -> None:
    assert numbered_rows(cells_of(b'a,b\n=1+1,"007"\n')) == {1: {1: "a", 2: "b"}, 2: {1: "=1+1", 2: "007"}}


def test_a_table_without_a_header_is_no_table() -> None:
    assert propose(ForeignTable({})) is None


def test_an_effort_beside_the_other_inputs_of_rice_is_that_of_rice() -> None:
    found = proposal_of("Feature,Reach,Impact,Confidence,Effort\nRefunds,1000,2,0.8,4\n")
    assert found.columns["rice_effort"] == "Effort"
    assert "effort_engineering_days" not in found.columns
    alone = proposal_of("Feature,Impact,Effort\nRefunds,2,4\n")
    assert alone.columns["effort_engineering_days"] == "Effort"


def test_a_line_above_a_repeated_header_is_the_heading_of_a_group() -> None:
    found = proposal_of(
        "Name,Owner,Status\nInvoices,Ann,Open\nSearch,Ben,Open\nLater\nName,Owner,Status\nDark mode,Jo,Open\n"
    )
    assert found.skip == ["Later"]


def test_the_date_that_something_is_needed_is_the_deadline() -> None:
    found = proposal_of("Request,Date needed,Request date\nNew report,2026-05-31,2026-01-01\n")
    assert found.columns["deadline_date"] == "Date needed"


def test_quarters_among_dates_are_deadlines_too() -> None:
    found = proposal_of("Thema,Xyz\nRechnung als PDF,2026-05-31\nLastschrift,Q3 2026\nTippfehler,1. Juli 2026\n")
    assert found.columns["deadline_date"] == "Xyz"
