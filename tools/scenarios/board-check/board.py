#!/usr/bin/env python3
"""The board that a scenario's day must come to, from its files alone.

Reads the published prices and the committed seed beside them and adds up what must have been sold. It shares nothing with the system that sells:
Python's standard library, its own reading of numbers, units and names, its own rounding.

  board.py live                 the live day
  board.py big                  the big day, all rows that are accepted
  board.py big --rows FILE      the big day, only the lines named in FILE (numbers of lines of the CSV file, apart by blanks or commas, or a JSON list)

One JSON object on stdout. Its lines have the form of GET /v1/markets/{id}/board: 64-bit numbers are strings, amounts are minor units.
"""

import argparse
import csv
import hashlib
import json
import re
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

SCENARIOS = Path(__file__).resolve().parent.parent


def main():
    parser = argparse.ArgumentParser(description="What the board of a scenario's day must be, from its files.")
    parser.add_argument("day", choices=["live", "big"])
    parser.add_argument("--rows", help="file with the numbers of the lines that were sold (big day)")
    options = parser.parse_args()
    board = live() if options.day == "live" else big(options.rows)
    sys.stdout.reconfigure(encoding="utf-8")
    print(json.dumps(board, ensure_ascii=False, indent=1))


def live():
    """The live day: one lot per row; a row without a price passes."""
    folder = SCENARIOS / "market-day"
    seed = json.loads((folder / "seed.json").read_text("utf-8"))
    seeded = {row["line"]: row for row in seed["rows"]}
    lots, passed = [], 0
    for line, row in read_csv(folder / "data" / "kamis-2022-06-23.csv", "utf-8"):
        price = row["dpr1"].strip()
        if price == "-":
            passed += 1
            continue
        lots.append(Lot(row["item_name"], row["kind_name"], row["rank"], row["unit"], int(price.replace(",", "")), sold_quantity(seeded[line])))
    return {"businessDay": seed["day"], "lotsSold": str(len(lots)), "lotsPassed": str(passed), "lines": board_lines(lots, "KRW")}


def sold_quantity(row):
    """What was counted at the door is what is sold."""
    return row["receipt"]["counted"]


def big(rows_file):
    """The big day: one lot per accepted row, a board per market and one over all."""
    folder = SCENARIOS / "big-day"
    seed = json.loads((folder / "seed.json").read_text("utf-8"))
    refused_goods = {entry["commodity"] for entry in json.loads((folder / "commodities.json").read_text("utf-8"))["refused"]}
    chosen = chosen_lines(rows_file)
    accepted, refused, markets, seen = set(), [], {}, set()
    for line, row in read_csv(folder / "data" / "agmarknet-2025-09-23.csv", "utf-8"):
        reason = why_refused(row, refused_goods, seen)
        if reason:
            refused.append({"line": line, "reason": reason})
            continue
        accepted.add(line)
        if chosen is not None and line not in chosen:
            continue
        place = tuple(one_blank(row[column]) for column in ("State", "District", "Market"))
        lot = Lot(one_blank(row["Commodity"]), one_blank(row["Variety"]), one_blank(row["Grade"]), "quintal", paise(row["Modal_x0020_Price"]), drawn_quantity(seed, line))
        markets.setdefault(place, []).append(lot)
    if chosen is not None and chosen - accepted:
        sys.exit(f"board.py: lines that are not accepted: {sorted(chosen - accepted)}")
    lots = [lot for own in markets.values() for lot in own]
    return {
        "businessDay": seed["day"],
        "rowsAccepted": str(len(accepted)),
        "rowsRefused": refused,
        "lotsSold": str(len(lots)),
        "lotsPassed": "0",
        "lines": board_lines(lots, "INR"),
        "markets": [
            {"state": state, "district": district, "market": market, "lotsSold": str(len(own)), "lotsPassed": "0", "lines": board_lines(own, "INR")}
            for (state, district, market), own in sorted(markets.items())
        ],
    }


def why_refused(row, refused_goods, seen):
    """Why a row cannot be sold: no believable modal price, the same goods again, or no licence category for them."""
    try:
        low, high, modal = (paise(row[column]) for column in ("Min_x0020_Price", "Max_x0020_Price", "Modal_x0020_Price"))
    except ValueError as error:
        return str(error)
    if modal <= 0:
        return "no modal price"
    if low > 0 and high > 0 and not low <= modal <= high:
        return "modal price outside lowest and highest"
    goods = tuple(one_blank(row[column]) for column in ("State", "District", "Market", "Commodity", "Variety", "Grade", "Arrival_Date"))
    if goods in seen:
        return "the same goods again"
    seen.add(goods)
    return "no licence category" if goods[3] in refused_goods else None


def paise(text):
    if not re.fullmatch(r"\d+(\.\d+)?", text.strip()):
        raise ValueError(f"not a price: {text!r}")
    amount = Decimal(text.strip()) * 100
    if amount != amount.to_integral_value():
        raise ValueError(f"finer than a paisa: {text!r}")
    return int(amount)


def drawn_quantity(seed, line):
    """Quantities of the big day are not stored: the first 6 bytes of sha256("<number>:<line>:quantity") modulo the span."""
    digest = hashlib.sha256(f"{seed['number']}:{line}:quantity".encode("ascii")).digest()
    least, most = seed["quantity"]["least"], seed["quantity"]["most"]
    return least + int.from_bytes(digest[:6], "big") % (most - least + 1)


def chosen_lines(rows_file):
    if rows_file is None:
        return None
    text = Path(rows_file).read_text("utf-8")
    lines = json.loads(text) if text.lstrip().startswith("[") else re.split(r"[\s,]+", text.strip())
    return {int(line) for line in lines}


def one_blank(name):
    return " ".join(name.split())


def read_csv(path, encoding):
    """Rows by column name with their line; the files have no line breaks inside fields."""
    with open(path, encoding=encoding, newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        for fields in reader:
            yield reader.line_num, dict(zip(header, fields))


class Lot:
    def __init__(self, item, variety, grade, unit, price, quantity):
        self.key = (item, variety, grade, unit)
        self.price = price
        self.quantity = quantity


def board_lines(lots, currency):
    groups = {}
    for lot in lots:
        groups.setdefault(lot.key, []).append(lot)

    def money(amount):
        return {"currency": currency, "amount": str(amount)}

    lines = []
    for (item, variety, grade, unit), own in sorted(groups.items()):
        volume = sum(lot.quantity for lot in own)
        average = round(Fraction(sum(lot.price * lot.quantity for lot in own), volume))  # round() of a Fraction goes half to even
        lines.append({
            "item": item, "variety": variety, "grade": grade, "tradeUnit": unit, "lots": str(len(own)), "volume": str(volume),
            "averagePrice": money(average), "highPrice": money(max(lot.price for lot in own)), "lowPrice": money(min(lot.price for lot in own)),
        })
    return lines


if __name__ == "__main__":
    main()
