"""Who asks for things: the invented people of the demo, as they sign their rows in the intake sheets."""

from __future__ import annotations

OTTILIE = {
    "department": "Finance",
    "requesting_team": "Payments",
    "requester_name": "Ottilie Marchbank",
    "requester_email": "ottilie.marchbank@example.com",
}
CASIMIR = {
    "department": "Finance",
    "requesting_team": "Treasury",
    "requester_name": "Casimir Holloway-Brandt",
    "requester_email": "c.holloway@example.com",
}
PRIYAMVADA = {
    "department": "Platform",
    "requesting_team": "Search",
    "requester_name": "Priyamvada Stellan",
    "requester_email": "priyamvada.stellan@example.com",
}
LEOPOLD = {
    "department": "Trust & Safety",
    "requesting_team": "Listing quality",
    "requester_name": "Leopold Aske",
    "requester_email": "leopold.aske@example.com",
}
WILHELMINA = {
    "department": "Customer Care",
    "requesting_team": "Care tools",
    "requester_name": "Wilhelmina Oduya-Crane",
    "requester_email": "w.oduya@example.com",
}
JORUNN = {
    "department": "Growth",
    "requesting_team": "Conversion",
    "requester_name": "Jorunn Vale",
    "requester_email": "jorunn.vale@example.com",
}
AMADOU = {
    "department": "Growth",
    "requesting_team": "Retention",
    "requester_name": "Amadou Fennimore",
    "requester_email": "amadou.fennimore@example.com",
}
BENEDIKTA = {
    "department": "Growth",
    "requesting_team": "Acquisition",
    "requester_name": "Benedikta Sorrel",
    "requester_email": "benedikta.sorrel@example.com",
}
TANCREDI = {
    "department": "Growth",
    "requesting_team": "Monetisation",
    "requester_name": "Tancredi Moss",
    "requester_email": "tancredi.moss@example.com",
}
RADOMIR = {
    "department": "Operations",
    "requesting_team": "Logistics",
    "requester_name": "Radomir Quill",
    "requester_email": "radomir.quill@example.com",
}
HALLORAN = {
    "department": "Operations",
    "requesting_team": "Fulfilment",
    "requester_name": "Halloran Beech",
    "requester_email": "halloran.beech@example.com",
}
SUNNIVA = {
    "department": "Operations",
    "requesting_team": "Seller success",
    "requester_name": "Sunniva Patterlane",
    "requester_email": "sunniva.patterlane@example.com",
}
