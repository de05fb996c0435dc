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
#include "run_rows.h"

#define COLOUR_OFF  "\033[0m"
#define COLOUR_WARN "\033[31m"

#define NAME_END 3 /* " | " behind each name */

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
    if (transcript == NULL) {
        return true;
    }
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

    return terminal->columns >= names + TEXT_COLUMNS_MIN ? terminal->columns - names
                                                         : terminal->columns;
}

unsigned terminal_text_columns(const struct line *line)
{
    unsigned columns = 0;
    size_t length;

    for (size_t i = 0; i < line->at; i += length) {
        columns += text_width(line->text + i, line->at - i, &length);
        if (line->text[i] == '\t') {
            columns += TAB_STOP - columns % TAB_STOP;
        }
    }
    return columns;
}

static void end_begun(struct terminal *terminal)
{
    if (terminal->begun != NULL) {
        fputs(terminal->colours ? COLOUR_OFF "\n" : "\n", terminal->screen);
    }
    terminal->begun = NULL;
}

static void show_name(struct terminal *terminal, const struct speaker *speaker)
{
    if (terminal->colours) {
        fprintf(terminal->screen, "%s%-*s |%s ", speaker->colour, terminal->name_width,
                speaker->name, COLOUR_OFF);
    } else {
        fprintf(terminal->screen, "%-*s | ", terminal->name_width, speaker->name);
    }
    terminal->column = 0;
    terminal->wrapped = 0;
    terminal->loose = terminal->raw;
}

/** Shows what of @text is not on the screen yet; the cursor stays behind it. @whole: there will
 * be no more of it. */
static void show_rest(struct terminal *terminal, const struct speaker *speaker, const char *text,
                      size_t size, size_t shown, bool whole)
{
    bool words = whole && terminal->begun != speaker;

    if (terminal->begun != speaker) {
        end_begun(terminal);
        show_name(terminal, speaker);
        shown = 0;
    }
    fputs(terminal->colours ? terminal->text_colour : "", terminal->screen);
    if (terminal->escapes) {
        rows_show(terminal, speaker, text + shown, size - shown, words);
    } else {
        fwrite(text + shown, 1, size - shown, terminal->screen);
    }
}

static void write_transcript(struct terminal *terminal, const struct speaker *speaker,
                             const char *text, size_t size)
{
    if (terminal->transcript == NULL) {
        return;
    }
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

void terminal_line(struct terminal *terminal, const struct speaker *speaker,
                   const struct line *line, size_t shown)
{
    show_rest(terminal, speaker, line->screen, line->screen_size, shown, true);
    end_line(terminal);
    write_transcript(terminal, speaker, line->text, line->text_size);
}

void terminal_begin(struct terminal *terminal, const struct speaker *speaker,
                    const struct line *line, size_t shown)
{
    show_rest(terminal, speaker, line->screen, line->screen_size, shown, false);
    terminal->begun = speaker;
    fflush(terminal->screen);
}

void terminal_restart(struct terminal *terminal, const struct speaker *speaker)
{
    if (terminal->begun != speaker) {
        return;
    }
    if (!terminal->escapes) {
        end_begun(terminal);
        return;
    }
    for (; terminal->wrapped > 0; terminal->wrapped--) {
        fputs("\r\033[K\033[A", terminal->screen);
    }
    fputs("\r\033[K", terminal->screen);
    show_name(terminal, speaker);
}

static void say(struct terminal *terminal, const struct speaker *speaker, const char *format,
                va_list arguments)
{
    char *text = NULL;
    int length = vasprintf(&text, format, arguments);

    if (length < 0) {
        return;
    }
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

void terminal_warn(struct terminal *terminal, const struct speaker *speaker, const char *format,
                   ...)
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
    if (terminal
            ->escapes) { /* what a program on a VM may have left behind: no cursor, no wrapping */
        fputs("\033[?25h\033[?7h", terminal->screen);
    }
    status_close(&terminal->status);
    fflush(terminal->screen);
    if (terminal->transcript != NULL) {
        written = ferror(terminal->transcript) == 0 && fclose(terminal->transcript) == 0;
    }
    terminal->transcript = NULL;
    return written;
}
