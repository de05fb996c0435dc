# SPDX-License-Identifier: Apache-2.0
"""What a section is made of. HTML shows all of it; docs/performance.md shows the tables only."""

import re
from dataclasses import dataclass, field
from html import escape

NARROW = 3  # columns of a table that need not fill the page


@dataclass
class Section:
    """A section of the report. @name: its anchor."""

    name: str
    title: str
    blocks: list = field(default_factory=list)


@dataclass
class Prose:
    """A paragraph. `code` and [text](address) are understood. @kind: "lead", "verdict" or "note"."""

    text: str
    kind: str = "note"

    def html(self):
        """As HTML."""
        return f'<p class="{self.kind}">{inline(self.text)}</p>'


def verdict(text):
    """What a section comes to, as a list of blocks: none if @text is empty."""
    return [Prose(text, "verdict")] if text else []


@dataclass
class Missing:
    """Something that was not measured, and why."""

    text: str

    def html(self):
        """As HTML."""
        return f'<p class="missing">{inline(self.text)}</p>'


@dataclass
class Chart:
    """A picture, as finished HTML; the table beside it says the same in words."""

    body: str
    caption: str

    def html(self):
        """As HTML."""
        return f'<figure><figcaption>{inline(self.caption)}</figcaption>{self.body}</figure>'


@dataclass
class Cell:
    """A cell that HTML shows in a way of its own."""

    text: str
    body: str


@dataclass
class Table:
    """Columns are (heading, "left" or "right"); cells are text or Cell. @lasting: the same whoever measures, with the same compiler."""

    caption: str
    columns: list
    rows: list
    lasting: bool = False

    def html(self):
        """As HTML, in a box that scrolls by itself where the page is narrow."""
        head = "".join(f'<th scope="col" class="{side}">{inline(name)}</th>' for name, side in self.columns)
        rows = "".join(self._row(row) for row in self.rows)
        name, kind = escape(plain(self.caption)), ' class="narrow"' if len(self.columns) <= NARROW else ""
        return (f'<p class="caption">{inline(self.caption)}</p><div class="scroll" role="region" tabindex="0" aria-label="{name}">'
                f'<table{kind} aria-label="{name}"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>')

    def _row(self, row):
        cells = [f'<th scope="row" class="{self.columns[0][1]}">{_cell(row[0])}</th>']
        cells += [f'<td class="{side}">{_cell(cell)}</td>' for cell, (_, side) in zip(row[1:], self.columns[1:])]
        return f"<tr>{''.join(cells)}</tr>"

    def markdown(self):
        """As Markdown, its caption above it."""
        lines = [self.caption, "", _line(name for name, _ in self.columns),
                 _line("---:" if side == "right" else "---" for _, side in self.columns)]
        lines += [_line(cell.text if isinstance(cell, Cell) else cell for cell in row) for row in self.rows]
        return "\n".join(lines)


@dataclass
class Details:
    """Blocks that a reader unfolds."""

    summary: str
    blocks: list

    def html(self):
        """As HTML."""
        return f"<details><summary>{inline(self.summary)}</summary>{''.join(block.html() for block in self.blocks)}</details>"


def tables(blocks):
    """The tables of @blocks, but for those that are folded away."""
    return [block for block in blocks if isinstance(block, Table)]


def inline(text):
    """@text as HTML, with what Prose understands."""
    text = escape(text)
    text = re.sub(r"`([^`]+)`", lambda code: f"<code>{code[1].replace('_', '_<wbr>')}</code>", text)
    return re.sub(r"\[([^]]+)\]\(([^)]+)\)", r'<a href="\2">\1</a>', text)


def plain(text):
    """@text without marks."""
    return re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", text.replace("`", ""))


def _cell(cell):
    return cell.body if isinstance(cell, Cell) else inline(cell)


def _line(cells):
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
