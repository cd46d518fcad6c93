"""The chosen initiatives as a calendar: deadlines and planned periods as events of whole days."""

from __future__ import annotations

import datetime as dt

from icalendar import Calendar, Event

from roadwright.domain.periods import days_of
from roadwright.services.roadmaps.content import Edition, Entry, reading_order

_DAY = dt.timedelta(days=1)


def ics_bytes(edition: Edition) -> bytes:
    """An iCalendar file. The same event keeps its UID, so that importing it again changes it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Roadwright//Roadmap//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", edition.name)
    stamp = dt.datetime.fromisoformat(edition.published_at.replace("Z", "+00:00"))
    chosen = {entry.initiative_key for entry in edition.content.chosen}
    for entry in reading_order(edition.content):
        if entry.initiative_key not in chosen:
            continue
        days = days_of(entry.planned_period or edition.content.roadmap.period_key or "")
        if days is not None:
            calendar.add_component(_event(entry, "period", entry.title, days, stamp))
        if entry.deadline_date is not None:
            day = entry.deadline_date
            calendar.add_component(_event(entry, "deadline", f"Deadline: {entry.title}", (day, day), stamp))
    return bytes(calendar.to_ical())


def _event(entry: Entry, sort: str, title: str, days: tuple[dt.date, dt.date], stamp: dt.datetime) -> Event:
    event = Event()
    event.add("uid", f"{entry.initiative_key}-{sort}@roadwright")
    event.add("dtstamp", stamp.replace(microsecond=0).astimezone(dt.UTC))
    event.add("dtstart", days[0])
    event.add("dtend", days[1] + _DAY)
    event.add("summary", title)
    event.add("transp", "TRANSPARENT")
    text = "\n".join(part for part in (entry.initiative_key, entry.department, entry.brief_description) if part)
    event.add("description", text)
    return event
