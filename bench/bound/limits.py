# SPDX-License-Identifier: Apache-2.0
"""What the names in bounds stand for: constants of the sources, and the limits in limits.yaml."""

import ast
import operator
import re
from pathlib import Path

import yaml

from bench.bound.failure import BoundError

DEFINE = re.compile(r"^#define (\w+)\s+([^/\n]+)", re.MULTILINE)
SUFFIX = re.compile(r"\b(0x[0-9a-fA-F]+|\d+)[uUlL]+\b")

OPERATIONS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
              ast.Div: operator.floordiv, ast.LShift: operator.lshift, ast.RShift: operator.rshift}


class Limits:
    """@root: the repository; @sources: those of the code, below it. @column: which of the numbers
    of limits.yaml holds. @sizes: what sizeof_NAME is, by NAME."""

    def __init__(self, root, sources, column, sizes):
        self.values = {f"sizeof_{name}": str(size) for name, size in sizes.items()}
        for file in sources:
            self.values.update(DEFINE.findall((Path(root) / file).read_text(encoding="utf-8")))
        with open(Path(__file__).with_name("limits.yaml"), encoding="utf-8") as stream:
            self.values.update((row["name"], str(row[column])) for row in yaml.safe_load(stream))

    def value(self, expression, given, where):
        """The value of @expression, in which the names of @given have those values; @where says in
        which place it stands."""
        try:
            parsed = ast.parse(SUFFIX.sub(r"\1", expression.strip()), mode="eval")
        except SyntaxError:
            raise BoundError(f'{where}: "{expression}" is no expression of numbers and names'
                             ) from None
        return self._evaluate(parsed.body, given, where)

    def _evaluate(self, node, given, where):
        if isinstance(node, ast.Constant) and isinstance(node.value, int):
            return node.value
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
            return OPERATIONS[type(node.op)](self._evaluate(node.left, given, where),
                                             self._evaluate(node.right, given, where))
        if isinstance(node, ast.Name) and node.id in given:
            return given[node.id]
        if isinstance(node, ast.Name) and node.id in self.values:
            return self.value(self.values[node.id], {}, where)
        name = node.id if isinstance(node, ast.Name) else ast.unparse(node)
        raise BoundError(f'{where}: "{name}" is no constant of the sources and not in '
                         "bench/bound/limits.yaml")
