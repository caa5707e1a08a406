"""How often a process looks through its memory for garbage.

A course is a million small objects that stay. To look through all of them takes half a second in which nothing else is
done, and would happen again and again while people work.
"""

import gc

YOUNG = 50_000  # objects made before the young ones are looked through; Python's own 700 suit smaller programs


def spare_what_stays() -> None:
    """Whatever is loaded now is not looked at again, and what comes later less often."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(YOUNG)
