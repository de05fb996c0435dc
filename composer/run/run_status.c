/* SPDX-License-Identifier: Apache-2.0 */
#include "run_status.h"

#include <stdlib.h>
#include <string.h>

#include "run_escape.h"

#define SAVE    "\0337"
#define RESTORE "\0338"
#define REVERSE "\033[7m"
#define PLAIN   "\033[0m"

/* With fewer lines or columns the line would cost more than it gives. */
#define ROWS_MIN    6U
#define COLUMNS_MIN 40U

#define HELP "Ctrl-A h help "

/** Keeps the last row free: what stands there moves up. */
static void take_row(struct status *status)
{
    /* Index moves down in its column and scrolls if need be; setting the region moves the
     * cursor, so it is saved. */
    fprintf(status->screen, "\033D\033[A" SAVE "\033[1;%ur" RESTORE, status->rows - 1);
    status->changed = true;
}

static void clear_row(const struct status *status)
{
    fprintf(status->screen, SAVE "\033[r\033[%u;1H" PLAIN "\033[K" RESTORE, status->rows);
}

static bool has_room(unsigned rows, unsigned columns)
{
    return rows >= ROWS_MIN && columns >= COLUMNS_MIN;
}

/* The line is given back in whatever way the program ends. */
static struct status *shown;

static void close_shown(void)
{
    if (shown != NULL) {
        status_close(shown);
    }
}

void status_open(struct status *status, FILE *screen, unsigned rows, unsigned columns)
{
    *status = (struct status){.rows = rows, .columns = columns};
    if (!has_room(rows, columns)) {
        return;
    }
    status->screen = screen;
    shown = status;
    atexit(close_shown);
    take_row(status);
}

void status_resize(struct status *status, unsigned rows, unsigned columns)
{
    if (status->screen == NULL || (rows == status->rows && columns == status->columns)) {
        return;
    }
    /* Terminals differ in where the old line goes; somewhere below the cursor. */
    fputs(SAVE "\033[r" RESTORE PLAIN "\033[J", status->screen);
    status->rows = rows;
    status->columns = columns;
    if (has_room(rows, columns)) {
        take_row(status);
    }
    fflush(status->screen);
}

static void set(struct status *status, char *field, const char *text)
{
    if (strncmp(field, text, STATUS_TEXT_SIZE - 1) == 0) {
        return;
    }
    snprintf(field, STATUS_TEXT_SIZE, "%s", text);
    status->changed = true;
}

void status_set_keyboard(struct status *status, const char *vm)
{
    set(status, status->keyboard, vm);
}

void status_set_event(struct status *status, const char *text)
{
    set(status, status->event, text);
}

/** How many bytes of @text have room in @columns; *@used of these are taken. */
static size_t fitting(const char *text, unsigned columns, unsigned *used)
{
    size_t size = strlen(text), at = 0, length;

    *used = 0;
    while (at < size) {
        unsigned width = text_width(text + at, size - at, &length);

        if (*used + width > columns) {
            break;
        }
        *used += width;
        at += length;
    }
    return at;
}

void status_draw(struct status *status)
{
    char text[3 * STATUS_TEXT_SIZE];
    unsigned used;

    if (status->screen == NULL || !status->changed || !has_room(status->rows, status->columns)) {
        return;
    }
    status->changed = false;
    snprintf(text, sizeof(text), " keyboard: %s%s%s",
             status->keyboard[0] != '\0' ? status->keyboard : "nobody's",
             status->event[0] != '\0' ? "  |  " : "", status->event);

    size_t size = fitting(text, status->columns - (unsigned)strlen(HELP) - 2, &used);
    fprintf(status->screen, SAVE "\033[%u;1H" REVERSE "%.*s%*s" HELP PLAIN RESTORE, status->rows,
            (int)size, text, (int)(status->columns - used - strlen(HELP)), "");
    fflush(status->screen);
}

void status_close(struct status *status)
{
    if (status->screen == NULL) {
        return;
    }
    if (has_room(status->rows, status->columns)) {
        clear_row(status);
    }
    fflush(status->screen);
    status->screen = NULL;
    shown = NULL;
}
