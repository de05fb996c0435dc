/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exception handler of guests that try things.
 */
#include "kit/fault.h"

#include <stddef.h>

#include "kit/cpu.h"
#include "kit/machine.h"

#define INSTRUCTION_SIZE 4U
#define GIVE_UP          100000000U /* exceptions since fault_clear(): it does not get on */

static exception_handler *first_handler;
static exception_handler *fetch_handler;
static struct fault faults[MACHINE_MAX_CPUS];
static uint64_t fetches[MACHINE_MAX_CPUS];

static bool is_fetch(const struct exception_frame *frame)
{
    unsigned exception_class = EXCEPTION_CLASS(frame->esr);

    return exception_class == EXCEPTION_FETCH_ABORT || exception_class == EXCEPTION_PC_ALIGNMENT ||
           frame->pc == fetches[cpu_index()];
}

static bool handle(struct exception_frame *frame)
{
    struct fault *fault = &faults[cpu_index()];

    if (first_handler != NULL && first_handler(frame)) {
        return true;
    }
    fault->count++;
    fault->esr = frame->esr;
    fault->far = frame->far;
    fault->pc = frame->pc;
    if (fault->count > GIVE_UP) {
        return false;
    }
    if (EXCEPTION_CLASS(frame->esr) == EXCEPTION_FETCH_ABORT_LOWER && fetch_handler != NULL) {
        return fetch_handler(frame);
    }
    if (is_fetch(frame)) {
        frame->pc = frame->x[30];
    } else if (EXCEPTION_CLASS(frame->esr) != EXCEPTION_SERROR) {
        frame->pc += INSTRUCTION_SIZE;
    }
    return true;
}

void fault_start(exception_handler *first, exception_handler *fetch_of_el0)
{
    first_handler = first;
    fetch_handler = fetch_of_el0;
    exception_set_handler(handle);
}

void fault_clear(void)
{
    faults[cpu_index()] = (struct fault){0};
    fetches[cpu_index()] = 0;
}

const struct fault *fault_get(void)
{
    return &faults[cpu_index()];
}

bool fault_happened(void)
{
    return *(volatile uint64_t *)&faults[cpu_index()].count != 0;
}

void fault_expect_fetch(uint64_t address)
{
    fetches[cpu_index()] = address;
}
