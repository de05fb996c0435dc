/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log records as text. The texts are those of abi/observe.h.
 */
#include "log_format.h"

#include <stddef.h>

#include "manager.h"

static const char *const event_texts[LOG_EVENT_COUNT] = {
#define EVENT_TEXT(name, text) [LOG_##name] = (text),
    LOG_EVENTS(EVENT_TEXT)
#undef EVENT_TEXT
};

/** Where the characters go. */
struct output {
    void (*put)(char c, void *context);
    void *context;
};

static void put_text(const struct output *out, const char *text)
{
    while (*text != 0) {
        out->put(*text++, out->context);
    }
}

static void put_number(const struct output *out, uint64_t value, unsigned base)
{
    char digits[20];
    size_t n = 0;

    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    while (n > 0) {
        out->put(digits[--n], out->context);
    }
}

static void put_hex(const struct output *out, uint64_t value)
{
    put_text(out, "0x");
    if (value >> 32 == 0) {
        for (unsigned shift = 28; shift > 0 && value >> shift == 0; shift -= 4) {
            out->put('0', out->context); /* at least eight digits: addresses line up */
        }
    }
    put_number(out, value, 16);
}

static void put_signed(const struct output *out, uint64_t value)
{
    if ((int64_t)value < 0) {
        out->put('-', out->context);
        value = 0 - value;
    }
    put_number(out, value, 10);
}

/** The board's name for what lies at @address. A VM's RAM that was moved (`at:`) has addresses of
 * its own; that is never what is refused. */
static void put_region(const struct output *out, const struct plan *plan, uint64_t address)
{
    const struct plan_region *regions =
        (const struct plan_region *)((const uint8_t *)plan + plan->regions.offset);

    for (uint32_t i = 0; i < plan->regions.count; i++) {
        if (address >= regions[i].pa && address - regions[i].pa < regions[i].size) {
            put_text(out, regions[i].name);
            return;
        }
    }
    put_text(out, "nothing there");
}

/** A system register by the fields of ESR_EL2.ISS (Arm DDI 0487, ISS of a trapped MSR, MRS or
 * System instruction). */
static void put_register(const struct output *out, uint64_t iss)
{
    put_text(out, "S");
    put_number(out, iss >> 20 & 3, 10);
    put_text(out, "_");
    put_number(out, iss >> 14 & 7, 10);
    put_text(out, "_C");
    put_number(out, iss >> 10 & 15, 10);
    put_text(out, "_C");
    put_number(out, iss >> 1 & 15, 10);
    put_text(out, "_");
    put_number(out, iss >> 17 & 7, 10);
    put_text(out, (iss & 1) != 0 ? " (read)" : " (write)");
}

static void put_class(const struct output *out, uint64_t class)
{
    static const struct {
        uint8_t class;
        const char *name;
    } names[] = {
        {0x07, "SVE, SIMD or floating point"},
        {0x16, "HVC"},
        {0x17, "SMC"},
        {0x18, "system register"},
        {0x20, "instruction abort"},
        {0x24, "data abort"},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].class == class) {
            put_text(out, names[i].name);
            return;
        }
    }
    put_hex(out, class);
}

static void put_vm(const struct output *out, const struct plan *plan, uint16_t vm)
{
    const struct plan_vm *vms = (const struct plan_vm *)((const uint8_t *)plan + plan->vms.offset);

    put_text(out, vm < plan->vms.count ? vms[vm].name : "?");
}

/** People know a CPU by its number in the board's device tree. */
static void put_cpu(const struct output *out, const struct plan *plan, uint64_t cpu)
{
    const struct plan_core *cores =
        (const struct plan_core *)((const uint8_t *)plan + plan->cores.offset);

    put_number(out, cpu < plan->cores.count ? cores[cpu].number : cpu, 10);
}

/** What was done by a manager's command. */
static void put_command(const struct output *out, uint64_t command)
{
    static const char *const done[MANAGER_RESTART + 1] = {
        [MANAGER_START] = "started", [MANAGER_STOP] = "stopped", [MANAGER_RESTART] = "restarted"};

    put_text(out, command < sizeof(done) / sizeof(done[0]) && done[command] != NULL ? done[command]
                                                                                    : "?");
}

/** A VM's own text, up to the first 0, on one line. */
static void put_guest_text(const struct output *out, const uint64_t arguments[LOG_ARGUMENTS])
{
    for (unsigned i = 0; i < 8 * LOG_ARGUMENTS; i++) {
        char c = (char)(arguments[i / 8] >> i % 8 * 8);
        if (c == 0) {
            return;
        }
        out->put(c >= ' ' && c <= '~' ? c : ' ', out->context);
    }
}

static void put_times(const struct output *out, uint64_t count)
{
    put_number(out, count, 10);
    put_text(out, count == 1 ? " time" : " times");
}

static void put_argument(const struct output *out, const struct plan *plan, char kind,
                         uint64_t value)
{
    switch (kind) {
    case 'x':
        put_hex(out, value);
        break;
    case 'd':
        put_number(out, value, 10);
        break;
    case 's':
        put_signed(out, value);
        break;
    case 'p':
        put_cpu(out, plan, value);
        break;
    case 'n':
        put_vm(out, plan, (uint16_t)value);
        break;
    case 'm':
        put_command(out, value);
        break;
    case 'w':
        put_times(out, value);
        break;
    case 'r':
        put_region(out, plan, value);
        break;
    case 'g':
        put_register(out, value);
        break;
    default:
        put_class(out, value);
        break;
    }
}

void log_format(const struct plan *plan, const struct log_record *record,
                void (*put)(char c, void *context), void *context)
{
    const struct output out = {put, context};

    if (record->event >= LOG_EVENT_COUNT) {
        put_text(&out, "unknown event ");
        put_number(&out, record->event, 10);
        return;
    }
    for (const char *c = event_texts[record->event]; *c != 0; c++) {
        if (*c != '%') {
            put(*c, context);
            continue;
        }
        c++;
        if (*c == 'v') {
            put_vm(&out, plan, record->vm);
        } else if (*c == 'n') {
            put_number(&out, record->vcpu, 10);
        } else if (*c == 't') {
            put_guest_text(&out, record->arguments);
        } else {
            unsigned digit = (unsigned)(*c - '0');
            c++;
            put_argument(&out, plan, *c, record->arguments[digit % LOG_ARGUMENTS]);
        }
    }
}
