"""The numbers of the worked example of attention-complexity."""

given: list[float] = [512, 100, 2, 2048, 4096]  # d, n, the exponent, the long n, the large d


def self_attention(n: int, d: int) -> int:
    return n**2 * d


def recurrent(n: int, d: int) -> int:
    return n * d**2


crossing = 12 // 2  # 12 n d^2 = 2 n^2 d at n = 6 d
assert self_attention(512, 512) == recurrent(512, 512)
computed: dict[str, float] = {
    "5,120,000": self_attention(100, 512),
    "26,214,400": recurrent(100, 512),
    "5.1": recurrent(100, 512) / self_attention(100, 512),
    "2,147,483,648": self_attention(2048, 512),
    "536,870,912": recurrent(2048, 512),
    "4": self_attention(2048, 512) / recurrent(2048, 512),
    "6": crossing,
    "24,576": crossing * 4096,
    "8.3": 100 * 2048 / (crossing * 4096),
}
