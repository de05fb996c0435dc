/* SPDX-License-Identifier: Apache-2.0 */
/* Text on a terminal. Its columns are counted here, so that each row begins behind the names. */
#include "run_rows.h"

#include <stdlib.h>
#include <string.h>

#define ESC '\033'

/** The length of the control sequence at @text: they come whole. */
static size_t sequence_length(const char *text, size_t size)
{
    size_t length = 2;

    if (size < 2 || text[1] != '[') {
        return size < 2 ? size : 2;
    }
    while (length < size && (text[length] < '@' || text[length] > '~')) {
        length++;
    }
    return length < size ? length + 1 : size;
}

/** Follows the cursor through a control sequence of @speaker's. */
static void follow_sequence(struct terminal *terminal, const struct speaker *speaker,
                            const char *text, size_t length)
{
    char final = text[length - 1];
    unsigned count = 1;

    if (length > 3) {
        count = (unsigned)strtoul(text + 2, NULL, 10);
    }
    if (text[1] == '[' && final == 'C') {
        terminal->column += count;
    } else if (text[1] == '[' && final == 'D') {
        terminal->column -= count < terminal->column ? count : terminal->column;
    } else if (text[1] != '[' || strchr("mKJhl", final) == NULL) { /* these leave it where it is */
        terminal->loose = true;
    }
    if (length == 5 && memcmp(text, "\033[?7", 4) == 0) {
        terminal->cuts = final == 'l' ? speaker : NULL;
        terminal->loose = final == 'l' || terminal->raw;
    }
    if (final == 'J') {
        terminal->status.changed = true; /* it may be gone */
    }
}

/** Begins another row of the line unless there is room for @width columns. Returns whether it
 * did. */
static bool make_room(struct terminal *terminal, unsigned width)
{
    unsigned columns = terminal_columns(terminal);

    if (columns == 0 || columns == terminal->columns || terminal->loose ||
        terminal->column + width <= columns) {
        return false;
    }
    fprintf(terminal->screen, "\n%*s | ", terminal->name_width, "");
    terminal->column = 0;
    terminal->wrapped++;
    return true;
}

static void show_tab(struct terminal *terminal)
{
    unsigned width = TAB_STOP - terminal->column % TAB_STOP;

    make_room(terminal, width);
    fprintf(terminal->screen, "%*s", (int)width, "");
    terminal->column += width;
}

/** Columns of a blank and the word behind it; of the blank alone where the word is longer than
 * half a row. */
static unsigned word_width(const struct terminal *terminal, const char *text, size_t size)
{
    unsigned width = 1;
    size_t length;

    for (size_t i = 1; i < size && text[i] != ' ' && text[i] != ESC; i += length) {
        width += text_width(text + i, size - i, &length);
    }
    return width <= terminal_columns(terminal) / 2 ? width : 1;
}

void rows_show(struct terminal *terminal, const struct speaker *speaker, const char *text,
               size_t size, bool words)
{
    size_t length;

    terminal->loose |= terminal->cuts == speaker;
    for (size_t i = 0; i < size; i += length) {
        unsigned width = text_width(text + i, size - i, &length);

        if (text[i] == ESC) {
            length = sequence_length(text + i, size - i);
            follow_sequence(terminal, speaker, text + i, length);
        } else if (text[i] == '\t' && !terminal->loose) {
            show_tab(terminal);
            continue;
        } else if (text[i] == '\b') {
            terminal->column -= terminal->column > 0 ? 1 : 0;
        } else {
            bool blank = words && text[i] == ' ';
            bool row =
                make_room(terminal, blank ? word_width(terminal, text + i, size - i) : width);

            if (blank && row) {
                continue;
            }
            terminal->column += width;
        }
        fwrite(text + i, 1, length, terminal->screen);
    }
}
