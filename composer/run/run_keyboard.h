/* SPDX-License-Identifier: Apache-2.0 */
/* The keyboard (standard input): belongs to one VM at a time; Ctrl-A is the escape. */
#ifndef COMPOSER_RUN_KEYBOARD_H
#define COMPOSER_RUN_KEYBOARD_H

#include <stdbool.h>
#include <stddef.h>

#include "run_console.h"
#include "run_terminal.h"

struct keyboard {
    bool open;
    bool escaped; /* the last key was Ctrl-A */
    struct console *consoles;
    size_t console_count;
    size_t selected;
    struct terminal *terminal;
    struct script *script;
    const struct speaker *speaker; /* nagaya itself */
    /* it is no keyboard but a file or a pipe: its lines are typed at prompts */
    bool piped;
};

/** Takes the keyboard; a terminal goes into raw mode until the program ends. @keyboard->consoles
 * and what stands around them are set; @selected: whose it is at first. */
void keyboard_open(struct keyboard *keyboard, size_t selected);

/** Whether there is something to read for, and room for it. */
bool keyboard_wants(const struct keyboard *keyboard);

/** Takes what was typed. Returns true if the user wants to end. */
bool keyboard_read(struct keyboard *keyboard);

/** The VM that has the keyboard is off, though others run: says how it goes on. */
void keyboard_tell_off(const struct keyboard *keyboard);

/** Gives the terminal back as it was. */
void keyboard_restore(void);

#endif
