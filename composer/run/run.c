/* SPDX-License-Identifier: Apache-2.0 */
/* `nagaya run`: one loop waits for QEMU, its serial ports, the keyboard, signals and the clock. */
#include "run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "compose.h"
#include "diagnostics.h"
#include "memory.h"
#include "output_file.h"
#include "run_board.h"
#include "run_console.h"
#include "run_cpu.h"
#include "run_folder.h"
#include "run_keyboard.h"
#include "run_observe.h"
#include "run_options.h"
#include "run_put.h"
#include "run_qemu.h"
#include "run_script.h"
#include "run_terminal.h"

/* How often the machine's memory and unfinished lines are looked at, ms. */
#define TICK 20
/* Once all is seen, the consoles get this long to finish what they were saying, ms. */
#define GRACE 500

/* In place of an exit status. */
#define STARTS_ANEW (-1)

#define COLOUR_NAGAYA     "\033[1m"
#define COLOUR_HYPERVISOR "\033[35m"
static const char *const vm_colours[] = {"\033[36m", "\033[33m", "\033[32m", "\033[34m",
                                         "\033[31m"};

static const struct speaker nagaya = {.name = "nagaya", .colour = COLOUR_NAGAYA};

struct run {
    struct run_options options;
    struct system system;
    struct run_board board;
    struct run_qemu qemu;
    struct observer observer;
    struct terminal terminal;
    struct script script;
    struct console_output output;
    /* one for each serial, QEMU's own messages, and VMs that have no serial */
    struct console *consoles;
    size_t console_count;
    struct keyboard keyboard;
    /* since when its VM is; INT64_MAX: it isn't; -1: it is, and that was told */
    int64_t keyboard_off;
    struct where where; /* once the time is over */
    int signals;
    int64_t started;
    bool failed;      /* QEMU itself did */
    int64_t complete; /* when all that is waited for had been seen; 0: not yet */
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/** Whose console the serial port @name is: the VM's that has the device, or the hypervisor's. */
static void open_serial(struct run *run, struct console *console, const char *name, int descriptor)
{
    uint32_t owner = observer_device_owner(&run->observer, name);

    if (owner < run->system.vm_count) {
        console_open(console, run->system.vms[owner].name, vm_colours[owner % COUNT_OF(vm_colours)],
                     descriptor, true);
    } else {
        console_open(console, run->observer.speaker.name, COLOUR_HYPERVISOR, descriptor, false);
    }
}

static bool has_serial(const struct run *run, uint32_t vm)
{
    for (size_t i = 0; i < run->board.serial_count; i++) {
        if (observer_device_owner(&run->observer, run->board.serials[i]) == vm) {
            return true;
        }
    }
    return false;
}

static void open_consoles(struct run *run)
{
    size_t serials = run->board.serial_count;

    if (run->consoles == NULL) { /* after a reset they are the same, and the keyboard's */
        run->console_count = serials + 1 + run->system.vm_count;
        run->consoles = memory_new(run->console_count, sizeof(*run->consoles));
    }
    for (size_t i = 0; i < serials; i++) {
        open_serial(run, &run->consoles[i], run->board.serials[i], run->qemu.serials[i]);
    }
    console_open(&run->consoles[serials], "qemu", COLOUR_NAGAYA, run->qemu.messages, false);
    for (size_t i = 0; i < run->system.vm_count; i++) {
        struct console *console = &run->consoles[serials + 1 + i];
        console_open(console, run->system.vms[i].name, vm_colours[i % COUNT_OF(vm_colours)], -1,
                     false);
        run->observer.texts[i] = has_serial(run, (uint32_t)i) ? NULL : console;
    }
}

/** The console that has the keyboard at first: Linux's, as it has a shell; else the first VM's. */
static size_t first_console(const struct run *run)
{
    size_t first = run->console_count;

    for (size_t i = run->console_count; i-- > 0;) {
        if (!run->consoles[i].input) {
            continue;
        }
        first = i;
        uint32_t owner = observer_device_owner(&run->observer, run->board.serials[i]);
        if (run->system.vms[owner].kernel != NULL) {
            break;
        }
    }
    return first;
}

static int name_width(const struct run *run)
{
    size_t width = strlen("hypervisor");

    for (size_t i = 0; i < run->system.vm_count; i++) {
        if (strlen(run->system.vms[i].name) > width) {
            width = strlen(run->system.vms[i].name);
        }
    }
    return (int)width;
}

/** Whether the names in --end-when and --type are those of who can be seen, or typed to (@input);
 * says so if not. */
static bool names_are_known(const struct run *run, const struct run_line *lines, size_t count,
                            bool input)
{
    for (size_t i = 0; i < count; i++) {
        bool known = !input && strcmp(lines[i].vm, run->observer.speaker.name) == 0;

        for (uint32_t vm = 0; vm < run->system.vm_count; vm++) {
            known |= strcmp(lines[i].vm, run->system.vms[vm].name) == 0 &&
                     (!input || has_serial(run, vm));
        }
        if (!known) {
            fprintf(stderr, "nagaya run: %s %s=...: no VM of that name%s\n",
                    input ? "--type" : "--end-when", lines[i].vm,
                    input ? " has a console to type at" : "");
            return false;
        }
    }
    return true;
}

/** Signals become something to read, so that every way to end passes through the loop. */
static int open_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGQUIT);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGWINCH);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/** Takes pending signals. Returns the one that wants us to end, or 0. */
static int take_signals(struct run *run)
{
    struct signalfd_siginfo info;
    int end = 0;

    while (read(run->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        if (info.ssi_signo == SIGWINCH) {
            terminal_resize(&run->terminal);
        } else if (info.ssi_signo != SIGCHLD) {
            end = (int)info.ssi_signo;
        }
    }
    return end;
}

/** Waits until something happens or a tick is over, and takes it in. Returns true if the user
 * wants to end. */
static bool take_input(struct run *run)
{
    struct pollfd polls[run->console_count + 2];
    bool end = false;

    for (size_t i = 0; i < run->console_count; i++) {
        polls[i] = (struct pollfd){
            .fd = run->consoles[i].descriptor,
            .events = (short)(POLLIN | (run->consoles[i].queued > 0 ? POLLOUT : 0))};
    }
    polls[run->console_count] = (struct pollfd){.fd = run->signals, .events = POLLIN};
    polls[run->console_count + 1] =
        (struct pollfd){.fd = keyboard_wants(&run->keyboard) ? STDIN_FILENO : -1, .events = POLLIN};
    if (poll(polls, run->console_count + 2, TICK) < 0) {
        return false;
    }

    for (size_t i = 0; i < run->console_count; i++) {
        if ((polls[i].revents & POLLOUT) != 0) {
            console_write(&run->consoles[i]);
        }
        if ((polls[i].revents & ~POLLOUT) != 0) {
            console_read(&run->consoles[i], &run->output, now_ms());
        }
    }
    if (polls[run->console_count + 1].revents != 0) {
        end = keyboard_read(&run->keyboard);
    }
    return end;
}

/** Tells that the VM with the keyboard is off, once it has been so for long enough that the
 * machine isn't going off. */
static void look_at_keyboard(struct run *run, int64_t now)
{
    bool off = false;

    if (run->keyboard.selected < run->board.serial_count) {
        uint32_t vm =
            observer_device_owner(&run->observer, run->board.serials[run->keyboard.selected]);
        struct vm_status status = observer_status(&run->observer, vm);
        off = status.generation != 0 && status.state == VM_STATUS_OFF;
    }
    if (!off) {
        run->keyboard_off = INT64_MAX;
    } else if (run->keyboard_off == INT64_MAX) {
        run->keyboard_off = now;
    } else if (run->keyboard_off >= 0 && now - run->keyboard_off >= GRACE) {
        keyboard_tell_off(&run->keyboard);
        run->keyboard_off = -1; /* told */
    }
}

static void tick(struct run *run)
{
    int64_t now = now_ms();

    observer_poll(&run->observer, &run->terminal, &run->script, run->system.has_console, now);
    for (size_t i = 0; i < run->console_count; i++) {
        console_tick(&run->consoles[i], &run->output, now);
    }
    look_at_keyboard(run, now);
    status_draw(&run->terminal.status);
    if (run->complete == 0 && script_complete(&run->script)) {
        run->complete = now;
    }
}

/** Takes what QEMU has left behind. */
static void drain(struct run *run)
{
    for (size_t i = 0; i < run->console_count; i++) {
        while (run->consoles[i].descriptor >= 0 &&
               console_read(&run->consoles[i], &run->output, now_ms()))
            ;
        console_finish(&run->consoles[i], &run->output);
    }
    observer_poll(&run->observer, &run->terminal, &run->script, run->system.has_console, now_ms());
    observer_finish(&run->observer, &run->terminal);
}

/** The exit status of a run that ended because QEMU did; STARTS_ANEW: the hypervisor has reset
 * the machine. */
static int status_of_qemu(struct run *run, int status)
{
    drain(run);
    if (run->observer.resets && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        terminal_say(&run->terminal, &nagaya, "the machine was reset, and starts anew");
        return STARTS_ANEW;
    }
    if (run->options.end_when_count > 0 && !script_complete(&run->script)) {
        terminal_say(&run->terminal, &nagaya, "the machine went off too early");
        script_report(&run->script, &run->terminal, &nagaya);
        return 1;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        terminal_say(&run->terminal, &nagaya, "the machine is off");
        return 0;
    }
    run->failed = !observer_any_started(&run->observer);
    terminal_say(&run->terminal, &nagaya, "QEMU ended with status %d",
                 WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return 1;
}

/** Runs until there is a reason to end. Returns the exit status. */
static int wait_for_end(struct run *run)
{
    int64_t deadline = run->started + INT64_C(1000) * run->options.timeout;

    for (;;) {
        bool user_ends = take_input(run);
        int signal_number = take_signals(run);
        int status;

        tick(run);
        if (user_ends) {
            return 0;
        }
        if (signal_number != 0) {
            return 128 + signal_number;
        }
        if (ferror(stdout) != 0) {
            return 2; /* nobody reads us any more, or there is no room */
        }
        if (run->complete != 0 && now_ms() - run->complete >= GRACE) {
            return 0;
        }
        if (run_qemu_ended(&run->qemu, &status)) {
            return status_of_qemu(run, status);
        }
        if (run->options.timeout != 0 && now_ms() >= deadline) {
            terminal_say(&run->terminal, &nagaya, "the time is over (%u s)", run->options.timeout);
            script_report(&run->script, &run->terminal, &nagaya);
            run->where.count = monitor_places(run->qemu.monitor, run->where.places, PLAN_MAX_CPUS);
            return 1;
        }
    }
}

static bool start_machine(struct run *run, const char *image)
{
    if (!run_qemu_start(&run->options, &run->board, image, &run->qemu)) {
        return false;
    }
    observer_start(&run->observer, run->qemu.memory, run->qemu.memory_size);
    open_consoles(run);
    return true;
}

/** From a composed image to the end of its run. */
static int run_image(struct run *run, const char *image)
{
    if (!observer_open(&run->observer, image, COLOUR_HYPERVISOR) ||
        !names_are_known(run, run->options.end_when, run->options.end_when_count, false) ||
        !names_are_known(run, run->options.type, run->options.type_count, true) ||
        !terminal_open(&run->terminal, stdout, name_width(run), run->options.log)) {
        return 1;
    }
    if (run->options.cpu != NULL && !cpu_model_is_known(run->board.executable, run->options.cpu)) {
        return 2;
    }
    script_start(&run->script, &run->options);
    run->observer.fold.off = run->options.unfolded;
    run->output = (struct console_output){&run->terminal, &run->script};
    run->terminal.raw = run->options.raw;
    if (!start_machine(run, image)) {
        return 1;
    }
    run->started = now_ms();
    if (run->terminal.colours) {
        status_open(&run->terminal.status, stdout, run->terminal.rows, run->terminal.columns);
    }
    run->keyboard = (struct keyboard){.consoles = run->consoles,
                                      .console_count = run->console_count,
                                      .terminal = &run->terminal,
                                      .script = &run->script,
                                      .speaker = &nagaya};
    keyboard_open(&run->keyboard, first_console(run));
    run->keyboard_off = INT64_MAX;
    if (run->options.gdb) {
        terminal_say(&run->terminal, &nagaya,
                     "gdb-multiarch build/hypervisor/arm64%s.elf -ex 'target remote :1234'",
                     run->observer.plan->console.present != 0 ? "-debug" : "");
    }

    int status = wait_for_end(run);
    while (status == STARTS_ANEW) {
        run_qemu_forget(&run->qemu);
        if (!start_machine(run, image)) {
            return 1;
        }
        status = wait_for_end(run);
    }
    run_qemu_stop(&run->qemu);
    drain(run);
    if (!run->failed) { /* else there is nothing to sum up, and QEMU has said why */
        observer_summary(&run->observer, &run->where, run->options.exact, &run->terminal, &nagaya);
    }

    bool written = terminal_close(&run->terminal);
    keyboard_restore();
    if (!written) {
        fprintf(stderr, "nagaya: cannot write %s to its end\n", run->options.log);
        return 2;
    }
    return status == 0 && run->observer.faulted ? 1 : status;
}

/** Whether the files on the command line can be read and written. */
static bool files_are_sound(const struct run_options *options)
{
    return compose_can_read(options->system) &&
           (options->image == NULL || output_file_check(options->image)) &&
           (options->log == NULL || output_file_check(options->log));
}

int run_command(int argc, char **argv)
{
    struct run *run = memory_new(1, sizeof(*run));

    if (!run_options_read(argc, argv, &run->options)) {
        return 2;
    }
    if (run->options.help) {
        return 0;
    }
    run->signals = open_signals();

    if (!files_are_sound(&run->options)) {
        return 2;
    }

    const char *image =
        run->options.image != NULL ? run->options.image : run_folder_file("image.elf");
    bool composed = compose_read(run->options.system, image, &run->system) &&
                    run_put_files(&run->options, &run->system) &&
                    compose_image(image, &run->system, run->options.put_count > 0) &&
                    run_board_read(run->system.board.folder, &run->board);
    errors_print();
    if (!composed) {
        return 1;
    }
    run->where.system = &run->system;
    run->where.engine = compose_engine(&run->system);
    return run_image(run, image);
}
