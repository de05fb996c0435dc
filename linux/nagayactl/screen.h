/* SPDX-License-Identifier: Apache-2.0 */
/* A terminal that one picture after another is drawn on, each over the one before, until the
 * user has seen enough. */
#ifndef NAGAYACTL_SCREEN_H
#define NAGAYACTL_SCREEN_H

#include <stdbool.h>

/* ECMA-48: cursor home; erase to the end of the line, of the screen. Drawing over the last
 * picture does not flicker. The first line stays empty: `nagaya run` writes a VM's name before
 * each line, and before it knows where the line goes. */
#define SCREEN_BEGIN    "\033[H\033[K\n"
#define SCREEN_LINE_END "\033[K\n"
#define SCREEN_END      "\033[J"

/** Whether standard output is a terminal; then it is prepared, and keys come one by one and
 * unseen. */
bool screen_open(void);

/** Waits. False: the user wants to end (q, Ctrl-C), or somebody else does (SIGTERM). */
bool screen_wait(int ms);

/** How much fits on standard output; 0: not known, or it is no terminal. */
struct screen_size {
    unsigned lines;
    unsigned columns;
};
struct screen_size screen_size(void);

/** Gives the terminal back as it was. */
void screen_close(void);

#endif
