/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of several speakers on one screen and in the transcript. */
#include "run_terminal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COLOUR_OFF "\033[0m"

bool terminal_open(struct terminal *terminal, FILE *screen, int name_width, const char *transcript)
{
    *terminal = (struct terminal){.screen = screen, .colours = isatty(fileno(screen)) != 0, .name_width = name_width};
    if (transcript == NULL)
        return true;
    terminal->transcript = fopen(transcript, "we");
    if (terminal->transcript == NULL)
        fprintf(stderr, "nagaya: cannot write %s: %s\n", transcript, strerror(errno));
    return terminal->transcript != NULL;
}

static void end_begun(struct terminal *terminal)
{
    if (terminal->begun != NULL)
        fputc('\n', terminal->screen);
    terminal->begun = NULL;
}

static void show_name(struct terminal *terminal, const struct speaker *speaker)
{
    if (terminal->colours)
        fprintf(terminal->screen, "%s%-*s |%s ", speaker->colour, terminal->name_width, speaker->name, COLOUR_OFF);
    else
        fprintf(terminal->screen, "%-*s | ", terminal->name_width, speaker->name);
}

/** Shows what of @text is not on the screen yet; the cursor stays behind it. */
static void show_rest(struct terminal *terminal, const struct speaker *speaker, const char *text, size_t size,
                      size_t shown)
{
    if (terminal->begun != speaker) {
        end_begun(terminal);
        show_name(terminal, speaker);
        shown = 0;
    }
    fwrite(text + shown, 1, size - shown, terminal->screen);
}

void terminal_line(struct terminal *terminal, const struct speaker *speaker, const char *text, size_t size,
                   size_t shown)
{
    show_rest(terminal, speaker, text, size, shown);
    fputs(terminal->colours ? COLOUR_OFF "\n" : "\n", terminal->screen);
    terminal->begun = NULL;
    fflush(terminal->screen);
    if (terminal->transcript != NULL) {
        fprintf(terminal->transcript, "%-*s | ", terminal->name_width, speaker->name);
        fwrite(text, 1, size, terminal->transcript);
        fputc('\n', terminal->transcript);
        fflush(terminal->transcript);
    }
}

void terminal_begin(struct terminal *terminal, const struct speaker *speaker, const char *text, size_t size,
                    size_t shown)
{
    show_rest(terminal, speaker, text, size, shown);
    terminal->begun = speaker;
    fflush(terminal->screen);
}

void terminal_restart(struct terminal *terminal, const struct speaker *speaker)
{
    if (terminal->begun != speaker)
        return;
    if (!terminal->colours) {
        end_begun(terminal);
        return;
    }
    fputs("\r\033[K", terminal->screen);
    show_name(terminal, speaker);
}

void terminal_say(struct terminal *terminal, const struct speaker *speaker, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;

    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    end_begun(terminal);
    terminal_line(terminal, speaker, text, (size_t)length, 0);
    free(text);
}

void terminal_close(struct terminal *terminal)
{
    end_begun(terminal);
    fflush(terminal->screen);
    if (terminal->transcript != NULL)
        fclose(terminal->transcript);
    terminal->transcript = NULL;
}
