/* SPDX-License-Identifier: Apache-2.0 */
/* nagayactl at a terminal: a child has one of its own. */
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include "linux_test.h"

#include "nagayactl.h"
#include "screen.h"

#define PATIENCE_MS 20000

static int terminal;
static pid_t child;
static char shown[1 << 16];
static size_t size;
static struct termios modes;

/* Calls the tool with words. */
static void start_with(unsigned short lines, unsigned short columns, int argc, char **argv)
{
    const struct winsize window = {.ws_row = lines, .ws_col = columns};

    int other_side;

    size = 0;
    shown[0] = '\0';
    assert_int_equal(openpty(&terminal, &other_side, NULL, NULL, &window), 0);
    assert_int_equal(tcgetattr(terminal, &modes), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(terminal);
        login_tty(other_side);
        clearerr(stdin); /* it was the other tests' input */
        __fpurge(stdin);
        _exit(nagayactl(argc, argv));
    }
    close(other_side);
}

static void start(unsigned short lines, unsigned short columns)
{
    char *argv[] = {"nagayactl", "top", "-i", "0.01", NULL};

    start_with(lines, columns, 4, argv);
}

/* Takes what is shown, until @count pictures were begun or nothing comes any more. */
static void watch(unsigned count)
{
    struct pollfd poll_for = {.fd = terminal, .events = POLLIN};
    unsigned begun = 0;

    for (const char *at = shown; (at = strstr(at, "\033[H")) != NULL; at++) {
        begun++;
    }
    while (begun < count && size < sizeof(shown) - 1 && poll(&poll_for, 1, PATIENCE_MS) > 0) {
        ssize_t got = read(terminal, shown + size, 1);

        if (got <= 0) {
            return;
        }
        size += (size_t)got;
        shown[size] = '\0';
        begun += size >= 3 && strcmp(shown + size - 3, "\033[H") == 0;
    }
}

static int status_at_end(void)
{
    int status;

    watch(UINT32_MAX); /* a terminal that nobody reads keeps its child */
    if (size == sizeof(shown) - 1) {
        kill(child, SIGKILL); /* it does not want to end */
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void assert_terminal_is_as_before(void)
{
    struct termios now;

    assert_int_equal(tcgetattr(terminal, &now), 0);
    assert_int_equal(now.c_lflag, modes.c_lflag);
    assert_memory_equal(now.c_cc, modes.c_cc, sizeof(now.c_cc));
    assert_true(size > 5 && strcmp(shown + size - 5, "\033[?7h") == 0); /* lines wrap again */
    close(terminal);
}

static void test_pictures_cover_each_other_until_q(void **state)
{
    (void)state;
    start(24, 80);
    watch(3);
    assert_int_equal(write(terminal, "xq", 2), 2);
    assert_int_equal(status_at_end(), STATUS_DONE);
    assert_terminal_is_as_before();
    /* Each line is erased behind its end, and the screen behind the last one; keys are not
     * shown. */
    assert_says(
        shown,
        "\033[?7l\033[H\033[K\r\ntester, up 100.0 s; exits since then, by class; q ends\033[K\r\n"
        "VM       CPU  STATE     TIME  EXITS  WORST us  OVERRUNS  VCPU\033[K\r\n");
    assert_says(shown, "\033[K\r\nplc        1  runs   0.000 s      0       0.0         0     "
                       "0\033[K\r\n\033[J\033[H");
    assert_null(strstr(shown, "xq"));
}

static void test_whoever_ends_it_gets_the_terminal_back(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

    (void)state;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        start(24, 80);
        watch(2);
        kill(child, signals[i]);
        assert_int_equal(status_at_end(), STATUS_DONE);
        assert_terminal_is_as_before();
    }
}

static void test_a_small_screen_is_not_overrun(void **state)
{
    unsigned lines = 0;

    (void)state;
    start(6, 80); /* room for two of four vCPUs */
    watch(2);
    assert_int_equal(write(terminal, "q", 1), 1);
    assert_int_equal(status_at_end(), STATUS_DONE);
    assert_terminal_is_as_before();
    *strstr(strstr(shown, "\033[H") + 1, "\033[J") = '\0';
    for (const char *at = shown; (at = strchr(at, '\n')) != NULL; at++) {
        lines++;
    }
    assert_int_equal(lines, 5);
}

static void test_a_line_that_is_longer_than_the_screen_is_cut_and_marked(void **state)
{
    (void)state;
    start(24, 40);
    watch(2);
    assert_int_equal(write(terminal, "q", 1), 1);
    assert_int_equal(status_at_end(), STATUS_DONE);
    assert_terminal_is_as_before();
    assert_says(shown, "\033[K\r\nVM       CPU  STATE     TIME  EXITS  WO>\033[K\r\n");
}

static void test_whoever_stops_his_own_vm_at_a_terminal_is_asked(void **state)
{
    static const struct {
        const char *answer;
        int status;
        uint32_t vm;
    } rows[] = {
        {"\n", STATUS_FAILED, VM_STATUS_RUNNING},
        {"n\n", STATUS_FAILED, VM_STATUS_RUNNING},
        {"\004", STATUS_FAILED, VM_STATUS_RUNNING},
        {"yes\n", STATUS_DONE, VM_STATUS_OFF},
    };
    char *argv[] = {"nagayactl", "stop", "linux", NULL};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        start_with(24, 80, 3, argv);
        assert_true(write(terminal, rows[i].answer, strlen(rows[i].answer)) > 0);
        assert_int_equal(status_at_end(), rows[i].status);
        assert_says(shown, "linux is this VM itself: end all that runs in it? [y/N] ");
        assert_int_equal(fake.status[LINUX]->state, rows[i].vm);
        close(terminal);
    }
}

int screen_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pictures_cover_each_other_until_q, fake_manager_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_whoever_ends_it_gets_the_terminal_back,
                                        fake_manager_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_a_small_screen_is_not_overrun, fake_manager_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(
            test_a_line_that_is_longer_than_the_screen_is_cut_and_marked, fake_manager_setup,
            fake_teardown),
        cmocka_unit_test_setup_teardown(test_whoever_stops_his_own_vm_at_a_terminal_is_asked,
                                        fake_manager_setup, fake_teardown),
    };

    return cmocka_run_group_tests_name("screen", tests, NULL, NULL);
}
