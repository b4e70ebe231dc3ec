"""Makes the parser's tables from `grammar/nn.lark`: `python -m nnc.syntax.generate` after a change of the grammar.

`--check` writes nothing and says by its exit code whether the tables are up to date. Lark is needed here and nowhere
else, so that `nnc check` does not pay for starting it; the tables are text that can be reviewed, not a pickle.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from nnc.assets import folder
from nnc.syntax.tables import START, TABLES


def render(grammar: str) -> str:
    """The text of `tables.json` for a grammar: the same for the same grammar, whichever Python made it."""
    from lark import Lark

    lark: Any = Lark(grammar, start=START, parser="lalr", lexer="basic", maybe_placeholders=False)
    return _to_json(_terminals(lark) | _automaton(lark))


def _terminals(lark: Any) -> dict[str, Any]:
    """The signs as regular expressions in the order in which they are tried, and the words that look like names."""
    name = next(re.compile(t.pattern.to_regexp()) for t in lark.terminals if t.name == "NAME")
    words = {
        t.pattern.value: t.name for t in lark.terminals if t.pattern.type == "str" and name.fullmatch(t.pattern.value)
    }
    signs = [t for t in lark.terminals if t.name not in words.values()]
    signs.sort(key=lambda t: (-t.priority, -t.pattern.max_width, t.name))
    return {"signs": [[t.name, t.pattern.to_regexp()] for t in signs], "words": dict(sorted(words.items()))}


def _automaton(lark: Any) -> dict[str, Any]:
    """Rules and states, numbered in the order in which a walk from the start meets them."""
    table = lark.parser.parser._parse_table
    rules = {rule: number for number, rule in enumerate(lark.rules)}
    numbers = {table.start_states[START]: 0}
    order = list(numbers)
    for state in order:
        for _, (action, target) in sorted(table.states[state].items()):
            if action.name == "Shift" and target not in numbers:
                numbers[target] = len(order)
                order.append(target)
    symbols = sorted({symbol for row in table.states.values() for symbol in row})
    index = {symbol: number for number, symbol in enumerate(symbols)}
    states = [
        [
            part
            for symbol, (action, target) in sorted(table.states[state].items())
            for part in (index[symbol], numbers[target] if action.name == "Shift" else -1 - rules[target])
        ]
        for state in order
    ]
    return {
        "symbols": symbols,
        "rules": [_rule(rule) for rule in rules],
        "start": 0,
        "end": numbers[table.end_states[START]],
        "states": states,
    }


def _rule(rule: Any) -> list[Any]:
    origin = str(rule.origin.name)
    kept = [i for i, symbol in enumerate(rule.expansion) if not (symbol.is_term and symbol.filter_out)]
    splice = origin.startswith("_")
    through = rule.options.expand1 and len(kept) == 1 and not rule.alias
    return [origin, len(rule.expansion), kept, "" if splice or through else str(rule.alias or origin), splice]


def _to_json(tables: dict[str, Any]) -> str:
    """JSON with one rule or state a line, so that a change of the grammar can be reviewed."""
    dump = json.JSONEncoder(separators=(",", ":")).encode
    parts = []
    for key, value in tables.items():
        rows = isinstance(value, list) and value and isinstance(value[0], list)
        parts.append(f'"{key}":' + ("[\n" + ",\n".join(map(dump, value)) + "\n]" if rows else dump(value)))
    return "{" + ",\n".join(parts) + "}\n"


def main(arguments: list[str]) -> int:
    """Write the tables, or with `--check` say by the exit code whether they are up to date."""
    made = render((folder("grammar") / "nn.lark").read_text("utf-8"))
    if arguments == ["--check"]:
        return int(made != TABLES.read_text("ascii"))
    TABLES.write_text(made, "ascii", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
