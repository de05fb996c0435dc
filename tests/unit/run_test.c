/* SPDX-License-Identifier: Apache-2.0 */
/* `nagaya run`: what becomes of bytes from VMs, of log records and of what the user asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "run_console.h"
#include "run_observe.h"
#include "run_options.h"

/** A screen in memory, a script and a console with its VM's end of the line. */
struct fixture {
    char *text;
    size_t size;
    FILE *screen;
    struct terminal terminal;
    struct run_options options;
    struct run_line lines[2];
    struct script script;
    struct console_output output;
    struct console console;
    int vm;
};

static struct fixture fixture;

static int setup(void **state)
{
    int pair[2];

    (void)state;
    fixture = (struct fixture){0};
    fixture.screen = open_memstream(&fixture.text, &fixture.size);
    assert_true(terminal_open(&fixture.terminal, fixture.screen, 10, NULL));
    script_start(&fixture.script, &fixture.options);
    fixture.output = (struct console_output){&fixture.terminal, &fixture.script};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    console_open(&fixture.console, "linux", "", pair[0], true);
    fixture.vm = pair[1];
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fclose(fixture.screen);
    free(fixture.text);
    close(fixture.vm);
    if (fixture.console.descriptor >= 0)
        close(fixture.console.descriptor);
    return 0;
}

static void vm_says(const char *text, int64_t now)
{
    assert_int_equal(write(fixture.vm, text, strlen(text)), strlen(text));
    assert_true(console_read(&fixture.console, &fixture.output, now));
    fflush(fixture.screen);
}

static void test_each_line_has_its_vms_name(void **state)
{
    (void)state;
    vm_says("one\r\ntw", 0);
    vm_says("o\r\r\n", 1);
    assert_string_equal(fixture.text, "linux      | one\nlinux      | two\n");
}

static void test_a_prompt_is_shown_after_a_quiet_time_only(void **state)
{
    (void)state;
    vm_says("linux:~# ", 0);
    console_tick(&fixture.console, &fixture.output, 10);
    assert_string_equal(fixture.text, "");
    console_tick(&fixture.console, &fixture.output, 100);
    fflush(fixture.screen);
    assert_string_equal(fixture.text, "linux      | linux:~# ");
    vm_says("ls\r\n", 200);
    assert_string_equal(fixture.text, "linux      | linux:~# ls\n");
}

static void test_an_interrupted_line_is_shown_anew(void **state)
{
    static const struct speaker other = {.name = "control", .colour = ""};

    (void)state;
    vm_says("# ", 0);
    console_tick(&fixture.console, &fixture.output, 100);
    terminal_say(&fixture.terminal, &other, "cycle %d", 1);
    vm_says("ls\r\n", 200);
    assert_string_equal(fixture.text, "linux      | # \ncontrol    | cycle 1\nlinux      | # ls\n");
}

static void test_a_question_to_the_terminal_is_not_shown(void **state)
{
    (void)state;
    vm_says("# \033[6", 0);
    vm_says("nls\n", 1);
    assert_string_equal(fixture.text, "linux      | # ls\n");
}

static void test_a_carriage_return_starts_the_line_again(void **state)
{
    (void)state;
    vm_says("10 %\r20 %\r\n", 0);
    assert_string_equal(fixture.text, "linux      | 20 %\n");
}

static void test_a_line_without_end_does_not_overflow(void **state)
{
    static char text[2 * CONSOLE_LINE_SIZE];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    assert_int_equal(write(fixture.vm, text, sizeof text - 1), sizeof text - 1);
    while (console_read(&fixture.console, &fixture.output, 0))
        ;
    assert_true(fixture.console.size < CONSOLE_LINE_SIZE);
}

static void test_typing_waits_for_the_prompt(void **state)
{
    char typed[16] = "";

    (void)state;
    fixture.lines[0] = (struct run_line){"linux", "load"};
    fixture.options.type = fixture.lines;
    fixture.options.type_count = 1;
    script_start(&fixture.script, &fixture.options);
    vm_says("booting", 0);
    console_tick(&fixture.console, &fixture.output, 1000);
    assert_int_equal(read(fixture.vm, typed, sizeof typed - 1), -1);
    vm_says("\n# ", 1000);
    console_tick(&fixture.console, &fixture.output, 2000);
    assert_int_equal(read(fixture.vm, typed, sizeof typed - 1), 5);
    assert_string_equal(typed, "load\r");
    console_tick(&fixture.console, &fixture.output, 3000);
    assert_int_equal(read(fixture.vm, typed, sizeof typed - 1), -1);
}

static void test_the_end_comes_when_all_has_been_seen(void **state)
{
    (void)state;
    assert_false(script_complete(&fixture.script));
    fixture.lines[0] = (struct run_line){"linux", "ready"};
    fixture.lines[1] = (struct run_line){"control", "done"};
    fixture.options.end_when = fixture.lines;
    fixture.options.end_when_count = 2;
    script_start(&fixture.script, &fixture.options);
    vm_says("linux: ready\n", 0);
    vm_says("done\n", 0);
    assert_false(script_complete(&fixture.script));
    script_saw(&fixture.script, "control", "control-loop: done");
    assert_true(script_complete(&fixture.script));
}

static void test_a_closed_line_is_noticed(void **state)
{
    (void)state;
    close(fixture.vm);
    assert_false(console_read(&fixture.console, &fixture.output, 0));
    assert_int_equal(fixture.console.descriptor, -1);
    fixture.vm = dup(STDIN_FILENO); /* something for teardown to close */
}

/** A machine's memory with log rings at its start, and a plan with one VM and two CPUs. */
struct machine {
    struct log_ring rings[PLAN_MAX_CPUS];
    struct plan plan;
    struct plan_vm vm;
};

static struct machine machine;
static struct observer observer;

static void machine_start(void)
{
    machine = (struct machine){0};
    machine.plan.cpu_count = 2;
    machine.plan.vms =
        (struct plan_array){(uint32_t)(offsetof(struct machine, vm) - offsetof(struct machine, plan)), 1};
    machine.plan.hypervisor.log_pa = 0x40000000;
    strcpy(machine.vm.name, "linux");
    observer = (struct observer){
        .plan = &machine.plan,
        .memory = (const uint8_t *)&machine,
        .memory_pa = 0x40000000,
        .memory_size = sizeof machine,
        .speaker = {.name = "hypervisor", .colour = ""}
    };
}

static void machine_logs(unsigned cpu, uint64_t time, enum log_event event, uint64_t argument)
{
    struct log_ring *ring = &machine.rings[cpu];

    ring->records[ring->written++ % LOG_RING_RECORDS] =
        (struct log_record){.time = time, .event = (uint16_t)event, .cpu = (uint16_t)cpu, .arguments = {argument}};
}

static void test_the_log_of_all_cpus_comes_in_the_order_of_time(void **state)
{
    (void)state;
    machine_start();
    machine_logs(0, 30, LOG_VM_OFF, 0);
    machine_logs(1, 10, LOG_CPU_READY, 1);
    machine_logs(1, 20, LOG_VM_STARTED, 0);
    observer_poll(&observer, &fixture.terminal, &fixture.script, false);
    observer_poll(&observer, &fixture.terminal, &fixture.script, false);
    fflush(fixture.screen);
    assert_string_equal(fixture.text, "hypervisor | cpu 1: ready\nhypervisor | vm linux: started\n"
                                      "hypervisor | vm linux: off\n");
    assert_true(observer.vms[0].off);
}

static void test_lost_lines_of_the_log_are_counted(void **state)
{
    (void)state;
    machine_start();
    for (unsigned i = 0; i < LOG_RING_RECORDS + 3; i++)
        machine_logs(0, i, LOG_VM_RESTARTED, i + 1);
    observer_poll(&observer, &fixture.terminal, &fixture.script, false);
    fflush(fixture.screen);
    assert_memory_equal(fixture.text, "hypervisor | (3 lines", 21);
    assert_int_equal(observer.vms[0].restarts, LOG_RING_RECORDS + 3);
}

static void test_memory_outside_the_machine_is_not_read(void **state)
{
    (void)state;
    machine_start();
    assert_null(observer_memory(&observer, 0x3fffffff, 1));
    assert_null(observer_memory(&observer, 0x40000000 + sizeof machine, 1));
    assert_null(observer_memory(&observer, 0x40000000, sizeof machine + 1));
    assert_null(observer_memory(&observer, 0x40000001, UINT64_MAX));
    assert_non_null(observer_memory(&observer, 0x40000000, sizeof machine));
}

static bool options_accepted(const char *option, const char *argument)
{
    char *copies[] = {strdup("run"), strdup("a.yaml"), strdup(option), strdup(argument), NULL};
    struct run_options options;
    bool accepted = run_options_read(4, copies, &options);

    for (size_t i = 0; i < 4; i++)
        free(copies[i]);
    return accepted;
}

static void test_options_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    assert_true(options_accepted("--timeout", "10"));
    assert_false(options_accepted("--timeout", "-1"));
    assert_false(options_accepted("--timeout", "10s"));
    assert_false(options_accepted("--timeout", "0"));
    assert_true(options_accepted("--end-when", "linux=ready"));
    assert_false(options_accepted("--end-when", "ready"));
    assert_false(options_accepted("--type", "=ready"));
    assert_false(options_accepted("--no-such-option", "x"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_line_has_its_vms_name, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_prompt_is_shown_after_a_quiet_time_only, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_interrupted_line_is_shown_anew, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_question_to_the_terminal_is_not_shown, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_carriage_return_starts_the_line_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_line_without_end_does_not_overflow, setup, teardown),
        cmocka_unit_test_setup_teardown(test_typing_waits_for_the_prompt, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_end_comes_when_all_has_been_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_closed_line_is_noticed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_log_of_all_cpus_comes_in_the_order_of_time, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lost_lines_of_the_log_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(test_memory_outside_the_machine_is_not_read, setup, teardown),
        cmocka_unit_test(test_options_that_make_no_sense_are_refused),
    };

    return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
