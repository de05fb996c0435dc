# SPDX-License-Identifier: Apache-2.0
"""What the sources say of their loops and of their calls by pointer, in comments:

    for (...) { /* bound: N */                at most N rounds, each time that the loop is come to
    for (...) { /* bound: N, in all M */      and at most M in all rounds of the loops around it in
                                              the same function
    for (...) { /* bound: N, in all M in F */ and at most M in each run of function F, however often
                                              that comes here
    loop();     /* bound: NAME = N */         NAME is N in the bounds of the function that is called
                                              here
    call();     /* bound: N in F */           this call is executed at most N times in each run of
                                              function F, however it comes there
    call();     /* bound: if N */             this call, or one that is inlined there, is made only
                                              if N is not 0
    call();     /* bound: never with F */     a path that has this call, or one that is inlined
                                              there, does not come to F
    x->f();     /* calls: a, .f, table */     the call goes to function a, to what is said to be .f,
                                              or to what the table holds

Each may go on with `; why`. The comment is on the line of the loop's or the call's first word, or
on lines of its own right before. N and M are expressions of constants and of the names in
limits.yaml. In assembly the comment of a loop is at the branch back.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from bench.bound.failure import BoundError

COMMENT = re.compile(r"/\*\s*(bound|calls):\s*(.*?)\s*(?:;.*?)?\*/", re.DOTALL)
LOOP = re.compile(r"\b(for|while|do)\b")
NEVER, IF = "never with ", "if "
WITHIN = re.compile(r"(.*) in (\w+)")
GIVEN = re.compile(r"(\w+) = (.*)")
INITIALISER = re.compile(r"\.(\w+) = (\w+)\b")


@dataclass
class SourceLoop:
    """A loop of a source: @lines are those of its head, @body its last line. @bound, @total:
    expressions, or None; @scope: the function in each run of which @total holds, or None."""
    file: str
    lines: range
    body: int
    bound: str = None
    total: str = None
    scope: str = None
    used: bool = False

    def __str__(self):
        return f"{self.file}:{self.lines[0]}"

    def encloses(self, other):
        """Whether @other is inside of it."""
        return self.file == other.file and \
            self.lines[0] < other.lines[0] and other.body <= self.body


@dataclass
class Note:
    """Another comment. @given has (name, expression); @within has (expression, function); @never
    functions; @only expressions; @targets the names that a call goes to."""
    place: str
    given: list = field(default_factory=list)
    within: list = field(default_factory=list)
    never: list = field(default_factory=list)
    only: list = field(default_factory=list)
    targets: list = field(default_factory=list)
    used: bool = False


class Annotations:
    """@root: the folder that the debug information's file names begin in; @sources: those of the
    code, which begin there, too."""

    def __init__(self, root, sources):
        self._root, self._sources = Path(root), sources
        self._loops, self._notes, self._initialisers = {}, {}, None

    def read(self, file):
        """Reads @file, once."""
        if file not in self._loops:
            source = self._root / file
            text = source.read_text(encoding="utf-8") if source.is_file() else ""
            self._loops[file] = [] if file.endswith(".S") else _loops(file, text)
            self._notes[file] = {}
            for match in COMMENT.finditer(text):
                self._add(file, text, match)

    def _add(self, file, text, match):
        kind, words = match[1], " ".join(re.sub(r"\n\s*\*", " ", match[2]).split())
        first = text.count("\n", 0, match.start()) + 1
        alone = text[text.rfind("\n", 0, match.start()) + 1:match.start()].strip() == ""
        line = text.count("\n", 0, match.end()) + 2 if alone else first
        place = f"{file}:{first}"
        if kind == "calls":
            targets = [name.strip() for name in words.split(",")]
            self._notes[file][line, kind] = Note(place, targets=targets)
            return
        clauses = words.split(", ")
        given = [GIVEN.fullmatch(clause) for clause in clauses]
        within = [None if clause.startswith("in all ") else WITHIN.fullmatch(clause)
                  for clause in clauses]
        never = [_behind_word(clause, NEVER) for clause in clauses]
        only = [_behind_word(clause, IF) for clause in clauses]
        if any(given) or any(within) or any(never) or any(only):
            note = Note(place, [match.groups() for match in given if match],
                        [match.groups() for match in within if match],
                        list(filter(None, never)), list(filter(None, only)))
            for each in _lines_of_statement(text, line) if alone else [line]:
                self._notes[file].setdefault((each, kind), note)
        bounds = [clause for clause, *others in zip(clauses, given, within, never, only)
                  if not any(others)]
        if bounds:
            self._set_bound(file, line, place, bounds)

    def _set_bound(self, file, line, place, bounds):
        """The loop at @line of @file has @bounds: one, and perhaps "in all" another."""
        if file.endswith(".S"):
            self._loops[file].append(SourceLoop(file, range(line, line + 1), line))
        loop = next((loop for loop in self._loops[file] if loop.lines[0] == line), None)
        if loop is None:
            raise BoundError(f'{place}: "bound: {", ".join(bounds)}" stands at no loop; '
                             "put it on the line where the loop begins")
        loop.bound, *rest = bounds
        if len(rest) > 1 or any(not clause.startswith("in all ") for clause in rest):
            raise BoundError(f'{place}: "bound: {", ".join(bounds)}" is none of N; N, in all M; '
                             "N, in all M in F; NAME = N; N in F; if N; never with F")
        if rest:
            total = rest[0].removeprefix("in all ")
            scoped = WITHIN.fullmatch(total)
            loop.total, loop.scope = scoped.groups() if scoped else (total, None)

    def loops(self, file):
        """The loops of @file."""
        self.read(file)
        return self._loops[file]

    def note(self, file, line, kind):
        """What is said at @line of @file with word @kind, or None."""
        self.read(file)
        return self._notes[file].get((line, kind))

    def read_all(self):
        """Reads all sources, so that nothing that is said of no code at all is missed."""
        for file in self._sources:
            self.read(file)

    def unused(self):
        """A message for each comment that says something of code that no path comes to, or that
        isn't there."""
        loops = [f'{loop}: "bound: {loop.bound}" is of no loop that a path through the hypervisor '
                 "has; take it out"
                 for loop in self._all_loops() if loop.bound and not loop.used]
        notes = [f"{note.place}: this bound or these calls are of no call that a path through the "
                 "hypervisor has; take it out"
                 for note in self._all_notes() if not note.used]
        return sorted(loops + notes)

    def functions(self):
        """(name, place) of each function that a comment has behind `in` or `never with`."""
        named = [(name, note.place) for note in self._all_notes()
                 for name in note.never + [function for _, function in note.within]]
        return named + [(loop.scope, str(loop)) for loop in self._all_loops() if loop.scope]

    def scopes(self):
        """The functions in which calls are counted."""
        return {function for note in self._all_notes() for _, function in note.within} | \
            {loop.scope for loop in self._all_loops() if loop.scope}

    def excluding(self):
        """The functions F of `never with F`."""
        return sorted({name for note in self._all_notes() for name in note.never})

    def initialised(self, member):
        """The functions that some structure of the sources has as its .@member."""
        if self._initialisers is None:
            self._initialisers = {}
            for file in self._sources:
                text = (self._root / file).read_text(encoding="utf-8")
                for name, value in INITIALISER.findall(_blanked(text)):
                    self._initialisers.setdefault(name, set()).add(value)
        return sorted(self._initialisers.get(member, []))

    def _all_loops(self):
        return [loop for loops in self._loops.values() for loop in loops]

    def _all_notes(self):
        return [note for notes in self._notes.values() for note in notes.values()]


def _behind_word(clause, word):
    """What @clause has behind @word, or None if it does not begin with that."""
    return clause.removeprefix(word) if clause.startswith(word) else None


def _blanked(text):
    """@text with its comments and strings blanked, of the same lines and columns."""
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'',
                  lambda match: re.sub(r"[^\n]", " ", match[0]), text, flags=re.DOTALL)


def _loops(file, text):
    code = _blanked(text)
    found = []
    for match in LOOP.finditer(code):
        line = code.count("\n", 0, match.start()) + 1
        if match[1] == "do":
            end = _statement(code, match.end())
        else:
            end = _behind(code, code.index("(", match.end()), "()")
        last = code.count("\n", 0, end) + 1
        body = last if match[1] == "do" else code.count("\n", 0, _statement(code, end)) + 1
        # Of `do`, the condition behind it belongs to its head, which so is all of it.
        found.append(SourceLoop(file, range(line, last + 1), body))
    return found


def _behind(code, start, pair):
    """Behind what closes the bracket at @start."""
    depth = 0
    for position in range(start, len(code)):
        depth += (code[position] == pair[0]) - (code[position] == pair[1])
        if depth == 0:
            return position + 1
    return len(code)


def _lines_of_statement(text, line):
    """The lines of the statement of @text, or of the head of one, that begins at @line."""
    code = _blanked(text)
    start = sum(len(each) + 1 for each in text.split("\n")[:line - 1])
    end = re.compile(r"[;{}]").search(code, _behind_heads(code, start))
    return range(line, code.count("\n", 0, end.start() if end else len(code)) + 2)


def _behind_heads(code, start):
    """Behind the first pair of brackets on or after @start, if only words stand before: `for (a; b; c)` has semicolons in it."""
    head = re.compile(r"\s*(?:for|while|if)\s*(?=\()").match(code, start)
    return _behind(code, head.end(), "()") if head else start


def _statement(code, start):
    """Behind the statement that begins at @start."""
    while start < len(code) and code[start].isspace():
        start += 1
    if code[start:start + 1] == "{":
        return _behind(code, start, "{}")
    depth = 0
    for position in range(start, len(code)):
        depth += (code[position] in "({[") - (code[position] in ")}]")
        if depth == 0 and code[position] in ";}":
            return position + 1
    return len(code)
