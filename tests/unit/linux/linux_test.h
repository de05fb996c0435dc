/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of libnagaya and nagayactl share: a machine that is only files. /sys and /dev lie
 * in a temporary folder, the ranges of UIO devices are files there, a doorbell is a FIFO, and a
 * store that the hypervisor would catch is given to a function of the test.
 */
#ifndef LINUX_TEST_H
#define LINUX_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "info.h"
#include "manager.h"
#include "observe.h"
#include "plan_map.h"

#define FREQUENCY UINT64_C(1000000000)

/* fake_uio.c: the folder, made before each test and removed after it. */
int fake_setup(void **state);
int fake_teardown(void **state);
const char *fake_root(void);
void fake_device(int number, const char *name);
void fake_property(int number, const char *name, const void *bytes, size_t size);
void fake_cell(int number, const char *name, uint32_t value);

/** Adds a range to device @number; its memory, which the library maps too. */
void *fake_range(int number, unsigned map, uint64_t address, size_t size);

/** Rings the doorbell of the device. */
void fake_ring(int number);

/* fake_platform.c */
extern uint64_t fake_now; /* what the counter shows */
extern void (*fake_stored)(volatile uint32_t *word, uint32_t value);

/* fake_manager.c: a system of three VMs: linux, which is the manager, control and plc. */
enum {
    LINUX = 0,
    CONTROL = 1,
    PLC = 2,
};
#define STORE_SIZE   0x4000U
#define STORE_TARGET 0x52600000U /* where control sees what its store fills */
struct fake_manager {
    struct plan *plan;
    struct vm_status *status[3];
    struct vcpu_stats *stats;
    struct log_ring *rings;
    struct manager_page *page;
    uint8_t *store;
    uint32_t commands; /* that were given */
    bool slow;         /* commands are accepted, but nothing comes of them */
};
extern struct fake_manager fake;
int fake_manager_setup(void **state);
void fake_plan_seal(void);

/** A line of CPU @cpu's log. */
void fake_log(uint32_t cpu, struct log_record record);

/* fake_run.c: the tool as a user has it. */
struct outcome {
    int status;
    char out[16384];
    char err[4096];
};
extern struct outcome outcome;

/** Calls nagayactl with words and, unless NULL, that on standard input; returns the exit status. */
int run_with(const char *input, const char *const words[]);
#define RUN(...)             run_with(NULL, (const char *const[]){__VA_ARGS__, NULL})
#define RUN_INPUT(text, ...) run_with(text, (const char *const[]){__VA_ARGS__, NULL})

#define assert_says(text, part)                                                                    \
    do {                                                                                           \
        if (strstr((text), (part)) == NULL)                                                        \
            fail_msg("\"%s\" does not say \"%s\"", (text), (part));                                \
    } while (0)

/* The groups; each returns how many tests failed. */
int arguments_tests(void);
int channel_tests(void);
int load_tests(void);
int manager_tests(void);
int message_tests(void);
int output_tests(void);
int screen_tests(void);
int watchdog_tests(void);

#endif
