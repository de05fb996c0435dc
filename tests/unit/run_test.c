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

#include "elf_view.h"
#include "image_load.h"
#include "run_console.h"
#include "run_monitor.h"
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
    if (fixture.console.descriptor >= 0) {
        close(fixture.console.descriptor);
    }
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

static void test_half_a_line_of_a_slow_vm_does_not_fall_apart_in_a_file(void **state)
{
    static const struct speaker other = {.name = "control", .colour = ""};

    (void)state;
    vm_says("half a", 0);
    console_tick(&fixture.console, &fixture.output, 500);
    terminal_say(&fixture.terminal, &other, "cycle %d", 1);
    vm_says(" line\n", 600);
    assert_string_equal(fixture.text, "control    | cycle 1\nlinux      | half a line\n");
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

static void test_half_a_control_sequence_never_reaches_the_screen(void **state)
{
    (void)state;
    vm_says("# \033[6", 0);
    console_tick(&fixture.console, &fixture.output, 100); /* what is there of the line is shown */
    vm_says("n", 200);
    console_tick(&fixture.console, &fixture.output, 300);
    vm_says("q\n", 400);
    assert_string_equal(fixture.text, "linux      | # q\n");
}

/* What becomes of "a", a sequence, "b": without the keyboard, and with it. */
static void expect_passed(const char *sequence, const char *without, const char *with)
{
    char line[128], expected[128];

    fixture.terminal.escapes = true;
    fixture.terminal.colours = true;
    for (int keyboard = 0; keyboard < 2; keyboard++) {
        long before = ftell(fixture.screen);

        fixture.console.keyboard = keyboard != 0;
        snprintf(line, sizeof(line), "a%sb\n", sequence);
        snprintf(expected, sizeof(expected), " a%sb\033[0m\n", keyboard != 0 ? with : without);
        vm_says(line, 0);
        if (strcmp(strchr(fixture.text + before, ' ') + strlen("      |\033[0m"), expected) != 0) {
            fail_msg("'%s' became '%s'", sequence, fixture.text + before);
        }
    }
}

static void
test_colours_pass_and_what_moves_the_cursor_only_from_the_vm_with_the_keyboard(void **state)
{
    (void)state;
    expect_passed("\033[1;31m", "\033[1;31m", "\033[1;31m");
    expect_passed("\033[2J", "", "\033[2J");
    expect_passed("\033[3;4H", "", "\033[3;4H");
    expect_passed("\033[H", "", "\033[1;1H");
    fixture.terminal.rows = 24;
    fixture.terminal.columns = 80;
    expect_passed("\033[99;200f", "", "\033[24;67H"); /* what is the VM's of it */
    expect_passed("\033[99d", "", "\033[24d");
    expect_passed("\033[?25l", "", "\033[?25l");
    expect_passed("\0337", "", "\0337");
}

static void test_nothing_else_passes_from_any_vm(void **state)
{
    (void)state;
    expect_passed("\033]0;title\007", "", "");         /* the window's title */
    expect_passed("\033]52;c;aGVsbG8=\033\\", "", ""); /* the clipboard */
    expect_passed("\033P+q544e\033\\", "", "");        /* a device control string */
    expect_passed("\033c", "", "");                    /* reset */
    expect_passed("\033[c", "", "");                   /* who are you */
    expect_passed("\033[5i", "", "");                  /* print */
    expect_passed("\033[2;5r", "", "");                /* which lines scroll */
    expect_passed("\033[?1049h", "", "");              /* another screen */
    expect_passed("\033(0", "", "");                   /* another character set */
    expect_passed("\016", "", "");
    expect_passed("\302\233", "", ""); /* CSI, as one character */
    expect_passed("\233", "\357\277\275", "\357\277\275");
    expect_passed("\303\251", "\303\251", "\303\251");
}

static void test_raw_lets_everything_through(void **state)
{
    (void)state;
    fixture.terminal.raw = true;
    expect_passed("\033]0;title\007", "\033]0;title\007", "\033]0;title\007");
    expect_passed("\033[6n", "\033[6n", "\033[6n");
}

static void test_a_pipe_gets_no_control_sequences(void **state)
{
    (void)state;
    vm_says("\033[32mgreen\033[0m\033[K\n", 0);
    assert_string_equal(fixture.text, "linux      | green\n");
}

static void test_what_is_waited_for_is_seen_behind_colours_and_corrections(void **state)
{
    (void)state;
    fixture.lines[0] = (struct run_line){"linux", "all done"};
    fixture.options.end_when = fixture.lines;
    fixture.options.end_when_count = 1;
    script_start(&fixture.script, &fixture.options);
    vm_says("all \033[32mdino\b\b\bone\033[K\033[0m", 0);
    assert_string_equal(fixture.console.line.text, "all done");
    assert_true(script_complete(&fixture.script));
}

static void test_a_vm_with_the_keyboard_learns_the_size_of_its_part_of_the_terminal(void **state)
{
    char answer[32] = "";

    (void)state;
    fixture.terminal.escapes = true;
    fixture.terminal.answers = true;
    fixture.terminal.rows = 24;
    fixture.terminal.columns = 80;
    vm_says("\033[999;999H\033[6n", 0);
    assert_int_equal(read(fixture.vm, answer, sizeof(answer) - 1), -1); /* it has no keyboard */
    fixture.console.keyboard = true;
    vm_says("\0337\033[999;999H\033[6n\0338", 0);
    assert_int_equal(read(fixture.vm, answer, sizeof(answer) - 1), 8);
    assert_string_equal(answer, "\033[24;67R"); /* 13 columns are the name's */
    vm_says("\n# \033[6n", 0);
    assert_int_equal(read(fixture.vm, answer, sizeof(answer) - 1), 7);
    assert_memory_equal(answer, "\033[24;3R", 7);
}

static void test_a_long_line_goes_on_under_its_beginning(void **state)
{
    (void)state;
    fixture.terminal.escapes = true;
    fixture.terminal.columns = 33;
    vm_says("twenty columns wide.\n", 0);
    vm_says("this has 24 \303\244 columns.\n", 0);
    vm_says("one-word-of-24-columns..\n", 0);
    assert_string_equal(fixture.text, "linux      | twenty columns wide.\n"
                                      "linux      | this has 24 \303\244\n           | columns.\n"
                                      "linux      | one-word-of-24-colum\n           | ns..\n");
}

static void test_a_program_that_lets_the_terminal_cut_lines_has_them_cut(void **state)
{
    (void)state;
    fixture.terminal.escapes = true;
    fixture.terminal.columns = 33;
    fixture.console.keyboard = true;
    vm_says("\033[?7la line of 24 columns...\n", 0);
    assert_null(strstr(fixture.text, "           | "));
    vm_says("\033[?7ha line of 24 columns...\n", 0);
    assert_non_null(strstr(fixture.text, "           | "));
}

static void test_the_last_line_of_a_terminal_shows_the_keyboard_and_the_last_event(void **state)
{
    struct status status;

    (void)state;
    status_open(&status, fixture.screen, 24, 50);
    status_set_keyboard(&status, "linux");
    status_set_event(&status, "vm control: a long thing has happened to it");
    status_draw(&status);
    fflush(fixture.screen);
    assert_non_null(strstr(fixture.text, "\033[1;23r")); /* what scrolls is above it */
    assert_non_null(strstr(fixture.text,
                           "\033[24;1H\033[7m keyboard: linux  |  vm control: a  Ctrl-A h help "));
    long before = ftell(fixture.screen);
    status_draw(&status);
    assert_int_equal(ftell(fixture.screen), before); /* nothing has changed */
    status_resize(&status, 30, 100);
    status_draw(&status);
    fflush(fixture.screen);
    assert_non_null(strstr(fixture.text + before, "\033[1;29r"));
    assert_non_null(strstr(fixture.text + before, "a long thing has happened to it "));
    status_close(&status);
    fflush(fixture.screen);
    assert_non_null(strstr(fixture.text + before, "\033[r\033[30;1H\033[0m\033[K"));
}

static void test_a_carriage_return_starts_the_line_again(void **state)
{
    (void)state;
    vm_says("10 %\r20 %\r\n", 0);
    assert_string_equal(fixture.text, "linux      | 20 %\n");
}

static void test_a_line_without_end_does_not_overflow(void **state)
{
    static char text[2 * LINE_SIZE_MAX];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    assert_int_equal(write(fixture.vm, text, sizeof(text) - 1), sizeof(text) - 1);
    while (console_read(&fixture.console, &fixture.output, 0))
        ;
    assert_true(fixture.console.line.text_size < LINE_SIZE_MAX);
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
    assert_int_equal(read(fixture.vm, typed, sizeof(typed) - 1), -1);
    vm_says("\n# ", 1000);
    console_tick(&fixture.console, &fixture.output, 2000);
    assert_int_equal(read(fixture.vm, typed, sizeof(typed) - 1), 5);
    assert_string_equal(typed, "load\r");
    console_tick(&fixture.console, &fixture.output, 3000);
    assert_int_equal(read(fixture.vm, typed, sizeof(typed) - 1), -1);
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

/** A machine's memory with log rings at its start, a status page, and a plan with one VM and two
 * CPUs. */
struct machine {
    struct log_ring rings[PLAN_MAX_CPUS];
    struct vm_status status;
    struct plan plan;
    struct plan_vm vm;
};

static struct machine machine;
static struct observer observer;

static void machine_start(void)
{
    machine = (struct machine){0};
    machine.plan.cpu_count = 2;
    machine.plan.vms = (struct plan_array){
        (uint32_t)(offsetof(struct machine, vm) - offsetof(struct machine, plan)), 1};
    machine.plan.hypervisor.log_pa = 0x40000000;
    machine.plan.hypervisor.status_pa = 0x40000000 + offsetof(struct machine, status);
    strcpy(machine.vm.name, "linux");
    observer = (struct observer){.plan = &machine.plan,
                                 .memory = (const uint8_t *)&machine,
                                 .memory_pa = 0x40000000,
                                 .memory_size = sizeof(machine),
                                 .speaker = {.name = "hypervisor", .colour = ""}};
}

static void machine_logs(unsigned cpu, uint64_t time, enum log_event event, uint64_t argument)
{
    struct log_ring *ring = &machine.rings[cpu];

    ring->records[ring->written++ % LOG_RING_RECORDS] = (struct log_record){
        .time = time, .event = (uint16_t)event, .cpu = (uint16_t)cpu, .arguments = {argument}};
}

static void test_the_log_of_all_cpus_comes_in_the_order_of_time(void **state)
{
    (void)state;
    machine_start();
    machine_logs(0, 30, LOG_VM_OFF, 0);
    machine_logs(1, 10, LOG_CPU_READY, 1);
    machine_logs(1, 20, LOG_VM_STARTED, 0);
    observer_poll(&observer, &fixture.terminal, &fixture.script, false, 0);
    observer_poll(&observer, &fixture.terminal, &fixture.script, false, 0);
    fflush(fixture.screen);
    assert_string_equal(fixture.text, "hypervisor | cpu 1: ready\nhypervisor | vm linux: started\n"
                                      "hypervisor | vm linux: off\n");
}

static void test_what_happened_once_is_told_as_once(void **state)
{
    (void)state;
    machine_start();
    machine_logs(0, 1, LOG_VM_RESTARTED, 1);
    machine_logs(0, 2, LOG_VM_RESTARTED, 2);
    observer_poll(&observer, &fixture.terminal, &fixture.script, false, 0);
    fflush(fixture.screen);
    assert_string_equal(fixture.text, "hypervisor | vm linux: restarted, 1 time by now\n"
                                      "hypervisor | vm linux: restarted, 2 times by now\n");
}

static void test_lost_lines_of_the_log_are_counted(void **state)
{
    (void)state;
    machine_start();
    for (unsigned i = 0; i < LOG_RING_RECORDS + 3; i++) {
        machine_logs(0, i, LOG_VM_RESTARTED, i + 1);
    }
    observer_poll(&observer, &fixture.terminal, &fixture.script, false, 0);
    fflush(fixture.screen);
    assert_memory_equal(fixture.text, "hypervisor | (3 lines", 21);
}

static void test_memory_outside_the_machine_is_not_read(void **state)
{
    (void)state;
    machine_start();
    assert_null(observer_memory(&observer, 0x3fffffff, 1));
    assert_null(observer_memory(&observer, 0x40000000 + sizeof(machine), 1));
    assert_null(observer_memory(&observer, 0x40000000, sizeof(machine) + 1));
    assert_null(observer_memory(&observer, 0x40000001, UINT64_MAX));
    assert_non_null(observer_memory(&observer, 0x40000000, sizeof(machine)));
}

static void test_a_vms_state_is_that_of_its_status_page_whatever_the_log_has_lost(void **state)
{
    (void)state;
    machine_start();
    assert_string_equal(observer_state_name(observer_status(&observer, 0)), "not started");
    machine.status = (struct vm_status){.state = VM_STATUS_RUNNING, .generation = 3};
    assert_int_equal(observer_status(&observer, 0).generation, 3);
    assert_string_equal(observer_state_name(observer_status(&observer, 0)), "running");
    machine.status.state = VM_STATUS_LOST;
    assert_string_equal(observer_state_name(observer_status(&observer, 0)), "lost");
    machine.status.state = VM_STATUS_OFF;
    assert_string_equal(observer_state_name(observer_status(&observer, 0)), "off");
    machine.plan.hypervisor.status_pa = 0x30000000;
    assert_string_equal(observer_state_name(observer_status(&observer, 0)), "not started");
}

static void test_it_is_known_where_each_cpu_is_and_at_which_level(void **state)
{
    static const char answer[] = "{\"return\": \"\\r\\nCPU#0\\r\\n PC=ffff800008cda26c "
                                 "X00=0000000000000000 X01=0000000000000001 \\r\\n"
                                 "PSTATE=600000c5 -ZC- EL1h    FPU disabled\\r\\n\\r\\nCPU#1\\r\\n "
                                 "PC=0000000040000000 X00=0000000000000000 "
                                 "X01=0000000000000000 \\r\\nPSTATE=400003c9 -Z-- EL2h\\r\\n\"}";
    struct cpu_location places[4];

    (void)state;
    assert_int_equal(monitor_read_registers(answer, places, 4), 2);
    assert_true(places[0].pc == 0xffff800008cda26c && places[0].level == 1 &&
                places[0].activity == CPU_RUNS);
    assert_true(places[1].pc == 0x40000000 && places[1].level == 2 &&
                places[1].activity == CPU_NEVER_RAN);
    assert_int_equal(monitor_read_registers(answer, places, 1), 1);
    assert_int_equal(monitor_read_registers("{\"return\": \"\"}", places, 4), 0);
    assert_int_equal(monitor_read_activity("{\"return\": \"0000: 0xd503207f 0x14000000\\r\\n\"}"),
                     CPU_WAITS_WFI);
    assert_int_equal(monitor_read_activity("{\"return\": \"0000: 0x14000000 0xd503205f\\r\\n\"}"),
                     CPU_WAITS_WFE);
    assert_int_equal(monitor_read_activity("{\"return\": \"Cannot access memory\\r\\n\"}"),
                     CPU_RUNS);
}

/* An ELF file with a section of code, 16 bytes at 0x1000, and symbols in it. */
struct symbols_file {
    Elf64_Ehdr header;
    Elf64_Shdr sections[4];
    Elf64_Sym symbols[4];
    char names[32];
};

static void test_a_function_is_known_by_an_address_inside_it(void **state)
{
    static struct symbols_file file = {
        .header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB},
                   .e_machine = EM_AARCH64,
                   .e_type = ET_EXEC,
                   .e_shoff = offsetof(struct symbols_file, sections),
                   .e_shentsize = sizeof(Elf64_Shdr),
                   .e_shnum = 4},
        .sections = {[1] = {.sh_type = SHT_NOBITS,
                            .sh_flags = SHF_EXECINSTR,
                            .sh_addr = 0x1000,
                            .sh_size = 16},
                     [2] = {.sh_type = SHT_SYMTAB,
                            .sh_link = 3,
                            .sh_offset = offsetof(struct symbols_file, symbols),
                            .sh_size = sizeof(file.symbols)},
                     [3] = {.sh_type = SHT_STRTAB,
                            .sh_offset = offsetof(struct symbols_file, names),
                            .sh_size = sizeof(file.names)}},
        .symbols =
            {{.st_name = 1, .st_info = STT_FUNC, .st_shndx = 1, .st_value = 0x1000, .st_size = 8},
             {.st_name = 7, .st_info = STT_NOTYPE, .st_shndx = 1, .st_value = 0x1008},
             {.st_name = 13, .st_info = STT_NOTYPE, .st_shndx = 1, .st_value = 0x1004},
             {.st_name = 16, .st_info = STT_OBJECT, .st_shndx = 1, .st_value = 0x1006}},
        .names = "\0start\0label\0$x\0table",
    };
    struct elf_view elf;
    uint64_t offset = 0;

    (void)state;
    assert_null(elf_view_open(&elf, (const uint8_t *)&file, sizeof(file)));
    assert_string_equal(elf_view_function(&elf, 0x1006, &offset), "start");
    assert_int_equal(offset, 6);
    assert_string_equal(elf_view_function(&elf, 0x100c, &offset), "label");
    assert_int_equal(offset, 4);
    assert_null(elf_view_function(&elf, 0x1010, &offset)); /* behind the code */
    assert_null(elf_view_function(&elf, 0xfff, &offset));
}

static bool options_accepted(const char *option, const char *argument)
{
    char *copies[] = {strdup("run"), strdup("a.yaml"), strdup(option), strdup(argument), NULL};
    struct run_options options;
    bool accepted = run_options_read(4, copies, &options);

    for (size_t i = 0; i < 4; i++) {
        free(copies[i]);
    }
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
        cmocka_unit_test_setup_teardown(test_a_prompt_is_shown_after_a_quiet_time_only, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_half_a_line_of_a_slow_vm_does_not_fall_apart_in_a_file,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_interrupted_line_is_shown_anew, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_question_to_the_terminal_is_not_shown, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_half_a_control_sequence_never_reaches_the_screen,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_colours_pass_and_what_moves_the_cursor_only_from_the_vm_with_the_keyboard, setup,
            teardown),
        cmocka_unit_test_setup_teardown(test_nothing_else_passes_from_any_vm, setup, teardown),
        cmocka_unit_test_setup_teardown(test_raw_lets_everything_through, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_pipe_gets_no_control_sequences, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_what_is_waited_for_is_seen_behind_colours_and_corrections, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_a_vm_with_the_keyboard_learns_the_size_of_its_part_of_the_terminal, setup,
            teardown),
        cmocka_unit_test_setup_teardown(test_a_long_line_goes_on_under_its_beginning, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            test_a_program_that_lets_the_terminal_cut_lines_has_them_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_the_last_line_of_a_terminal_shows_the_keyboard_and_the_last_event, setup,
            teardown),
        cmocka_unit_test_setup_teardown(test_a_carriage_return_starts_the_line_again, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_line_without_end_does_not_overflow, setup, teardown),
        cmocka_unit_test_setup_teardown(test_typing_waits_for_the_prompt, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_end_comes_when_all_has_been_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_closed_line_is_noticed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_log_of_all_cpus_comes_in_the_order_of_time, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_what_happened_once_is_told_as_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lost_lines_of_the_log_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(test_memory_outside_the_machine_is_not_read, setup,
                                        teardown),
        cmocka_unit_test(test_a_vms_state_is_that_of_its_status_page_whatever_the_log_has_lost),
        cmocka_unit_test(test_it_is_known_where_each_cpu_is_and_at_which_level),
        cmocka_unit_test(test_a_function_is_known_by_an_address_inside_it),
        cmocka_unit_test(test_options_that_make_no_sense_are_refused),
    };

    return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
