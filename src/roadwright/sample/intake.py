"""What people submitted: three intake workbooks of different hands, with the untidiness of real ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from roadwright.sample import people
from roadwright.sample.cells import Row


@dataclass(frozen=True)
class IntakeSheet:
    """One intake tab.

    ``headers`` maps the header as it stands in row 1, in the sheet's own order, to the key of its cells in ``rows``.
    A column that is none of ours maps to itself and has to survive every sync.
    """

    workbook: str
    tab: str
    headers: Mapping[str, str]
    rows: tuple[Row, ...]


_TEMPLATE_HEADERS = {
    name: name
    for name in (
        "title",
        "brief_description",
        "department",
        "requesting_team",
        "requester_name",
        "requester_email",
        "country",
        "product_area",
        "problem_statement",
        "deadline_date",
        "lifecycle_status",
    )
}

_COMPANY_WIDE: tuple[Row, ...] = (
    {
        **people.OTTILIE,
        "title": "Strong customer authentication wave 2",
        "brief_description": "Ask for a second factor on all card payments, as the law demands from July.",
        "country": "UK",
        "product_area": "Checkout",
        "problem_statement": "Card payments without a second factor will be declined by the banks from 1 July.",
        "deadline_date": dt.date(2026, 6, 30),
    },
    {
        **people.OTTILIE,
        "title": "Pay by bank at checkout",
        "brief_description": "Let buyers pay straight from their bank account.",
        "country": "Germany",
        "product_area": "Checkout",
        "problem_statement": "One German buyer in five has no credit card and leaves at the payment step.",
    },
    {
        **people.CASIMIR,
        "title": "Seller payouts twice a week",
        "brief_description": "Pay sellers on Tuesdays and Fridays instead of once a week.",
        "country": "Spain",
        "product_area": "Seller tools",
        "problem_statement": "Small sellers leave for marketplaces that pay faster.",
    },
    {
        **people.CASIMIR,
        "title": "Invoice download for business buyers",
        "brief_description": "A PDF invoice with VAT in the order history.",
        "requesting_team": "Accounting",
        "country": " germany ",
        "product_area": "Orders",
    },
    {
        **people.PRIYAMVADA,
        "title": "New search index",
        "brief_description": "Replace the search engine behind listings; everything else in search waits for it.",
        "product_area": "Search",
        "problem_statement": "A new listing takes up to four hours to be found.",
    },
    {
        **people.PRIYAMVADA,
        "title": "Search that forgives typing errors",
        "brief_description": 'Find the wardrobe also for "wardrobbe".',
        "product_area": "Search",
        "problem_statement": "11 % of searches show nothing, most of them because of a slip of the finger.",
    },
    {
        **people.LEOPOLD,
        "title": "Photo check for listings",
        "brief_description": "Warn sellers of dark, blurred or stolen photos before the listing goes live.",
        "country": "UK",
        "product_area": "Listings",
        "problem_statement": '"Not as described" is the commonest reason for a complaint.',
    },
    {
        **people.LEOPOLD,
        "title": "Trader details check",
        "brief_description": "Verify and show who a professional seller is, and where, as marketplace law demands.",
        "requesting_team": "Compliance",
        "country": "Germany",
        "product_area": "Seller tools",
        "problem_statement": "The regulator has asked for a date; after it, fines are per listing.",
        "deadline_date": "2026-05-31",
    },
    {
        **people.WILHELMINA,
        "title": "Order status page",
        "brief_description": "Where is my parcel? One page that answers without an e-mail to Customer Care.",
        "country": "UK",
        "product_area": "Orders",
        "problem_statement": "A third of all contacts ask only where the parcel is.",
    },
    {
        **people.WILHELMINA,
        "title": "Answers from a chat assistant",
        "brief_description": "Answer the twenty commonest questions at once, and hand the rest over to a person.",
        "country": "Spain",
        "product_area": "Help",
        "problem_statement": "Spanish buyers wait nine hours for a first answer.",
    },
    # Someone forgot the title; the idea is in the backlog all the same.
    {
        **people.WILHELMINA,
        "brief_description": "Sellers ask for a way to pause their shop over the holidays.",
    },
)

_GROWTH_HEADERS = {
    "Title": "title",
    "Market": "country",
    "Product Area": "product_area",
    "Brief Description": "brief_description",
    "Votes": "Votes",
    "DEPARTMENT": "department",
    "Requesting-Team": "requesting_team",
    "Requester Name": "requester_name",
    "Requester E-Mail": "requester_email",
    "Deadline Date": "deadline_date",
}

_GROWTH: tuple[Row, ...] = (
    {
        **people.JORUNN,
        "title": "One-page checkout",
        "country": "UK",
        "product_area": "Checkout",
        "brief_description": "Address, delivery and payment on one page instead of four.",
        "Votes": 14,
    },
    {
        **people.AMADOU,
        "title": "Saved searches with alerts",
        "country": "UK",
        "product_area": "Search",
        "brief_description": "Tell buyers when what they look for is listed.",
        "Votes": 11,
    },
    {
        **people.JORUNN,
        "title": "Similar items on every listing",
        "product_area": "Search",
        "brief_description": "Six alternatives below each listing, sold ones included.",
        "Votes": 9,
    },
    {
        **people.BENEDIKTA,
        "title": "Refer a friend",
        "country": "Spain",
        "product_area": "Marketing",
        "brief_description": "A voucher for both when a friend buys for the first time.",
        "Votes": 6,
    },
    {
        **people.BENEDIKTA,
        "title": "Welcome offer for new buyers",
        "country": "spain",
        "product_area": "Marketing",
    },
    {
        **people.AMADOU,
        "title": "Loyalty credit for repeat buyers",
        "country": "UK",
        "product_area": "Marketing",
        "brief_description": "2 % of each order back as credit for the next one.",
        "Votes": 12,
    },
    {
        **people.TANCREDI,
        "title": "Promoted listings",
        "country": "UK",
        "product_area": "Seller tools",
        "brief_description": "Sellers pay to stand higher in the results, marked as such.",
        "Votes": 5,
    },
    {
        **people.AMADOU,
        "title": "App push messages",
        "country": "UK",
        "product_area": "App",
        "brief_description": "Price drops and answers from sellers as push messages.",
        "Votes": "7",
        "department": "growth",
    },
    # A date that no one can read: a warning on the row, and the idea is in.
    {
        **people.TANCREDI,
        "title": "Gift cards",
        "country": "UK",
        "product_area": "Checkout",
        "brief_description": "Sell and redeem gift cards from £10 to £500.",
        "Votes": 3,
        "deadline_date": "next summer",
    },
)

_OPERATIONS_HEADERS = {
    "Requester Name": "requester_name",
    "requester_email": "requester_email",
    "Requesting Team": "requesting_team",
    "Title": "title",
    "Problem Statement": "problem_statement",
    "Brief description": "brief_description",
    "Country": "country",
    "product_area": "product_area",
    "Department": "department",
    "Deadline-Date": "deadline_date",
    "Lifecycle Status": "lifecycle_status",
    "Ticket no.": "Ticket no.",
}

_OPERATIONS: tuple[Row, ...] = (
    {
        **people.RADOMIR,
        "title": "Parcel drop-off points in Germany",
        "problem_statement": "Sellers in the country drive twenty minutes to hand a parcel over.",
        "brief_description": "Let sellers hand parcels over at 3,000 kiosks.",
        "country": "Germany",
        "product_area": "Delivery",
        "Ticket no.": "OPS-311",
    },
    {
        **people.RADOMIR,
        "title": "Parcel drop-off points in Spain",
        "brief_description": "The same with 1,200 kiosks in Spain; one contract covers both countries.",
        "country": "Spain",
        "product_area": "Delivery",
        "Ticket no.": "OPS-312",
    },
    {
        **people.RADOMIR,
        "title": "Bulky item delivery booking",
        "problem_statement": "Sofas and wardrobes are a third of all searches, and can be collected only.",
        "brief_description": "Book a two-person van at checkout.",
        "country": "UK",
        "product_area": "Delivery",
        "Ticket no.": "OPS-287",
    },
    {
        **people.HALLORAN,
        "title": "Delivery promise at checkout",
        "problem_statement": "Buyers who don't know when the parcel comes leave before they pay.",
        "brief_description": "Show the day of delivery before the buyer pays.",
        "country": "UK",
        "product_area": "Checkout",
        "Ticket no.": "OPS-320",
    },
    {
        **people.HALLORAN,
        "title": "Returns without a printer",
        "brief_description": "A code on the phone instead of a printed label.",
        "country": "Germany",
        "product_area": "Delivery",
        "Ticket no.": "OPS-325",
    },
    {
        **people.SUNNIVA,
        "title": "Seller stock import by file",
        "problem_statement": "House clearers list hundreds of items, and give up after thirty.",
        "brief_description": "Upload a spreadsheet, get draft listings.",
        "country": "Spain",
        "product_area": "Seller tools",
        "Ticket no.": "OPS-298",
    },
    {
        **people.SUNNIVA,
        "title": "Seller dashboard",
        "brief_description": "Views, offers and sales of the week on one page, with paid tips.",
        "country": "uk",
        "product_area": "Seller tools",
        "Ticket no.": "OPS-301",
    },
    {
        **people.RADOMIR,
        "title": "Night-shift courier pilot",
        "country": "UK",
        "product_area": "Delivery",
        "Ticket no.": "OPS-330",
    },
    {
        **people.SUNNIVA,
        "title": "One sign-in for sellers",
        "brief_description": "The same account for selling, payouts and the seller forum.",
        "product_area": "Seller tools",
        "Ticket no.": "OPS-254",
    },
    {
        **people.HALLORAN,
        "title": "Warehouse label printing",
        "brief_description": "Solved by a setting of the printer; please ignore.",
        "lifecycle_status": "Withdrawn",
        "Ticket no.": "OPS-309",
    },
)

INTAKE_SHEETS = (
    IntakeSheet("Intake.xlsx", "Intake", _TEMPLATE_HEADERS, _COMPANY_WIDE),
    IntakeSheet("Intake_Growth.xlsx", "Ideas", _GROWTH_HEADERS, _GROWTH),
    IntakeSheet("Intake_Operations.xlsx", "Requests", _OPERATIONS_HEADERS, _OPERATIONS),
)
"""The intake tabs, in the order in which the workspace lists them."""
