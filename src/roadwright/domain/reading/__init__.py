"""How texts that people type are read: numbers, dates, words, pairs. Pure, and the same in every locale.

What can mean only one thing is read as that; what can mean two things is refused with both readings named.
"""
