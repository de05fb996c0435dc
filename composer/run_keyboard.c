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
    if (terminal_changed)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal_before);
    terminal_changed = false;
}

/** Keys one by one and unseen, Ctrl-C among them; output stays as it is, for other programs' sake. */
static void terminal_make_raw(void)
{
    if (tcgetattr(STDIN_FILENO, &terminal_before) != 0)
        return;

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

static void say_help(const struct keyboard *keyboard)
{
    terminal_say(keyboard->terminal, keyboard->speaker, "Ctrl-A n next VM, Ctrl-A x end, Ctrl-A Ctrl-A the key itself");
    for (size_t i = 0; i < keyboard->console_count; i++)
        if (keyboard->consoles[i].input)
            terminal_say(keyboard->terminal, keyboard->speaker, "Ctrl-A %zu %s%s", i + 1,
                         keyboard->consoles[i].speaker.name, i == keyboard->selected ? " (now)" : "");
}

void keyboard_open(struct keyboard *keyboard, struct console *consoles, size_t console_count, size_t selected,
                   struct terminal *terminal, const struct speaker *speaker)
{
    *keyboard = (struct keyboard){.open = true,
                                  .consoles = consoles,
                                  .console_count = console_count,
                                  .selected = selected,
                                  .terminal = terminal,
                                  .speaker = speaker};
    if (isatty(STDIN_FILENO) == 0)
        return;
    terminal_make_raw();
    if (selected < console_count)
        say_selected(keyboard);
}

static void select_console(struct keyboard *keyboard, size_t index)
{
    if (index >= keyboard->console_count || !keyboard->consoles[index].input)
        return;
    keyboard->selected = index;
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
    if (key == 'x')
        return true;
    if (key == 'n')
        select_next(keyboard);
    else if (key == KEY_ESCAPE && keyboard->selected < keyboard->console_count)
        console_send(&keyboard->consoles[keyboard->selected], &key, 1);
    else if (key >= '1' && key <= '9')
        select_console(keyboard, (size_t)(key - '1'));
    else
        say_help(keyboard);
    return false;
}

bool keyboard_read(struct keyboard *keyboard)
{
    char keys[256];
    ssize_t count = read(STDIN_FILENO, keys, sizeof keys);

    if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN))
        keyboard->open = false;
    for (ssize_t i = 0; i < count; i++) {
        if (keyboard->escaped) {
            keyboard->escaped = false;
            if (take_escaped(keyboard, keys[i]))
                return true;
        } else if (keys[i] == KEY_ESCAPE)
            keyboard->escaped = true;
        else if (keyboard->selected < keyboard->console_count)
            console_send(&keyboard->consoles[keyboard->selected], &keys[i], 1);
    }
    return false;
}
