#!/usr/bin/env python3
"""Draws tests/replay/va_fss_sample.csv from the full price file of the Federal Supply Schedule.

The sample keeps whole articles - every row of each NDC in it, as published, in the order of the full file -
so each of its articles has the same answer in the sample as in the full file. A second run writes the same bytes.

  make_va_fss_sample.py            write the sample
  make_va_fss_sample.py --check    compare with the committed sample

The full file is ../shared/data/va-fss/vaFssPharmPrices_2025-02.csv.xz beside the project, or --prices FILE.
Exit code: 0 all well, 1 the sample differs, 2 a file can't be read, 77 the full file is absent.
"""

import argparse
import csv
import datetime
import hashlib
import lzma
import sys
from pathlib import Path

from va_fss_expected import PriceRow, price_for, rows_by_article

ROOT = Path(__file__).resolve().parents[2]
PRICES = ROOT.parent / "shared/data/va-fss/vaFssPharmPrices_2025-02.csv.xz"
SAMPLE = ROOT / "tests/replay/va_fss_sample.csv"

DAY = datetime.date(2025, 2, 17)
SAMPLE_SIZE = 600
PRECEDING = 20
SEED = "va-fss-1"


def read(name):
    """The header, the text of each line and the rows read from them; every record of this file is one line."""
    with lzma.open(name, "rt", encoding="utf-8", newline="") as file:
        texts = file.read().splitlines()
    reader = csv.DictReader(texts)
    rows = [PriceRow(reader.line_num, fields) for fields in reader]
    if len(rows) != len(texts) - 1:
        raise ValueError(f"{name}: a record of this file spans several lines")
    return texts, rows


def shuffled(rows):
    """A fixed shuffle that no other version of Python can change."""
    return sorted(rows, key=lambda row: hashlib.sha256(f"{SEED} {row.article} {row.line}".encode()).digest())


def on_two_contracts(articles):
    return [rows[0] for rows in articles.values() if len({row.contract for row in rows}) > 1]


def big4_above_fss(articles):
    chosen = []
    for rows in articles.values():
        big4 = price_for(rows, "Big4", DAY)
        fss = price_for(rows, "FSS", DAY)
        if big4 is not None and fss is not None and big4.price > fss.price:
            chosen.append(big4)
    return chosen


def parts_of(rows, articles):
    without_fss = [own[0] for own in articles.values() if price_for(own, "FSS", DAY) is None]
    three_types = [own[0] for own in articles.values() if len({row.type for row in own}) == 3]
    return (
        ("on two contracts", on_two_contracts(articles)),
        ("outlive their contract", [row for row in rows if row.stop > row.contract_stop]),
        ("contract has not begun", [row for row in rows if row.contract_start > DAY]),
        ("start before their contract", shuffled([row for row in rows if row.start < row.contract_start])[:PRECEDING]),
        ("end on the day", [row for row in rows if row.stop == DAY]),
        ("lowest price", [min(rows, key=lambda row: (row.price, row.line))]),
        ("highest price", [max(rows, key=lambda row: (row.price, -row.line))]),
        ("Big4 above FSS", big4_above_fss(articles)),
        ("no FSS price", shuffled(without_fss)[:20]),
        ("all three types", shuffled(three_types)[:10]),
    )


def draw(rows):
    articles = rows_by_article(rows)
    chosen = set()
    lines = set()
    for name, part in parts_of(rows, articles):
        chosen |= {row.article for row in part}
        print(f"  {name}: {len(part)} rows or articles")
    for row in [row for row in rows if row.article in chosen]:
        lines.add(row.line)
    for row in shuffled(rows):
        if len(lines) >= SAMPLE_SIZE:
            break
        lines |= {own.line for own in articles[row.article]}
    return sorted(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prices", type=Path, default=PRICES, help="the full price file (.csv.xz)")
    parser.add_argument("--out", type=Path, default=SAMPLE, help="where the sample goes")
    parser.add_argument("--check", action="store_true", help="compare with the committed sample, write nothing")
    args = parser.parse_args()
    if not args.prices.exists():
        print(f"skipped: the full price file is not here ({args.prices})", file=sys.stderr)
        return 77
    texts, rows = read(args.prices)
    lines = draw(rows)
    content = "".join(text + "\n" for text in [texts[0]] + [texts[line - 1] for line in lines])
    if args.check:
        same = args.out.read_text(encoding="utf-8") == content
        print(f"{args.out.name}: {len(lines)} rows, {'as committed' if same else 'DIFFERS from the committed one'}")
        return 0 if same else 1
    args.out.write_text(content, encoding="utf-8")
    print(f"{args.out.name}: {len(lines)} rows written")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError, csv.Error, lzma.LZMAError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
