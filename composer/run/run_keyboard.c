/* SPDX-License-Identifier: Apache-2.0 */
/* Keys to one VM, and the escape that switches between them. */
#include "run_keyboard.h"

#include <errno.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#define KEY_ESCAPE 0x01 /* Ctrl-A */

static struct termios terminal_before;
static bool terminal_changed;

void keyboard_restore(void)
{
    if (terminal_changed) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal_before);
    }
    terminal_changed = false;
}

/** Keys one by one and unseen, Ctrl-C among them; output stays as it is, for other programs'
 * sake. */
static void terminal_make_raw(void)
{
    if (tcgetattr(STDIN_FILENO, &terminal_before) != 0) {
        return;
    }

    struct termios raw = terminal_before;
    raw.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    terminal_changed = true;
    atexit(keyboard_restore);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
}

static void say_selected(const struct keyboard *keyboard)
{
    terminal_say(keyboard->terminal, keyboard->speaker,
                 "the keyboard belongs to %s (Ctrl-A n: next VM, Ctrl-A h: help, Ctrl-A x: end)",
                 keyboard->consoles[keyboard->selected].speaker.name);
}

void keyboard_tell_off(const struct keyboard *keyboard)
{
    if (!keyboard->piped && keyboard->open) {
        terminal_say(
            keyboard->terminal, keyboard->speaker,
            "%s, which has the keyboard, is off (Ctrl-A n: next VM, Ctrl-A h: help, Ctrl-A x: end)",
            keyboard->consoles[keyboard->selected].speaker.name);
    }
}

static void say_help(const struct keyboard *keyboard)
{
    terminal_say(keyboard->terminal, keyboard->speaker,
                 "Ctrl-A n next VM, Ctrl-A x end, Ctrl-A Ctrl-A the key itself");
    for (size_t i = 0; i < keyboard->console_count; i++) {
        if (keyboard->consoles[i].input) {
            terminal_say(keyboard->terminal, keyboard->speaker, "Ctrl-A %zu %s%s", i + 1,
                         keyboard->consoles[i].speaker.name,
                         i == keyboard->selected ? " (now)" : "");
        }
    }
}

/** Gives the keyboard to the console with this index. */
static void give(struct keyboard *keyboard, size_t index)
{
    keyboard->selected = index;
    for (size_t i = 0; i < keyboard->console_count; i++) {
        keyboard->consoles[i].keyboard = i == index;
    }
    if (index < keyboard->console_count) {
        status_set_keyboard(&keyboard->terminal->status, keyboard->consoles[index].speaker.name);
    }
}

void keyboard_open(struct keyboard *keyboard, size_t selected)
{
    keyboard->open = true;
    keyboard->piped = isatty(STDIN_FILENO) == 0;
    give(keyboard, selected);
    if (keyboard->piped) {
        return;
    }
    terminal_make_raw();
    keyboard->terminal->answers = keyboard->terminal->escapes;
    if (selected < keyboard->console_count) {
        say_selected(keyboard);
    }
}

bool keyboard_wants(const struct keyboard *keyboard)
{
    return keyboard->open && (!keyboard->piped || script_room(keyboard->script) > 0);
}

static void select_console(struct keyboard *keyboard, size_t index)
{
    if (index >= keyboard->console_count || !keyboard->consoles[index].input) {
        return;
    }
    give(keyboard, index);
    say_selected(keyboard);
}

static void select_next(struct keyboard *keyboard)
{
    for (size_t i = 1; i <= keyboard->console_count; i++) {
        size_t index = (keyboard->selected + i) % keyboard->console_count;

        if (keyboard->consoles[index].input) {
            select_console(keyboard, index);
            return;
        }
    }
}

/** The key after Ctrl-A. Returns true if the user wants to end. */
static bool take_escaped(struct keyboard *keyboard, char key)
{
    if (key == 'x') {
        return true;
    }
    if (key == 'n') {
        select_next(keyboard);
    } else if (key == KEY_ESCAPE && keyboard->selected < keyboard->console_count) {
        console_send(&keyboard->consoles[keyboard->selected], &key, 1);
    } else if (key >= '1' && key <= '9') {
        select_console(keyboard, (size_t)(key - '1'));
    } else {
        say_help(keyboard);
    }
    return false;
}

/** Takes one key. Returns true if the user wants to end. */
static bool take_key(struct keyboard *keyboard, char key)
{
    if (keyboard->escaped) {
        keyboard->escaped = false;
        return take_escaped(keyboard, key);
    }
    if (key == KEY_ESCAPE) {
        keyboard->escaped = true;
    } else if (keyboard->selected < keyboard->console_count) {
        console_send(&keyboard->consoles[keyboard->selected], &key, 1);
    }
    return false;
}

bool keyboard_read(struct keyboard *keyboard)
{
    char keys[256];
    size_t room = keyboard->piped ? script_room(keyboard->script) : sizeof(keys);
    ssize_t count = read(STDIN_FILENO, keys, room < sizeof(keys) ? room : sizeof(keys));

    if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
        return false;
    }
    if (count <= 0) {
        keyboard->open = false;
    }
    if (keyboard->piped) {
        script_pipe(keyboard->script, keys, count > 0 ? (size_t)count : 0);
        return false;
    }
    for (ssize_t i = 0; i < count; i++) {
        if (take_key(keyboard, keys[i])) {
            return true;
        }
    }
    return false;
}
