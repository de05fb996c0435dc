/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exception handler of the attacker.
 */
#include "fault.h"

#include "kit/cpu.h"
#include "kit/exception.h"
#include "kit/machine.h"
#include "user.h"

#define INSTRUCTION_SIZE 4U
#define GIVE_UP          100000000U /* exceptions in one attack: it does not get on */

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

    if (user_returned(frame))
        return true;
    fault->count++;
    fault->esr = frame->esr;
    fault->far = frame->far;
    fault->pc = frame->pc;
    if (fault->count > GIVE_UP)
        return false;
    if (EXCEPTION_CLASS(frame->esr) == EXCEPTION_FETCH_ABORT_LOWER)
        return user_leave(frame);
    if (is_fetch(frame))
        frame->pc = frame->x[30];
    else if (EXCEPTION_CLASS(frame->esr) != EXCEPTION_SERROR)
        frame->pc += INSTRUCTION_SIZE;
    return true;
}

void fault_start(void)
{
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
