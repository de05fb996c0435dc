/* SPDX-License-Identifier: Apache-2.0 */
#include "run_line.h"

#include <string.h>

void line_clear(struct line *line)
{
    line->screen_size = 0;
    line->screen[0] = '\0';
    line->text_size = 0;
    line->text[0] = '\0';
    line->at = 0;
}

bool line_has_room(const struct line *line)
{
    return line->screen_size + ESCAPE_SIZE < LINE_SIZE_MAX &&
           line->text_size + ESCAPE_SIZE < LINE_SIZE_MAX;
}

void line_show(struct line *line, const char *bytes, size_t size)
{
    memcpy(line->screen + line->screen_size, bytes, size);
    line->screen_size += size;
    line->screen[line->screen_size] = '\0';
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* By a character, whatever its bytes are. */
static void move_left(struct line *line)
{
    do {
        if (line->at > 0) {
            line->at--;
        }
    } while (line->at > 0 && is_continuation(line->text[line->at]));
}

static void move_right(struct line *line)
{
    do {
        if (line->at < line->text_size) {
            line->at++;
        }
    } while (line->at < line->text_size && is_continuation(line->text[line->at]));
}

void line_write(struct line *line, const struct escape *escape)
{
    if (escape->bytes[0] == '\b') {
        move_left(line);
        return;
    }
    memcpy(line->text + line->at, escape->bytes, escape->size);
    line->at += escape->size;
    if (line->at > line->text_size) {
        line->text_size = line->at;
    }
    line->text[line->text_size] = '\0';
}

void line_edit(struct line *line, const struct escape *escape)
{
    char final = escape->bytes[escape->size - 1];
    unsigned count = escape->size > 2 ? escape_parameter(escape, 0, 1) : 1;

    if (escape->bytes[0] != '\033' || escape->bytes[1] != '[') {
        return;
    }
    if ((final == 'K' || final == 'J') && escape_parameter(escape, 0, 0) == 0) {
        line->text_size = line->at;
        line->text[line->text_size] = '\0';
    }
    if (count == 0) {
        count = 1;
    }
    for (unsigned i = 0; i < count && i < LINE_SIZE_MAX; i++) {
        if (final == 'D') {
            move_left(line);
        } else if (final == 'C') {
            move_right(line);
        }
    }
}
