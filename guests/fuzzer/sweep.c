/* SPDX-License-Identifier: Apache-2.0 */
/* See sweep.h. */
#include "sweep.h"

#include "access.h"
#include "calls.h"
#include "guest.h"
#include "kit/cpu.h"
#include "kit/fault.h"
#include "kit/hypercall.h"
#include "kit/psci.h"
#include "pages.h"
#include "random.h"
#include "registers.h"
#include "steps.h"

static struct {
    volatile struct fuzz_page *page;
    uint64_t seed;
    uint64_t dense;
    uint64_t thin;
} sweep;

void sweep_start(volatile struct fuzz_page *page, uint64_t seed, uint64_t dense, uint64_t thin)
{
    sweep.page = page;
    sweep.seed = seed;
    sweep.dense = dense;
    sweep.thin = thin;
}

static void try_access(struct access *access, enum access_kind kind, uint64_t value)
{
    access->kind = kind;
    access->value = value;
    if (pages_ends_run(access)) {
        return;
    }
    fault_clear();
    access_do(access);
}

/** All accesses at one offset. */
static void sweep_offset(const struct pages *pages, uint64_t offset, struct random *random)
{
    step_note(FUZZ_SWEEP_PAGES, pages->start + offset, 0);
    (void)hypercall(HC_PET, 0, 0, 0);
    for (unsigned size = 1; size <= 8; size *= 2) {
        struct access access = {
            .size = size, .address = (offset % size == 0 ? pages->start : pages->other) + offset};

        if (offset + size > pages->size) {
            break;
        }
        try_access(&access, ACCESS_READ, 0);
        try_access(&access, ACCESS_WRITE, 0);
        try_access(&access, ACCESS_WRITE, UINT64_MAX);
        try_access(&access, ACCESS_WRITE, random_next(random));
        try_access(&access, ACCESS_WRITE_BACK, 0);
    }
}

static void sweep_pages(const struct pages *pages)
{
    struct random random = random_start(sweep.seed, 0, cpu_index(), pages->start);

    for (uint64_t offset = 0; offset < pages->size; offset++) {
        if (random_once(&random, offset < pages->dense ? sweep.dense : sweep.thin)) {
            sweep_offset(pages, offset, &random);
        }
    }
}

static void sweep_registers(void)
{
    struct random random = random_start(sweep.seed, 0, cpu_index(), REGISTER_ENCODINGS);

    for (uint32_t i = 0; i < REGISTER_ENCODINGS; i++) {
        struct register_access access = {.encoding = register_encoding(i)};

        if (access.encoding == 0 || !random_once(&random, sweep.dense)) {
            continue;
        }
        step_note(FUZZ_SWEEP_REGISTERS, access.encoding, 0);
        (void)hypercall(HC_PET, 0, 0, 0);
        fault_clear();
        register_do(&access);
        access.write = true;
        access.value = UINT64_MAX;
        register_do(&access);
        access.value = 0;
        register_do(&access);
    }
}

static void sweep_calls(void)
{
    struct random random = random_start(sweep.seed, 0, cpu_index(), 0);
    uint64_t function;

    for (uint32_t i = 0; (function = call_function(i)) != 0; i++) {
        if (call_is_power(function)) {
            continue;
        }
        for (unsigned round = 0; round < 16; round++) {
            uint64_t value = random_value(&random);
            struct call call = {
                function, {value, random_value(&random), random_value(&random)}, round % 2 != 0};

            step_note(FUZZ_SWEEP_CALLS, function, value);
            fault_clear();
            call_do(&call);
        }
    }
}

bool sweep_done(unsigned cpu)
{
    return sweep.page->swept[cpu] > pages_count() + 1;
}

void sweep_run(void *context)
{
    volatile uint32_t *swept = &sweep.page->swept[cpu_index()];

    (void)context;
    while (!sweep_done(cpu_index())) {
        uint32_t part = (*swept)++;

        if (part < pages_count()) {
            sweep_pages(pages_get(part));
        } else if (part == pages_count()) {
            sweep_registers();
        } else {
            sweep_calls();
        }
        step_repair();
    }
    step_note(FUZZ_SWEPT, 0, 0);
}
