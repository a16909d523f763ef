"""Pure time: what an env should be, as a function of its spec and an instant.

**Order.** Paused, then an override in force, then an exception, then a holiday, then the weekly windows.

**Local time.** A local time that a clock change skips counts at the end of the gap, one that occurs twice at its first
occurrence: both are the first instant at which the wall clock of the zone shows that time *or a later one*.

**Windows.** A window belongs to the day on which it starts and reaches from ``from`` up to, not including, ``to``, on the
next day where ``to`` is not after ``from``. Windows that overlap or touch are one. A window that a clock change leaves
empty does nothing. A holiday takes away the windows that start on its local date; one that passes midnight into a
holiday stays.

**Stop only.** A window without ``from`` has nothing but the stop at ``to`` on each of its days. A schedule that has such a
window is awake inside its regular windows and, beyond them, from when it was started up to the next stop: the ``to`` of
any window, regular ones too, but not those that a holiday took. A start at the very instant of a stop is after it. It was
started by ``active_since`` or by an override to Awake, whichever was later.

**Overrides.** In force from ``at`` up to ``until``, or up to the first daily reset after ``at`` with ``dropAtReset``.

**Several zones** (``timeZone: owner``). Windows, holidays and exceptions are judged in each zone by its own wall clock, and
the env is awake while any zone says so. A stop is the latest of what the zones make of it: the last owner to go home
stops the env. The daily reset is that of the first zone.

Every instant is an aware UTC datetime. ``instants`` knows clock changes, ``days_off`` holidays, ``windows`` the week in one
zone, ``timetable`` puts them in order, ``decision`` is what the other rooms call. ``wishes`` turns what a person asks for into an
override, ``lint`` finds what is legal and hardly meant, ``clock`` is the only place that reads the time.
"""
