/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long a Linux with one CPU takes for a few jobs, by its own clock: processes that pass
 * messages, memory being copied, a file being compressed. Each is done once before it counts. The
 * first program of that Linux (rdinit=); the machine goes off in the end. bench/experiments/ reads
 * what it prints.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "entropy.h"

static const struct job {
    const char *name;
    const char *command;
} jobs[] = {
    {"hackbench", "hackbench --groups 2 --fds 5 --loops 2000 --process"},
    {"dd", "busybox dd if=/dev/zero of=/tmp/copy bs=64k count=2048"},
    {"gzip", "busybox gzip -9 -c /bin/busybox /bin/busybox /bin/busybox >/tmp/compressed"},
};

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/** Runs @command in a shell, without what it prints. Returns whether it ended well. */
static bool command_run(const char *command)
{
    char line[256];
    int status;
    pid_t child = fork();

    if (child == 0) {
        snprintf(line, sizeof(line), "exec >/dev/null 2>&1; %s", command);
        execl("/bin/busybox", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

/** Mounts what the jobs need, and prints to the console from here on. */
static bool surroundings_make(void)
{
    return mount("devtmpfs", "/dev", "devtmpfs", 0, NULL) == 0 &&
           mount("tmpfs", "/tmp", "tmpfs", 0, NULL) == 0 &&
           mount("proc", "/proc", "proc", 0, NULL) == 0 &&
           freopen("/dev/console", "w", stdout) != NULL;
}

int main(void)
{
    bool good = entropy_credit() && surroundings_make();

    for (size_t i = 0; good && i < sizeof(jobs) / sizeof(*jobs); i++) {
        good = command_run(jobs[i].command);
        uint64_t start = now_ns();
        good = good && command_run(jobs[i].command);
        if (good) {
            printf("jobs: name=%s ns=%" PRIu64 "\n", jobs[i].name, now_ns() - start);
        } else {
            printf("jobs: %s failed\n", jobs[i].name);
        }
    }
    puts(good ? "jobs: done" : "jobs: failed");
    fflush(stdout);
    return reboot(RB_POWER_OFF);
}
