/* SPDX-License-Identifier: Apache-2.0 */
#include "screen.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* Should the terminal be smaller than it says, lines aren't wrapped: a picture keeps its columns
 * (DEC private mode 7, DECAWM). */
#define WRAP_OFF "\033[?7l"
#define WRAP_ON  "\033[?7h"

static volatile sig_atomic_t ended;
static struct termios before;
static bool has_keys;

static void end(int signal_number)
{
    (void)signal_number;
    ended = 1;
}

static void open_keys(void)
{
    struct termios keys;

    has_keys = tcgetattr(STDIN_FILENO, &before) == 0;
    if (!has_keys) {
        return;
    }
    keys = before;
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    keys.c_cc[VMIN] = 1;
    keys.c_cc[VTIME] = 0;
    keys.c_cc[VSUSP] = _POSIX_VDISABLE; /* whoever came next would find the terminal like this */
    tcsetattr(STDIN_FILENO, TCSANOW, &keys);
}

bool screen_open(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

    if (!isatty(STDOUT_FILENO)) {
        return false;
    }
    ended = 0;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        sigaction(signals[i], &(struct sigaction){.sa_handler = end}, NULL);
    }
    open_keys();
    fputs(WRAP_OFF, stdout);
    return true;
}

void screen_close(void)
{
    fputs(WRAP_ON, stdout);
    fflush(stdout);
    if (has_keys) {
        tcsetattr(STDIN_FILENO, TCSANOW, &before);
    }
}

static long ms_until(const struct timespec *end_time)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (end_time->tv_sec - now.tv_sec) * 1000 + (end_time->tv_nsec - now.tv_nsec) / 1000000;
}

/* A key is there, or the terminal is gone. */
static void take_key(void)
{
    char key;

    if (read(STDIN_FILENO, &key, 1) != 1 || key == 'q' || key == 'Q') {
        ended = 1;
    }
}

bool screen_wait(int ms)
{
    struct pollfd keys = {.fd = has_keys ? STDIN_FILENO : -1, .events = POLLIN};
    struct timespec end_time;
    long left = ms;

    clock_gettime(CLOCK_MONOTONIC, &end_time);
    end_time.tv_sec += ms / 1000;
    end_time.tv_nsec += ms % 1000 * 1000000L;
    while (!ended && left > 0) {
        if (poll(&keys, 1, (int)left) > 0) {
            take_key();
        }
        left = ms_until(&end_time);
    }
    return !ended;
}

struct screen_size screen_size(void)
{
    struct winsize size;

    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0
               ? (struct screen_size){size.ws_row, size.ws_col}
               : (struct screen_size){0, 0};
}
