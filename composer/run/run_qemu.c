/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts and ends QEMU. It never outlives us: the kernel kills it when we die, in whatever way.
 */
#include "run_qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diagnostics.h"
#include "memory.h"

/** A command that grows. */
struct command {
    const char **words;
    size_t count;
};

static void command_add(struct command *command, const char *word)
{
    *ARRAY_ADD(command->words, command->count) = word;
}

static void command_add_option(struct command *command, const char *option, const char *value)
{
    command_add(command, option);
    command_add(command, value);
}

static void command_add_words(struct command *command, const char *text)
{
    char *rest = text_format("%s", text);
    char *word;

    while ((word = strsep(&rest, " ")) != NULL) {
        if (*word != '\0') {
            command_add(command, word);
        }
    }
}

/** Memory that QEMU takes as the machine's RAM and that we see too. Returns its descriptor. */
static int share_memory(struct run_qemu *qemu, uint64_t size)
{
    int descriptor = memfd_create("nagaya-machine", MFD_CLOEXEC);

    if (descriptor < 0 || ftruncate(descriptor, (off_t)size) != 0) {
        fatal("cannot make %" PRIu64 " MB of shared memory for the machine: %s", size >> 20,
              strerror(errno));
    }

    void *memory = mmap(NULL, size, PROT_READ, MAP_SHARED, descriptor, 0);
    if (memory == MAP_FAILED) {
        fatal("cannot map the machine's memory: %s", strerror(errno));
    }
    qemu->memory = memory;
    qemu->memory_size = size;
    return descriptor;
}

/** A socket to QEMU. Returns QEMU's end; ours is @own. */
static int connect_socket(const char *what, int *own)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        fatal("cannot connect the machine's %s: %s", what, strerror(errno));
    }
    *own = pair[0];
    return pair[1];
}

/** Connects serial port after serial port, and the monitor behind them. Returns QEMU's ends. */
static int *connect_ports(struct run_qemu *qemu, size_t count)
{
    int *ends = memory_new(count + 1, sizeof(*ends));

    qemu->serials = memory_new(count, sizeof(*qemu->serials));
    qemu->serial_count = count;
    for (size_t i = 0; i < count; i++) {
        ends[i] = connect_socket("serial port", &qemu->serials[i]);
        fcntl(qemu->serials[i], F_SETFL, O_NONBLOCK);
    }
    ends[count] = connect_socket("monitor", &qemu->monitor);
    return ends;
}

/* With --exact an instruction takes 2 ns, and the counter counts nanoseconds. All CPUs take
 * turns in one thread of the host; where all of them wait, time goes on at once. */
#define EXACT_CLOCK   "shift=1,sleep=off"
#define EXACT_COUNTER "cntfrq=1000000000"

static const char *cpu_model(const struct run_options *options, const struct run_board *board)
{
    const char *model = options->cpu != NULL ? options->cpu : board->cpu;

    return options->exact ? text_format("%s,%s", model, EXACT_COUNTER) : model;
}

static struct command make_command(const struct run_options *options, const struct run_board *board,
                                   const char *image, int memory, const int *ports)
{
    struct command command = {0};

    command_add(&command, board->executable);
    command_add_option(&command, "-machine", text_format("%s,memory-backend=ram", board->machine));
    command_add_option(&command, "-cpu", cpu_model(options, board));
    command_add_option(&command, "-smp", text_format("%" PRIu64, board->cpus));
    command_add_option(&command, "-m", text_format("%" PRIu64 "M", board->memory >> 20));
    command_add_option(&command, "-object",
                       text_format("memory-backend-file,id=ram,size=%" PRIu64
                                   ",mem-path=/proc/self/fd/%d,share=on",
                                   board->memory, memory));
    if (options->exact) {
        command_add_option(&command, "-icount", EXACT_CLOCK);
    }
    command_add_option(&command, "-display", "none");
    command_add_option(&command, "-monitor", "none");
    /* A reset ends it, and run.c starts it anew: its own would leave in memory what is zero in
     * the image. */
    command_add_option(&command, "-action", "reboot=shutdown");
    for (size_t i = 0; i < board->serial_count; i++) {
        command_add_option(&command, "-chardev",
                           text_format("socket,id=console%zu,fd=%d", i, ports[i]));
        command_add_option(&command, "-serial", text_format("chardev:console%zu", i));
    }
    command_add_option(&command, "-chardev",
                       text_format("socket,id=nagaya-monitor,fd=%d", ports[board->serial_count]));
    command_add_option(&command, "-mon", "chardev=nagaya-monitor,mode=control");
    command_add_words(&command, board->arguments);
    command_add_option(&command, "-kernel", image);
    if (options->gdb) {
        command_add(&command, "-s");
        command_add(&command, "-S");
    }
    for (size_t i = 0; i < options->qemu_argument_count; i++) {
        command_add(&command, options->qemu_arguments[i]);
    }
    command_add(&command, NULL);
    return command;
}

/** The child's part of the start; ends with an errno in @failure if there is no such program. */
static _Noreturn void become_qemu(const struct command *command, pid_t parent, int failure,
                                  int messages)
{
    sigset_t none;
    int nothing = open("/dev/null", O_RDWR);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(1); /* the parent died before that took effect */
    }
    setpgid(0, 0); /* keys such as Ctrl-C are ours to handle */
    dup2(nothing, STDIN_FILENO);
    dup2(messages, STDOUT_FILENO);
    dup2(messages, STDERR_FILENO);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    execvp(command->words[0], (char *const *)command->words);

    int error = errno;
    _exit(write(failure, &error, sizeof(error)) == (ssize_t)sizeof(error) ? 1 : 2);
}

static void keep_open(int descriptor)
{
    fcntl(descriptor, F_SETFD, 0);
}

/** Forks. Returns 0, or why QEMU could not be started. */
static int start_process(struct run_qemu *qemu, const struct command *command, int memory,
                         const int *ports)
{
    int failure[2];
    int messages[2];
    int error = 0;
    pid_t parent = getpid();

    if (pipe2(failure, O_CLOEXEC) != 0 || pipe2(messages, O_CLOEXEC) != 0) {
        fatal("cannot make a pipe: %s", strerror(errno));
    }
    fflush(NULL);
    qemu->process = fork();
    if (qemu->process < 0) {
        fatal("cannot start a process: %s", strerror(errno));
    }
    if (qemu->process == 0) {
        keep_open(memory);
        for (size_t i = 0; i <= qemu->serial_count; i++) {
            keep_open(ports[i]);
        }
        become_qemu(command, parent, failure[1], messages[1]);
    }
    close(failure[1]);
    close(messages[1]);
    if (read(failure[0], &error, sizeof(error)) != (ssize_t)sizeof(error)) {
        error = 0; /* closed by execvp: QEMU runs */
    }
    close(failure[0]);
    fcntl(messages[0], F_SETFL, O_NONBLOCK);
    qemu->messages = messages[0];
    return error;
}

bool run_qemu_start(const struct run_options *options, const struct run_board *board,
                    const char *image, struct run_qemu *qemu)
{
    *qemu = (struct run_qemu){0};

    int memory = share_memory(qemu, board->memory);
    int *ports = connect_ports(qemu, board->serial_count);
    struct command command = make_command(options, board, image, memory, ports);
    int error = start_process(qemu, &command, memory, ports);

    close(memory);
    for (size_t i = 0; i <= board->serial_count; i++) {
        close(ports[i]);
    }
    if (error == 0) {
        return true;
    }
    run_qemu_stop(qemu);
    if (error == ENOENT) {
        fprintf(stderr,
                "nagaya: %s is not installed; Debian has it in the package qemu-system-arm\n",
                board->executable);
    } else {
        fprintf(stderr, "nagaya: cannot start %s: %s\n", board->executable, strerror(error));
    }
    return false;
}

bool run_qemu_ended(struct run_qemu *qemu, int *status)
{
    if (qemu->process == 0 || waitpid(qemu->process, status, WNOHANG) != qemu->process) {
        return false;
    }
    qemu->process = 0;
    return true;
}

void run_qemu_forget(struct run_qemu *qemu)
{
    close(qemu->monitor);
    munmap((void *)(uintptr_t)qemu->memory, qemu->memory_size);
}

void run_qemu_stop(struct run_qemu *qemu)
{
    if (qemu->process == 0) {
        return;
    }
    kill(qemu->process, SIGKILL);
    while (waitpid(qemu->process, NULL, 0) < 0 && errno == EINTR)
        ;
    qemu->process = 0;
}
