/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of several speakers on one screen and in the transcript. */
#include "run_terminal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "output_file.h"

#define ESC         '\033'
#define COLOUR_OFF  "\033[0m"
#define COLOUR_WARN "\033[31m"

#define NAME_END 3 /* " | " behind each name */
#define TAB_STOP 8U

/* With fewer columns for the text, rows are not worth their names. */
#define TEXT_COLUMNS_MIN 20U

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);

    return value != NULL && *value != '\0';
}

static void read_size(struct terminal *terminal)
{
    struct winsize size;

    if (terminal->escapes && ioctl(fileno(terminal->screen), TIOCGWINSZ, &size) == 0) {
        terminal->rows = size.ws_row;
        terminal->columns = size.ws_col;
    }
}

bool terminal_open(struct terminal *terminal, FILE *screen, int name_width, const char *transcript)
{
    const char *kind = getenv("TERM");

    *terminal = (struct terminal){.screen = screen, .name_width = name_width, .text_colour = ""};
    terminal->escapes = isatty(fileno(screen)) != 0 && kind != NULL && strcmp(kind, "dumb") != 0;
    terminal->colours = terminal->escapes && !is_set("NO_COLOR");
    read_size(terminal);
    if (transcript == NULL)
        return true;
    terminal->transcript = output_file_open(transcript);
    return terminal->transcript != NULL;
}

void terminal_resize(struct terminal *terminal)
{
    read_size(terminal);
    status_resize(&terminal->status, terminal->rows, terminal->columns);
}

unsigned terminal_rows(const struct terminal *terminal)
{
    return terminal->status.screen != NULL ? terminal->rows - 1 : terminal->rows;
}

unsigned terminal_columns(const struct terminal *terminal)
{
    unsigned names = (unsigned)terminal->name_width + NAME_END;

    return terminal->columns >= names + TEXT_COLUMNS_MIN ? terminal->columns - names : terminal->columns;
}

unsigned terminal_text_columns(const struct line *line)
{
    unsigned columns = 0;
    size_t length;

    for (size_t i = 0; i < line->at; i += length) {
        columns += text_width(line->text + i, line->at - i, &length);
        if (line->text[i] == '\t')
            columns += TAB_STOP - columns % TAB_STOP;
    }
    return columns;
}

static void end_begun(struct terminal *terminal)
{
    if (terminal->begun != NULL)
        fputs(terminal->colours ? COLOUR_OFF "\n" : "\n", terminal->screen);
    terminal->begun = NULL;
}

static void show_name(struct terminal *terminal, const struct speaker *speaker)
{
    if (terminal->colours)
        fprintf(terminal->screen, "%s%-*s |%s ", speaker->colour, terminal->name_width, speaker->name, COLOUR_OFF);
    else
        fprintf(terminal->screen, "%-*s | ", terminal->name_width, speaker->name);
    terminal->column = 0;
    terminal->wrapped = 0;
    terminal->loose = terminal->raw;
}

/** The length of the control sequence at @text: they come whole. */
static size_t sequence_length(const char *text, size_t size)
{
    size_t length = 2;

    if (size < 2 || text[1] != '[')
        return size < 2 ? size : 2;
    while (length < size && (text[length] < '@' || text[length] > '~'))
        length++;
    return length < size ? length + 1 : size;
}

/** Follows the cursor through a control sequence of @speaker's. */
static void follow_sequence(struct terminal *terminal, const struct speaker *speaker, const char *text, size_t length)
{
    char final = text[length - 1];
    unsigned count = 1;

    if (length > 3)
        count = (unsigned)strtoul(text + 2, NULL, 10);
    if (text[1] == '[' && (final == 'm' || final == 'K' || final == 'J' || final == 'h' || final == 'l'))
        ; /* it stays where it is */
    else if (text[1] == '[' && final == 'C')
        terminal->column += count;
    else if (text[1] == '[' && final == 'D')
        terminal->column -= count < terminal->column ? count : terminal->column;
    else
        terminal->loose = true;
    if (length == 5 && memcmp(text, "\033[?7", 4) == 0) {
        terminal->cuts = final == 'l' ? speaker : NULL;
        terminal->loose = final == 'l' || terminal->raw;
    }
    if (final == 'J')
        terminal->status.changed = true; /* it may be gone */
}

/** Begins another row of the line unless there is room for @width columns. Returns whether it did. */
static bool make_room(struct terminal *terminal, unsigned width)
{
    unsigned columns = terminal_columns(terminal);

    if (columns == 0 || columns == terminal->columns || terminal->loose || terminal->column + width <= columns)
        return false;
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

/** Columns of a blank and the word behind it; of the blank alone where the word is longer than half a row. */
static unsigned word_width(const struct terminal *terminal, const char *text, size_t size)
{
    unsigned width = 1;
    size_t length;

    for (size_t i = 1; i < size && text[i] != ' ' && text[i] != ESC; i += length)
        width += text_width(text + i, size - i, &length);
    return width <= terminal_columns(terminal) / 2 ? width : 1;
}

/** Shows text with its control sequences, in as many rows as it takes; with @words, a row ends between two words. */
static void show_text(struct terminal *terminal, const struct speaker *speaker, const char *text, size_t size,
                      bool words)
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
        } else if (text[i] == '\b')
            terminal->column -= terminal->column > 0 ? 1 : 0;
        else {
            bool blank = words && text[i] == ' ';
            bool row = make_room(terminal, blank ? word_width(terminal, text + i, size - i) : width);

            if (blank && row)
                continue;
            terminal->column += width;
        }
        fwrite(text + i, 1, length, terminal->screen);
    }
}

/** Shows what of @text is not on the screen yet; the cursor stays behind it. @whole: there will be no more of it. */
static void show_rest(struct terminal *terminal, const struct speaker *speaker, const char *text, size_t size,
                      size_t shown, bool whole)
{
    bool words = whole && terminal->begun != speaker;

    if (terminal->begun != speaker) {
        end_begun(terminal);
        show_name(terminal, speaker);
        shown = 0;
    }
    fputs(terminal->colours ? terminal->text_colour : "", terminal->screen);
    if (terminal->escapes)
        show_text(terminal, speaker, text + shown, size - shown, words);
    else
        fwrite(text + shown, 1, size - shown, terminal->screen);
}

static void write_transcript(struct terminal *terminal, const struct speaker *speaker, const char *text, size_t size)
{
    if (terminal->transcript == NULL)
        return;
    fprintf(terminal->transcript, "%-*s | ", terminal->name_width, speaker->name);
    fwrite(text, 1, size, terminal->transcript);
    fputc('\n', terminal->transcript);
    fflush(terminal->transcript);
}

static void end_line(struct terminal *terminal)
{
    fputs(terminal->colours ? COLOUR_OFF "\n" : "\n", terminal->screen);
    terminal->begun = NULL;
    fflush(terminal->screen);
}

void terminal_line(struct terminal *terminal, const struct speaker *speaker, const struct line *line, size_t shown)
{
    show_rest(terminal, speaker, line->screen, line->screen_size, shown, true);
    end_line(terminal);
    write_transcript(terminal, speaker, line->text, line->text_size);
}

void terminal_begin(struct terminal *terminal, const struct speaker *speaker, const struct line *line, size_t shown)
{
    show_rest(terminal, speaker, line->screen, line->screen_size, shown, false);
    terminal->begun = speaker;
    fflush(terminal->screen);
}

void terminal_restart(struct terminal *terminal, const struct speaker *speaker)
{
    if (terminal->begun != speaker)
        return;
    if (!terminal->escapes) {
        end_begun(terminal);
        return;
    }
    for (; terminal->wrapped > 0; terminal->wrapped--)
        fputs("\r\033[K\033[A", terminal->screen);
    fputs("\r\033[K", terminal->screen);
    show_name(terminal, speaker);
}

static void say(struct terminal *terminal, const struct speaker *speaker, const char *format, va_list arguments)
{
    char *text = NULL;
    int length = vasprintf(&text, format, arguments);

    if (length < 0)
        return;
    end_begun(terminal);
    show_rest(terminal, speaker, text, (size_t)length, 0, true);
    end_line(terminal);
    write_transcript(terminal, speaker, text, (size_t)length);
    free(text);
}

void terminal_say(struct terminal *terminal, const struct speaker *speaker, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(terminal, speaker, format, arguments);
    va_end(arguments);
}

void terminal_warn(struct terminal *terminal, const struct speaker *speaker, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    terminal->text_colour = COLOUR_WARN;
    say(terminal, speaker, format, arguments);
    terminal->text_colour = "";
    va_end(arguments);
}

bool terminal_close(struct terminal *terminal)
{
    bool written = true;

    end_begun(terminal);
    if (terminal->escapes) /* what a program on a VM may have left behind: no cursor, no wrapping */
        fputs("\033[?25h\033[?7h", terminal->screen);
    status_close(&terminal->status);
    fflush(terminal->screen);
    if (terminal->transcript != NULL)
        written = ferror(terminal->transcript) == 0 && fclose(terminal->transcript) == 0;
    terminal->transcript = NULL;
    return written;
}
