/* SPDX-License-Identifier: Apache-2.0 */
/* QMP: a line of JSON each way. What is looked for in the answers stands in one text, so they
 * need no JSON parser. */
#include "run_monitor.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"

/* A monitor that is silent for so long does not answer any more, ms. */
#define PATIENCE 2000

/* Arm DDI 0487, C6.2: WFI and WFE. */
#define INSTRUCTION_WFI 0xd503207fU
#define INSTRUCTION_WFE 0xd503205fU

struct monitor {
    int descriptor;
    char *text; /* the line that is being read */
    size_t size;
};

/** Reads to the end of a line. False: none came. */
static bool read_line(struct monitor *monitor)
{
    struct pollfd poll_monitor = {.fd = monitor->descriptor, .events = POLLIN};

    monitor->size = 0;
    for (;;) {
        char byte;

        if (poll(&poll_monitor, 1, PATIENCE) <= 0 || read(monitor->descriptor, &byte, 1) != 1) {
            return false;
        }
        if (byte == '\n') {
            break;
        }
        *ARRAY_ADD(monitor->text, monitor->size) = byte;
    }
    *ARRAY_ADD(monitor->text, monitor->size) = '\0';
    return true;
}

/** Sends a command; its answer, or NULL. The greeting and events come in lines of their own. */
static const char *execute(struct monitor *monitor, const char *command)
{
    size_t length = strlen(command);

    if (write(monitor->descriptor, command, length) != (ssize_t)length) {
        return NULL;
    }
    while (read_line(monitor)) {
        if (strncmp(monitor->text, "{\"return\"", 9) == 0) {
            return monitor->text;
        }
        if (strncmp(monitor->text, "{\"error\"", 8) == 0) {
            return NULL;
        }
    }
    return NULL;
}

/** The answer of the monitor that people use, seen from @cpu. */
static const char *execute_human(struct monitor *monitor, const char *line, size_t cpu)
{
    return execute(
        monitor,
        text_format("{\"execute\": \"human-monitor-command\", \"arguments\": {\"command-line\": "
                    "\"%s\", \"cpu-index\": %zu}}\n",
                    line, cpu));
}

static bool has_run(const char *from, const char *end)
{
    const char *at = from;

    while ((at = strstr(at, " X")) != NULL && at < end) {
        if (at[4] == '=' && strtoull(at + 5, NULL, 16) != 0) {
            return true;
        }
        at += 2;
    }
    return false;
}

/* "EL1h": the exception level, and whose stack pointer is used. */
static int level_of(const char *from, const char *end)
{
    const char *at = from;

    while ((at = strstr(at, " EL")) != NULL && at < end) {
        if (at[3] >= '0' && at[3] <= '3' && (at[4] == 'h' || at[4] == 't')) {
            return at[3] - '0';
        }
        at += 3;
    }
    return -1;
}

size_t monitor_read_registers(const char *answer, struct cpu_location *places, size_t count)
{
    const char *at = strstr(answer, "CPU#");
    size_t found = 0;

    for (; at != NULL && found < count; found++) {
        const char *next = strstr(at + 4, "CPU#");
        const char *end = next != NULL ? next : at + strlen(at);
        const char *pc = strstr(at, " PC=");
        struct cpu_location *location = &places[found];

        *location = (struct cpu_location){.level = level_of(at, end)};
        if (pc != NULL && pc < end) {
            location->pc = strtoull(pc + 4, NULL, 16);
        }
        /* Before its first instruction the emulator has only set the PC. */
        location->activity = has_run(at, end) ? CPU_RUNS : CPU_NEVER_RAN;
        at = next;
    }
    return found;
}

enum cpu_activity monitor_read_activity(const char *answer)
{
    const char *at = strchr(answer, ':'); /* behind "return", then behind the address */
    enum cpu_activity activity = CPU_RUNS;

    at = at != NULL ? strchr(at + 1, ':') : NULL;
    for (unsigned i = 0; i < 2 && at != NULL && (at = strstr(at, "0x")) != NULL; i++) {
        unsigned long word = strtoul(at, NULL, 16);

        if (word == INSTRUCTION_WFI) {
            activity = CPU_WAITS_WFI;
        } else if (word == INSTRUCTION_WFE) {
            activity = CPU_WAITS_WFE;
        }
        at += 2;
    }
    return activity;
}

size_t monitor_places(int descriptor, struct cpu_location *places, size_t count)
{
    struct monitor monitor = {.descriptor = descriptor};
    const char *answer;

    if (execute(&monitor, "{\"execute\": \"qmp_capabilities\"}\n") == NULL ||
        execute(&monitor, "{\"execute\": \"stop\"}\n") == NULL ||
        (answer = execute_human(&monitor, "info registers -a", 0)) == NULL) {
        return 0;
    }

    size_t found = monitor_read_registers(answer, places, count);
    for (size_t i = 0; i < found; i++) {
        if (places[i].activity != CPU_RUNS) {
            continue;
        }
        /* A CPU that waits has its PC at the instruction, or already behind it. */
        answer = execute_human(&monitor, text_format("x /2xw 0x%" PRIx64, places[i].pc - 4), i);
        if (answer != NULL) {
            places[i].activity = monitor_read_activity(answer);
        }
    }
    return found;
}
