#!/usr/bin/env python3
"""What each customer group pays on the Federal Supply Schedule of the VA: the plain, independent answer.

  va_fss_expected.py FILE --date YYYY-MM-DD             one line per article and group, CSV on stdout
  va_fss_expected.py FILE --date YYYY-MM-DD --summary   counts and oddities instead

FILE is the price file as published (CSV, dates MM/DD/YYYY), plain or .xz. It shares no code with the engine.

Asked without a contract, a group's price is searched type by type, and the first type that has a price in
force on the day wins, whatever its amount: FSS: FSS. Big4: Big4, FSS. NC: NC, Big4, FSS. Where several
contracts have a price of that type: the lowest price, then the later contract start, then the smaller
contract number (text order). Only the price's own dates decide (both days inclusive), never the contract's.

Article = NDC, or NDC/sub-item where there is a sub-item. Output columns: article,group,price,contract,price_type;
the last three are empty where the group has no price. Prices are printed as the file has them.

Rows that can't be used are listed on stderr (line, column, value, reason) and left out.
Exit code: 0 all rows used, 1 some were refused, 2 the file or the arguments can't be used.
"""

import argparse
import csv
import datetime
import lzma
import re
import sys
from decimal import Decimal

SEARCH_ORDER = {
    "FSS": ["FSS"],
    "Big4": ["Big4", "FSS"],
    "NC": ["NC", "Big4", "FSS"],
}
COLUMNS = [
    "ContractNumber", "ContractStartDate", "ContractStopDate", "NDCWithDashes", "SubItemIdentifier",
    "Price", "PriceStartDate", "PriceStopDate", "PriceType",
]


class RowRefused(ValueError):
    pass


def date_of(row, column):
    text = row[column]
    match = re.fullmatch(r"([0-9]{2})/([0-9]{2})/([0-9]{4})", text)
    if match is None:
        raise RowRefused(f'{column} "{text}" is no date MM/DD/YYYY')
    try:
        return datetime.date(int(match[3]), int(match[1]), int(match[2]))
    except ValueError:
        raise RowRefused(f'{column} "{text}" is no day of the calendar') from None


class PriceRow:
    def __init__(self, line, row):
        for column in COLUMNS:
            if row[column] is None:
                raise RowRefused(f"{column} is missing: the row is too short")
        if None in row:
            raise RowRefused("the row has more columns than the header")
        self.line = line
        self.contract = row["ContractNumber"]
        self.ndc = row["NDCWithDashes"]
        self.type = row["PriceType"]
        self.price_text = row["Price"]
        if self.contract == "":
            raise RowRefused("ContractNumber is empty")
        if self.ndc == "":
            raise RowRefused("NDCWithDashes is empty")
        if self.type not in SEARCH_ORDER:
            raise RowRefused(f'PriceType "{self.type}" is none of FSS, Big4, NC')
        if re.fullmatch(r"[0-9]+(\.[0-9]+)?", self.price_text) is None:
            raise RowRefused(f'Price "{self.price_text}" is no decimal number')
        self.price = Decimal(self.price_text)
        self.article = self.ndc
        if row["SubItemIdentifier"] != "":
            self.article = self.ndc + "/" + row["SubItemIdentifier"]
        self.start = date_of(row, "PriceStartDate")
        self.stop = date_of(row, "PriceStopDate")
        if self.stop < self.start:
            raise RowRefused(f"PriceStopDate {self.stop} is before PriceStartDate {self.start}")
        self.contract_start = date_of(row, "ContractStartDate")
        self.contract_stop = date_of(row, "ContractStopDate")

    def in_force(self, day):
        return self.start <= day <= self.stop

    def better_than(self, other):
        if self.price != other.price:
            return self.price < other.price
        if self.contract_start != other.contract_start:
            return self.contract_start > other.contract_start
        return self.contract < other.contract


def open_text(name):
    if name.endswith(".xz"):
        return lzma.open(name, "rt", encoding="utf-8-sig", newline="")
    return open(name, encoding="utf-8-sig", newline="")


def read(name):
    """The usable rows of the file and the number of refused ones."""
    rows = []
    refused = 0
    keys = {}
    with open_text(name) as file:
        reader = csv.DictReader(file)
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or [])]
        if missing:
            raise ValueError(f"{name}: the header has no column {', '.join(missing)}")
        for fields in reader:
            try:
                row = PriceRow(reader.line_num, fields)
                key = (row.contract, row.article, row.type)
                if key in keys:
                    raise RowRefused(f"the same contract, article and price type are already on line {keys[key]}")
                keys[key] = row.line
                rows.append(row)
            except RowRefused as reason:
                refused += 1
                print(f"{name}: line {reader.line_num}: {reason}", file=sys.stderr)
    return rows, refused


def rows_by_article(rows):
    articles = {}
    for row in rows:
        articles.setdefault(row.article, []).append(row)
    return articles


def price_for(rows, group, day):
    """The row that prices the article for the group, or None."""
    for price_type in SEARCH_ORDER[group]:
        best = None
        for row in rows:
            if row.type != price_type or not row.in_force(day):
                continue
            if best is None or row.better_than(best):
                best = row
        if best is not None:
            return best
    return None


def write_answers(articles, day):
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["article", "group", "price", "contract", "price_type"])
    for article in sorted(articles):
        for group in SEARCH_ORDER:
            row = price_for(articles[article], group, day)
            if row is None:
                out.writerow([article, group, "", "", ""])
            else:
                out.writerow([article, group, row.price_text, row.contract, row.type])


def summarise_groups(articles, day):
    for group in SEARCH_ORDER:
        counts = {price_type: 0 for price_type in SEARCH_ORDER[group]}
        none = 0
        for rows in articles.values():
            row = price_for(rows, group, day)
            if row is None:
                none += 1
            else:
                counts[row.type] += 1
        found = ", ".join(f"{count} by {price_type}" for price_type, count in counts.items())
        print(f"group {group}: {found}, {none} without a price")


def summarise_contracts(articles, day):
    two = 0
    fss_beside_nc = 0
    different = 0
    settled = {"price": 0, "contract start": 0, "contract number": 0}
    for rows in articles.values():
        valid = [row for row in rows if row.in_force(day)]
        contracts = {row.contract for row in valid}
        if len(contracts) > 1:
            two += 1
            types = {contract: {row.type for row in valid if row.contract == contract} for contract in contracts}
            nc = {contract for contract in contracts if "NC" in types[contract]}
            fss = {contract for contract in contracts if "FSS" in types[contract]}
            if any(a != b for a in nc for b in fss):
                fss_beside_nc += 1
            if len({row.price for row in valid}) > 1:
                different += 1
        for price_type in SEARCH_ORDER:
            rivals = [row for row in valid if row.type == price_type]
            if len(rivals) > 1:
                settled[settled_by(rivals)] += 1
    print(f"articles on two or more contracts at once: {two}, {fss_beside_nc} of them FSS beside NC, "
          f"{different} with different prices")
    counts = ", ".join(f"{count} by {what}" for what, count in settled.items())
    print(f"articles with one price type on several contracts: {sum(settled.values())}, settled: {counts}")


def settled_by(rivals):
    """Which of the comparisons leaves one of several contracts."""
    lowest = min(row.price for row in rivals)
    rivals = [row for row in rivals if row.price == lowest]
    if len(rivals) == 1:
        return "price"
    latest = max(row.contract_start for row in rivals)
    rivals = [row for row in rivals if row.contract_start == latest]
    return "contract start" if len(rivals) == 1 else "contract number"


def summarise_dates(rows, day):
    valid = [row for row in rows if row.in_force(day)]
    late_start = datetime.date(2025, 3, 15)
    outlive = sum(row.stop > row.contract_stop for row in valid)
    precede = sum(row.start < row.contract_start for row in valid)
    not_begun = [row for row in valid if row.contract_start > day]
    nc_late = sum(row.type == "NC" and row.contract_start == late_start for row in not_begun)
    print(f"rows: {len(rows)}, in force on {day}: {len(valid)}, ending that day: {sum(row.stop == day for row in valid)}")
    print(f"prices that outlive their contract: {outlive}")
    print(f"prices that start before their contract: {precede}")
    print(f"prices whose contract has not begun: {len(not_begun)}, NC with a contract from {late_start}: {nc_late}")
    if valid:
        print(f"lowest price {min(row.price for row in valid)}, highest {max(row.price for row in valid)}")


def summarise_order(articles, day):
    above = 0
    both = 0
    for rows in articles.values():
        big4 = price_for(rows, "Big4", day)
        fss = price_for(rows, "FSS", day)
        if big4 is not None and big4.type == "Big4" and fss is not None:
            both += 1
            above += big4.price > fss.price
    print(f"Big4 prices above the FSS price of the same article: {above} of {both} that have both")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--date", required=True, type=datetime.date.fromisoformat)
    parser.add_argument("--summary", action="store_true", help="print counts instead of prices")
    args = parser.parse_args()
    rows, refused = read(args.file)
    articles = rows_by_article(rows)
    if args.summary:
        print(f"articles: {len(articles)}")
        summarise_groups(articles, args.date)
        summarise_contracts(articles, args.date)
        summarise_dates(rows, args.date)
        summarise_order(articles, args.date)
    else:
        write_answers(articles, args.date)
    if refused > 0:
        print(f"{args.file}: {refused} rows refused, {len(rows)} used", file=sys.stderr)
    return 1 if refused > 0 else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError, csv.Error, lzma.LZMAError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
