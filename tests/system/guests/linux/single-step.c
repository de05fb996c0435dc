/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Steps a child through STEPS instructions by ptrace, and on to its end. One line:
 *
 *     single-step: ok
 *     single-step: FAILED, WHAT
 */
#include <elf.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEPS  200
#define STATUS 7

extern const char stepped[];

/* STEPS, exit(STATUS) */
__asm__(".text\nstepped:\n.rept 200\nnop\n.endr\nmov x0, #7\nmov x8, #93\nsvc #0\n");

static uint64_t pc_of(pid_t child)
{
    struct user_regs_struct registers = {.pc = 0};
    struct iovec all = {.iov_base = &registers, .iov_len = sizeof(registers)};

    return ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, &all) == 0 ? registers.pc : 0;
}

static int failed(const char *what, int number)
{
    printf("single-step: FAILED, %s (%d)\n", what, number);
    return 1;
}

static _Noreturn void child_runs(void)
{
    (void)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    (void)raise(SIGSTOP);
    ((void (*)(void))(uintptr_t)stepped)();
    _exit(1);
}

int main(void)
{
    int status = 0;
    int steps = 0;
    pid_t child = fork();

    if (child == 0) {
        child_runs();
    }
    while (waitpid(child, &status, 0) == child && WIFSTOPPED(status) && steps < 100 * STEPS) {
        uint64_t place = (pc_of(child) - (uint64_t)(uintptr_t)stepped) / 4;

        if (place == (uint64_t)STEPS) {
            break;
        }
        if (place < (uint64_t)STEPS && place != (uint64_t)steps++) {
            return failed("it is elsewhere than steps there were", steps);
        }
        if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) != 0) {
            return failed("no step", steps);
        }
    }
    if (steps != STEPS || !WIFSTOPPED(status)) {
        return failed("steps until the end", steps);
    }
    if (ptrace(PTRACE_CONT, child, NULL, NULL) != 0 || waitpid(child, &status, 0) != child ||
        !WIFEXITED(status) || WEXITSTATUS(status) != STATUS) {
        return failed("the child's status", status);
    }
    printf("single-step: ok\n");
    return 0;
}
