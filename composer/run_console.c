/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of a serial port to lines on the screen, and keys to the port. */
#include "run_console.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* A line that stays unfinished for so long is shown as it is, ms. */
#define QUIET_SHOW 60
/* A prompt that stays for so long can be typed at, ms. */
#define QUIET_TYPE 250

void console_open(struct console *console, const char *name, const char *colour, int descriptor, bool input)
{
    *console = (struct console){
        .speaker = {.name = name, .colour = colour},
          .input = input, .descriptor = descriptor
    };
}

static void line_clear(struct console *console)
{
    console->size = 0;
    console->shown = 0;
    console->line[0] = '\0';
    console->answered = false;
}

static void line_end(struct console *console, const struct console_output *output)
{
    script_saw(output->script, console->speaker.name, console->line);
    terminal_line(output->terminal, &console->speaker, console->line, console->size, console->shown);
    line_clear(console);
}

/* Shells ask the terminal where its cursor is (ECMA-48, 8.3.35). The answer would be about this screen, not theirs, and
 * would come back as if it had been typed: the question is left out. */
static void line_drop_question(struct console *console)
{
    static const char question[] = "\033[6n";
    const size_t length = sizeof question - 1;

    if (console->size < length || memcmp(console->line + console->size - length, question, length) != 0)
        return;
    console->size -= length;
    console->line[console->size] = '\0';
    if (console->shown > console->size)
        console->shown = console->size;
}

static void take_byte(struct console *console, const struct console_output *output, char byte)
{
    if (byte == '\r') {
        console->carriage_return = true;
        return;
    }
    if (byte == '\n' || console->size == CONSOLE_LINE_SIZE - 1)
        line_end(console, output);
    else if (console->carriage_return) {
        script_saw(output->script, console->speaker.name, console->line);
        terminal_restart(output->terminal, &console->speaker);
        line_clear(console);
    }
    console->carriage_return = false;
    if (byte == '\n' || byte == '\0')
        return;
    console->line[console->size++] = byte;
    console->line[console->size] = '\0';
    if (byte == 'n')
        line_drop_question(console);
}

bool console_read(struct console *console, const struct console_output *output, int64_t now)
{
    char bytes[4096];
    ssize_t count = read(console->descriptor, bytes, sizeof bytes);

    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (count <= 0) {
        close(console->descriptor);
        console->descriptor = -1;
        return false;
    }
    for (ssize_t i = 0; i < count; i++)
        take_byte(console, output, bytes[i]);
    console->changed = now;
    script_saw(output->script, console->speaker.name, console->line);
    if (output->terminal->begun == &console->speaker && console->size > console->shown) {
        terminal_begin(output->terminal, &console->speaker, console->line, console->size, console->shown);
        console->shown = console->size;
    }
    return true;
}

/** Whether the line ends like a prompt: `$ `, `# ` or `> `. */
static bool line_is_prompt(const struct console *console)
{
    const char *end = console->line + console->size;

    return console->size >= 2 && end[-1] == ' ' && strchr("$#>", end[-2]) != NULL;
}

static void type_at_prompt(struct console *console, struct script *script)
{
    const char *text = script_next(script, console->speaker.name);

    if (text == NULL)
        return;
    console->answered = true;
    console_send(console, text, strlen(text));
    console_send(console, "\r", 1);
}

void console_tick(struct console *console, const struct console_output *output, int64_t now)
{
    if (console->size == 0)
        return;
    if (console->size > console->shown && now - console->changed >= QUIET_SHOW) {
        terminal_begin(output->terminal, &console->speaker, console->line, console->size, console->shown);
        console->shown = console->size;
    }
    if (console->input && !console->answered && now - console->changed >= QUIET_TYPE && line_is_prompt(console))
        type_at_prompt(console, output->script);
}

void console_finish(struct console *console, const struct console_output *output)
{
    if (console->size > 0 && (console->size > console->shown || output->terminal->begun == &console->speaker))
        line_end(console, output);
}

void console_write(struct console *console)
{
    if (console->queued == 0 || console->descriptor < 0)
        return;

    ssize_t count = write(console->descriptor, console->queue, console->queued);
    if (count <= 0)
        return;
    console->queued -= (size_t)count;
    memmove(console->queue, console->queue + count, console->queued);
}

void console_send(struct console *console, const char *bytes, size_t size)
{
    if (size > CONSOLE_QUEUE_SIZE - console->queued)
        size = CONSOLE_QUEUE_SIZE - console->queued;
    memcpy(console->queue + console->queued, bytes, size);
    console->queued += size;
    console_write(console);
}
