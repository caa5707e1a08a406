"""The numbers of the worked example of t5."""

given: list[float] = [200, 15, 3, 1]
words = "the old lighthouse guides the ships at night".split()
gaps = [["lighthouse", "guides"], ["night"]]
hidden = sum(len(gap) for gap in gaps)
removed = 0.15 * 200
spans = removed / 3
target = removed + spans + 1
computed: dict[str, float] = {
    "8": len(words),
    "7": len(words) - hidden + len(gaps),
    "6": hidden + len(gaps) + 1,
    "30": removed,
    "10": spans,
    "180": 200 - removed + spans,
    "41": target,
    "4.9": 200 / target,
}
