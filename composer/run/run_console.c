/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of a serial port to lines on the screen, and keys to the port. */
#include "run_console.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A line that stays unfinished for so long is shown as it is, ms: where nobody sits, and it is
 * no prompt either, later. Should somebody else speak then, it is shown twice. */
#define QUIET_SHOW      60
#define QUIET_SHOW_FILE 1000
/* A prompt that stays for so long can be typed at, ms. */
#define QUIET_TYPE 250
/* A VM that has been silent for so long waits, though nothing looks like a prompt, ms: for piped
 * input only. */
#define QUIET_WAIT 3000

void console_open(struct console *console, const char *name, const char *colour, int descriptor,
                  bool input)
{
    bool keyboard = console->keyboard;

    *console = (struct console){
        .speaker = {.name = name, .colour = colour},
        .input = input,
        .keyboard = keyboard,
        .descriptor = descriptor,
    };
}

static void console_line_clear(struct console *console)
{
    line_clear(&console->line);
    console->shown = 0;
    console->answered = false;
}

static void console_line_end(struct console *console, const struct console_output *output)
{
    script_saw(output->script, console->speaker.name, console->line.text);
    terminal_line(output->terminal, &console->speaker, &console->line, console->shown);
    console_line_clear(console);
}

/** The VM asks where the cursor is, as it sees the screen: without the names before its lines
 * (ECMA-48, 8.3.14). */
static void answer_question(struct console *console, const struct terminal *terminal)
{
    unsigned row = console->row != 0 ? console->row : terminal_rows(terminal);
    unsigned column =
        console->row != 0 ? console->column : terminal_text_columns(&console->line) + 1;
    char answer[32] = "";
    int size = snprintf(answer, sizeof(answer), "\033[%u;%uR", row, column);

    if (console->keyboard && terminal->answers) {
        console_send(console, answer, (size_t)size);
    }
}

static unsigned at_most(unsigned number, unsigned limit)
{
    return limit > 0 && number > limit ? limit : number;
}

/** Follows where the VM puts the cursor, and keeps it in its part of the screen: that is how it
 * finds out how large that is, and what was made for a larger window does no harm. */
static void location_cursor(struct console *console, const struct terminal *terminal)
{
    struct escape *escape = &console->escape;
    char final = escape->bytes[escape->size - 1];

    if (escape->bytes[1] != '[' || (final != 'H' && final != 'f' && final != 'd')) {
        return;
    }
    console->row = at_most(escape_parameter(escape, 0, 1), terminal_rows(terminal));
    if (final == 'd') {
        escape->size =
            (size_t)snprintf(escape->bytes, sizeof(escape->bytes), "\033[%ud", console->row);
        return;
    }
    console->column = at_most(escape_parameter(escape, 1, 1), terminal_columns(terminal));
    escape->size = (size_t)snprintf(escape->bytes, sizeof(escape->bytes), "\033[%u;%uH",
                                    console->row, console->column);
}

static void take_new_line(struct console *console, const struct console_output *output)
{
    console->carriage_return = false;
    console_line_end(console, output);
}

/** A character behind a carriage return: the line is written anew. */
static void take_restart(struct console *console, const struct console_output *output)
{
    script_saw(output->script, console->speaker.name, console->line.text);
    terminal_restart(output->terminal, &console->speaker);
    console_line_clear(console);
    console->carriage_return = false;
}

static void take_sequence(struct console *console, const struct console_output *output,
                          enum escape_kind kind)
{
    bool screen = console->keyboard && output->terminal->escapes;
    bool shown = kind == ESCAPE_TEXT || (kind == ESCAPE_COLOUR && output->terminal->colours) ||
                 (kind == ESCAPE_SCREEN && screen);

    if (!line_has_room(&console->line)) {
        console_line_end(console, output);
    }
    if (kind == ESCAPE_TEXT) {
        console->row = 0;
        line_write(&console->line, &console->escape);
    } else if (kind == ESCAPE_SCREEN) {
        location_cursor(console, output->terminal);
        line_edit(&console->line, &console->escape);
    } else if (kind == ESCAPE_ASK && !output->terminal->raw) {
        answer_question(console, output->terminal);
    }
    if (shown && !output->terminal->raw) {
        line_show(&console->line, console->escape.bytes, console->escape.size);
    }
}

/** With --raw the screen gets each byte as it comes. */
static void take_raw(struct console *console, const struct console_output *output, char byte)
{
    if (byte == '\n' || byte == '\r') {
        return;
    }
    if (console->carriage_return) {
        take_restart(console, output);
    }
    if (line_has_room(&console->line)) {
        line_show(&console->line, &byte, 1);
    }
}

static void take_byte(struct console *console, const struct console_output *output, char byte)
{
    enum escape_kind kind = escape_take(&console->escape, byte);

    if (output->terminal->raw) {
        take_raw(console, output, byte);
    }
    if (kind == ESCAPE_MORE) {
        return;
    }
    if (kind == ESCAPE_TEXT && byte == '\n') {
        take_new_line(console, output);
        return;
    }
    if (kind == ESCAPE_TEXT && byte == '\r') {
        console->carriage_return = true;
        return;
    }
    if (console->carriage_return &&
        (kind == ESCAPE_TEXT || kind == ESCAPE_COLOUR || kind == ESCAPE_SCREEN)) {
        take_restart(console, output);
    }
    take_sequence(console, output, kind);
}

static void show_begun(struct console *console, const struct console_output *output)
{
    terminal_begin(output->terminal, &console->speaker, &console->line, console->shown);
    console->shown = console->line.screen_size;
}

void console_take(struct console *console, const struct console_output *output, const char *bytes,
                  size_t size, int64_t now)
{
    for (size_t i = 0; i < size; i++) {
        take_byte(console, output, bytes[i]);
    }
    console->changed = now;
    console->spoken = true;
    script_saw(output->script, console->speaker.name, console->line.text);
    if (output->terminal->begun == &console->speaker &&
        console->line.screen_size > console->shown) {
        show_begun(console, output);
    }
}

bool console_read(struct console *console, const struct console_output *output, int64_t now)
{
    char bytes[4096];
    ssize_t count = read(console->descriptor, bytes, sizeof(bytes));

    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return false;
    }
    if (count <= 0) {
        close(console->descriptor);
        console->descriptor = -1;
        return false;
    }
    console_take(console, output, bytes, (size_t)count, now);
    return true;
}

static void type_line(struct console *console, const char *text, int64_t now)
{
    console->answered = true;
    console->changed = now; /* it gets time to read it */
    console_send(console, text, strlen(text));
    console_send(console, "\r", 1);
}

/** Types what is next: at a prompt what --type and standard input have, and standard input's
 * lines if it just waits. */
static void type_next(struct console *console, struct script *script, int64_t now)
{
    const char *text = NULL;

    if (!console->answered && now - console->changed >= QUIET_TYPE) {
        text = script_next(script, console->speaker.name, console->line.text, console->keyboard);
    }
    if (text == NULL && console->keyboard && console->spoken &&
        now - console->changed >= QUIET_WAIT) {
        text = script_next_piped(script, console->speaker.name);
    }
    if (text != NULL) {
        type_line(console, text, now);
    }
}

void console_tick(struct console *console, const struct console_output *output, int64_t now)
{
    bool soon = output->terminal->escapes || script_is_prompt(console->line.text);

    if (console->line.screen_size > console->shown &&
        now - console->changed >= (soon ? QUIET_SHOW : QUIET_SHOW_FILE)) {
        show_begun(console, output);
    }
    if (console->input) {
        type_next(console, output->script, now);
    }
}

void console_finish(struct console *console, const struct console_output *output)
{
    size_t size = console->line.screen_size;

    if (size > 0 && (size > console->shown || output->terminal->begun == &console->speaker)) {
        console_line_end(console, output);
    }
}

void console_write(struct console *console)
{
    if (console->queued == 0 || console->descriptor < 0) {
        return;
    }

    ssize_t count = write(console->descriptor, console->queue, console->queued);
    if (count <= 0) {
        return;
    }
    console->queued -= (size_t)count;
    memmove(console->queue, console->queue + count, console->queued);
}

void console_send(struct console *console, const char *bytes, size_t size)
{
    if (size > CONSOLE_QUEUE_SIZE - console->queued) {
        size = CONSOLE_QUEUE_SIZE - console->queued;
    }
    memcpy(console->queue + console->queued, bytes, size);
    console->queued += size;
    console_write(console);
}
