#!/usr/bin/env python3
"""Draws tests/replay/adventureworks_sample.csv from the full AdventureWorks order lines.

On the way it prices every line of the full file once more, with exact decimals and straight loops, and
says how many come out as billed. It shares nothing with the engine: it reads the masters and the offer
exceptions of docs/examples/adventureworks itself, so a wrong reading of the rules shows in one of the two.

  make_adventureworks_sample.py            verify all lines, write the sample
  make_adventureworks_sample.py --check    verify all lines, compare with the committed sample

The full file is ../shared/data/adventureworks/order_lines.csv.xz beside the project, or --lines FILE.
Exit code: 0 all well, 1 a line or the sample differs, 2 a file can't be read, 77 the full file is absent.

The sample keeps the chosen lines as they are, in the order of the full file; a second run writes the same bytes.
"""

import argparse
import csv
import hashlib
import lzma
import sys
from collections import Counter, defaultdict
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, getcontext
from pathlib import Path

getcontext().prec = 60  # far above any product here, so nothing is rounded unless a rule says so

ROOT = Path(__file__).resolve().parents[2]
MASTERS = ROOT / "docs/examples/adventureworks/masters"
EXCEPTIONS = ROOT / "docs/examples/adventureworks/offer_exceptions.csv"
LINES = ROOT.parent / "shared/data/adventureworks/order_lines.csv.xz"
SAMPLE = ROOT / "tests/replay/adventureworks_sample.csv"

SAMPLE_SIZE = 2500
SEED = "adventureworks-1"
PER_OFFER = 60
PER_EDGE_DAY = 15
LARGEST = 40

DEALER_FACTOR = Decimal("0.60")
TAX_RATE = Decimal("0.08")
FREIGHT_RATE = Decimal("0.025")
FOUR = Decimal("0.0001")
SIX = Decimal("0.000001")


def half_up(value, step):
    return value.quantize(step, ROUND_HALF_UP)


# ---- masters ----------------------------------------------------------------------------------


def master_rows(name):
    """Tab separated, no header, no quoting; empty = NULL."""
    with lzma.open(MASTERS / f"{name}.csv.xz", "rt", encoding="utf-8", newline="") as file:
        for line in file:
            yield line.rstrip("\n").split("\t")


class Masters:
    def __init__(self):
        self.product_of_number = {row[2]: row[0] for row in master_rows("Product")}
        self.accounts = {row[4] for row in master_rows("Customer")}
        self.customer_ids = {int(row[0]) for row in master_rows("Customer")}
        self.prices = defaultdict(list)  # product -> (first day, last day, price), both days inclusive
        for row in master_rows("ProductListPriceHistory"):
            self.prices[row[0]].append((row[1][:10], row[2][:10] or "9999-12-31", Decimal(row[3])))
        for history in self.prices.values():
            history.sort()
        self.offers = {row[0]: row for row in master_rows("SpecialOffer")}
        self.offers_of_product = defaultdict(list)
        for row in master_rows("SpecialOfferProduct"):
            self.offers_of_product[row[1]].append(row[0])
        self.exceptions = set()
        with open(EXCEPTIONS, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                self.exceptions.add((row["offer"], row["article_id"]))

    def list_price(self, product, day):
        found = [price for first, last, price in self.prices[product] if first <= day <= last]
        if len(found) != 1:
            raise ValueError(f"product {product} has {len(found)} list prices on {day}")
        return found[0]

    def excepted(self, offer, product):
        return (offer, "") in self.exceptions or (offer, product) in self.exceptions

    def reseller_offer(self, product, day, quantity, with_exceptions=True):
        """The valid offer with the highest percentage, as (percent, offer id)."""
        best = []
        for number in self.offers_of_product[product]:
            offer = self.offers[number]
            if with_exceptions and self.excepted(number, product):
                continue
            if offer[4] not in ("Reseller", "No Discount"):
                continue
            if not offer[5][:10] <= day <= offer[6][:10]:
                continue
            if quantity < int(offer[7]) or (offer[8] != "" and quantity > int(offer[8])):
                continue
            percent = Decimal(offer[2])
            if not best or percent > best[0][0]:
                best = [(percent, number)]
            elif percent == best[0][0]:
                best.append((percent, number))
        if len(best) != 1:
            raise ValueError(f"product {product} has {len(best)} best offers on {day} for {quantity}")
        return best[0]


# ---- the rules --------------------------------------------------------------------------------


class Line:
    """One order line as billed, with what the rules make of it."""

    def __init__(self, position, text, header):
        self.position = position
        self.text = text
        fields = text.split(",")  # the file quotes nothing
        if len(fields) != len(header):
            raise ValueError(f"line {position + 2}: {len(fields)} columns instead of {len(header)}: {text}")
        self.row = dict(zip(header, fields))
        self.channel = self.row["channel"]
        self.day = self.row["order_date"]
        self.quantity = int(self.row["quantity"])
        self.product = ""
        self.wrong = []  # names of the columns that don't come out as billed
        self.unused_offer = False  # an exception of the business decides this line
        self.dealer_first_differs = False
        self.half_even_differs = False

    def expect(self, column, value):
        if self.row[column] != f"{value:.4f}":
            self.wrong.append(column)


def known_account(masters, line):
    account = line.row["account"]
    if line.channel == "reseller":
        return account in masters.accounts
    return account.startswith("INET") and int(account[4:]) in masters.customer_ids


def price(masters, line):
    line.product = masters.product_of_number[line.row["product_number"]]
    list_price = masters.list_price(line.product, line.day)
    percent = Decimal(0)
    if line.channel == "internet":
        unit_price = list_price
        if line.quantity != 1:
            line.wrong.append("quantity")
    elif line.channel == "reseller":
        percent, offer = masters.reseller_offer(line.product, line.day, line.quantity)
        plain = masters.reseller_offer(line.product, line.day, line.quantity, with_exceptions=False)
        line.unused_offer = plain != (percent, offer)
        if offer != line.row["offer_id"]:
            line.wrong.append("offer_id")
        unit_price = half_up(list_price * (DEALER_FACTOR - percent), FOUR)
        dealer_first = half_up(half_up(list_price * DEALER_FACTOR, FOUR) - list_price * percent, FOUR)
        line.dealer_first_differs = dealer_first != unit_price
    else:
        raise ValueError(f"unknown channel {line.channel}")
    if not known_account(masters, line):
        line.wrong.append("account")
    # Tax and freight start from the billed (rounded) unit price, but from the product before the line total is rounded.
    net = unit_price * (1 - percent) * line.quantity
    line.half_even_differs = net.quantize(FOUR, ROUND_HALF_EVEN) != half_up(net, FOUR)
    line.expect("unit_price", unit_price)
    line.expect("unit_price_discount", percent)
    line.expect("extended_amount", unit_price * line.quantity)
    line.expect("line_total", half_up(net, FOUR))
    line.expect("tax", half_up(half_up(net * TAX_RATE, SIX), FOUR))
    line.expect("freight", half_up(half_up(net * FREIGHT_RATE, SIX), FOUR))


def report(lines):
    """Prints N of M for each rule; true when every line comes out."""
    for channel in ("internet", "reseller"):
        own = [line for line in lines if line.channel == channel]
        print(f"{channel}: {sum(not line.wrong for line in own)} of {len(own)} lines come out as billed")
        columns = ["account", "unit_price", "unit_price_discount", "extended_amount", "line_total", "tax", "freight"]
        if channel == "reseller":
            columns.insert(1, "offer_id")
        for column in columns:
            print(f"  {column}: {sum(column not in line.wrong for line in own)} of {len(own)}")
    keys = {(line.row["order_number"], line.row["line"]) for line in lines}
    right = sum(not line.wrong for line in lines)
    print(f"all: {right} of {len(lines)} lines come out as billed; {len(keys)} distinct (order, line)")
    print(f"decided by an exception of the business: {sum(line.unused_offer for line in lines)} lines")
    print(f"wrong if the dealer price were rounded first: {sum(line.dealer_first_differs for line in lines)} lines")
    print(f"wrong if line totals were rounded half even: {sum(line.half_even_differs for line in lines)} lines")
    for line in [line for line in lines if line.wrong][:20]:
        print(f"  line {line.position + 2}: {', '.join(line.wrong)}: {line.text}", file=sys.stderr)
    return right == len(lines) and len(keys) == len(lines)


# ---- the sample -------------------------------------------------------------------------------


def spread(lines, count):
    """At most `count` of them, evenly over the list, first and last always in."""
    if len(lines) <= count:
        return lines
    return [lines[i * (len(lines) - 1) // (count - 1)] for i in range(count)]


def by_key(lines, key):
    groups = defaultdict(list)
    for line in lines:
        groups[key(line)].append(line)
    return groups


def rounding_lines(lines):
    return [line for line in lines if line.dealer_first_differs or line.half_even_differs]


def exception_lines(lines):
    return [line for line in lines if line.unused_offer]


def offer_lines(lines):
    """Every offer billed to resellers: evenly spread, its first and last day, its smallest and largest quantity."""
    chosen = []
    for own in by_key([line for line in lines if line.channel == "reseller"], lambda line: line.row["offer_id"]).values():
        chosen += spread(own, PER_OFFER)
        chosen += sorted(own, key=lambda line: (line.day, line.position))[:3]
        chosen += sorted(own, key=lambda line: (line.day, line.position))[-3:]
        for quantity in (min(line.quantity for line in own), max(line.quantity for line in own)):
            chosen += [line for line in own if line.quantity == quantity][:3]
    return chosen


def window_lines(masters, lines):
    """Quantities on both sides of every border of a quantity window."""
    borders = set()
    for offer in masters.offers.values():
        if int(offer[7]) > 0:
            borders |= {int(offer[7]) - 1, int(offer[7])}
        if offer[8] != "":
            borders |= {int(offer[8]), int(offer[8]) + 1}
    reseller = [line for line in lines if line.channel == "reseller"]
    chosen = []
    for quantity in sorted(borders):
        chosen += spread([line for line in reseller if line.quantity == quantity], 8)
    return chosen


def price_border_lines(masters, lines):
    """For every new list price: the last line before it and the first one on it, in each channel."""
    chosen = []
    sold = by_key(lines, lambda line: (line.channel, line.product))
    for channel in ("internet", "reseller"):
        for product in sorted(masters.prices, key=int):
            own = sorted(sold.get((channel, product), []), key=lambda line: (line.day, line.position))
            for first, _, _ in masters.prices[product][1:]:
                before = [line for line in own if line.day < first]
                after = [line for line in own if line.day >= first]
                chosen += before[-1:] + after[:1]
    return chosen


def edge_day_lines(lines):
    chosen = []
    for own in by_key(lines, lambda line: line.channel).values():
        days = sorted({line.day for line in own})
        for day in (days[0], days[-1]):
            chosen += spread([line for line in own if line.day == day], PER_EDGE_DAY)
    return chosen


def largest_lines(lines):
    by_quantity = sorted(lines, key=lambda line: (-line.quantity, line.position))
    by_amount = sorted(lines, key=lambda line: (-Decimal(line.row["line_total"]), line.position))
    by_smallness = sorted(lines, key=lambda line: (Decimal(line.row["unit_price"]), line.position))
    return by_quantity[:LARGEST] + by_amount[:LARGEST] + by_smallness[: LARGEST // 2]


def article_lines(lines):
    """Every article at least once in each channel it is sold in."""
    return [own[0] for own in by_key(lines, lambda line: (line.channel, line.product)).values()]


def random_order(line):
    """A fixed shuffle that no other version of Python can change."""
    return hashlib.sha256(f"{SEED} {line.row['order_number']} {line.row['line']}".encode()).digest()


def draw(masters, lines):
    chosen = {}
    parts = (
        ("rounding decides", rounding_lines(lines)),
        ("an exception decides", exception_lines(lines)),
        ("offers", offer_lines(lines)),
        ("quantity borders", window_lines(masters, lines)),
        ("price borders", price_border_lines(masters, lines)),
        ("first and last days", edge_day_lines(lines)),
        ("largest and smallest", largest_lines(lines)),
        ("every article", article_lines(lines)),
        ("random", sorted(lines, key=random_order)),
    )
    for name, part in parts:
        before = len(chosen)
        for line in part:
            if name == "random" and len(chosen) >= SAMPLE_SIZE:
                break
            chosen[line.position] = line
        print(f"  {name}: {len(chosen) - before} lines more")
    return [chosen[position] for position in sorted(chosen)]


def describe(sample):
    channels = Counter(line.channel for line in sample)
    offers = Counter(line.row["offer_id"] for line in sample if line.channel == "reseller")
    print("  by channel: " + ", ".join(f"{name} {count}" for name, count in sorted(channels.items())))
    print("  reseller lines by offer: " + ", ".join(f"{o}: {offers[o]}" for o in sorted(offers, key=int)))
    print(f"  dealer price first {sum(line.dealer_first_differs for line in sample)}, half even "
          f"{sum(line.half_even_differs for line in sample)}, exception {sum(line.unused_offer for line in sample)}, "
          f"{min(line.day for line in sample)} to {max(line.day for line in sample)}, "
          f"largest quantity {max(line.quantity for line in sample)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=Path, default=LINES, help="the full order lines (.csv.xz)")
    parser.add_argument("--out", type=Path, default=SAMPLE, help="where the sample goes")
    parser.add_argument("--check", action="store_true", help="compare with the committed sample, write nothing")
    args = parser.parse_args()
    if not args.lines.exists():
        print(f"skipped: the full order lines are not here ({args.lines})", file=sys.stderr)
        return 77
    masters = Masters()
    with lzma.open(args.lines, "rt", encoding="utf-8", newline="") as file:
        header_text = file.readline().rstrip("\n")
        lines = [Line(i, text.rstrip("\n"), header_text.split(",")) for i, text in enumerate(file)]
    for line in lines:
        try:
            price(masters, line)
        except (KeyError, ValueError) as error:
            line.wrong.append(f"cannot be priced ({error})")
    if not report(lines):
        return 1
    sample = draw(masters, lines)
    describe(sample)
    content = "".join(text + "\n" for text in [header_text] + [line.text for line in sample])
    if args.check:
        same = args.out.read_text(encoding="utf-8") == content
        print(f"{args.out.name}: {len(sample)} lines, {'as committed' if same else 'DIFFERS from the committed one'}")
        return 0 if same else 1
    args.out.write_text(content, encoding="utf-8")
    print(f"{args.out.name}: {len(sample)} lines written")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError, lzma.LZMAError, csv.Error) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
