/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collects what the kit needs from the device tree. Runs with the MMU off: no C library, no
 * unaligned access.
 */
#include "kit/machine.h"

#include "info.h"

static struct machine found;

const struct machine *machine(void)
{
    return &found;
}

static void read_memory(const struct fdt *fdt)
{
    for (int node = fdt_root(fdt); node != FDT_NONE; node = fdt_next(fdt, node)) {
        if (!fdt_has_string(fdt, node, "device_type", "memory")) {
            continue;
        }
        for (uint32_t i = 0; found.memory_count < MACHINE_MAX_MEMORY; i++) {
            if (!fdt_reg(fdt, node, i, &found.memory[found.memory_count])) {
                break;
            }
            found.memory_count++;
        }
    }
}

static void read_cpus(const struct fdt *fdt)
{
    for (int node = fdt_root(fdt); node != FDT_NONE; node = fdt_next(fdt, node)) {
        struct fdt_range reg;

        if (!fdt_has_string(fdt, node, "device_type", "cpu") || !fdt_reg(fdt, node, 0, &reg)) {
            continue;
        }
        if (found.cpu_count < MACHINE_MAX_CPUS) {
            found.cpus[found.cpu_count++] = reg.start;
        }
    }
}

static void read_gic_v2(const struct fdt *fdt)
{
    static const char names[][20] = {"arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a7-gic"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        int node = fdt_compatible(fdt, FDT_NONE, names[i]);

        if (node != FDT_NONE && fdt_reg(fdt, node, 0, &found.gicd) &&
            fdt_reg(fdt, node, 1, &found.gicc)) {
            found.gic_version = 2;
        }
    }
}

static void read_gic_v3(const struct fdt *fdt)
{
    int node = fdt_compatible(fdt, FDT_NONE, "arm,gic-v3");
    struct fdt_value stride;
    uint32_t regions;

    if (node == FDT_NONE || !fdt_reg(fdt, node, 0, &found.gicd)) {
        return;
    }
    found.gic_version = 3;
    regions = fdt_cell(fdt_property(fdt, node, "#redistributor-regions"), 0);
    if (regions == 0) {
        regions = 1;
    }
    while (found.gicr_count < regions && found.gicr_count < MACHINE_MAX_REGIONS) {
        if (!fdt_reg(fdt, node, (uint32_t)found.gicr_count + 1, &found.gicr[found.gicr_count])) {
            break;
        }
        found.gicr_count++;
    }
    stride = fdt_property(fdt, node, "redistributor-stride");
    found.gicr_stride = stride.size == 8 ? (uint64_t)fdt_cell(stride, 0) << 32 | fdt_cell(stride, 1)
                                         : fdt_cell(stride, 0);
}

static void read_timer(const struct fdt *fdt)
{
    int node = fdt_compatible(fdt, FDT_NONE, "arm,armv8-timer");

    if (node == FDT_NONE) {
        node = fdt_compatible(fdt, FDT_NONE, "arm,armv7-timer");
    }
    if (node == FDT_NONE) {
        return;
    }
    for (uint32_t i = 0; i < MACHINE_TIMER_COUNT; i++) {
        struct fdt_interrupt interrupt;

        if (fdt_interrupt(fdt, node, i, &interrupt)) {
            found.timer_intids[i] = interrupt.intid;
        }
    }
    found.timer_frequency = fdt_cell(fdt_property(fdt, node, "clock-frequency"), 0);
}

/** The console is the PL011 that /chosen names, or the first one. */
static void read_uart(const struct fdt *fdt, int chosen)
{
    int node =
        chosen == FDT_NONE ? FDT_NONE : fdt_path(fdt, fdt_string(fdt, chosen, "stdout-path"));
    int clock;

    if (node == FDT_NONE || !fdt_has_string(fdt, node, "compatible", "arm,pl011")) {
        node = fdt_compatible(fdt, FDT_NONE, "arm,pl011");
    }
    if (node == FDT_NONE) {
        return;
    }
    (void)fdt_reg(fdt, node, 0, &found.uart);
    (void)fdt_interrupt(fdt, node, 0, &found.uart_interrupt);
    clock = fdt_phandle(fdt, fdt_cell(fdt_property(fdt, node, "clocks"), 0));
    if (clock != FDT_NONE) {
        found.uart_clock = fdt_cell(fdt_property(fdt, clock, "clock-frequency"), 0);
    }
}

static void read_psci(const struct fdt *fdt)
{
    int node = fdt_compatible(fdt, FDT_NONE, "arm,psci-1.0");

    if (node == FDT_NONE) {
        node = fdt_compatible(fdt, FDT_NONE, "arm,psci-0.2");
    }
    if (node == FDT_NONE) {
        return;
    }
    found.conduit =
        fdt_has_string(fdt, node, "method", "smc") ? MACHINE_CONDUIT_SMC : MACHINE_CONDUIT_HVC;
}

static void read_bootargs(const struct fdt *fdt, int chosen)
{
    const char *text = chosen == FDT_NONE ? NULL : fdt_string(fdt, chosen, "bootargs");

    for (size_t i = 0; text != NULL && text[i] != 0 && i + 1 < MACHINE_TEXT_SIZE; i++) {
        found.bootargs[i] = text[i];
    }
}

bool machine_read(const void *blob)
{
    const struct fdt *fdt = &found.fdt;
    struct fdt_range info;
    int chosen;
    int node;

    if (blob == NULL || !fdt_open(&found.fdt, blob)) {
        return false;
    }
    chosen = fdt_path(fdt, "/chosen");
    read_memory(fdt);
    read_cpus(fdt);
    read_gic_v2(fdt);
    read_gic_v3(fdt);
    read_timer(fdt);
    read_uart(fdt, chosen);
    read_psci(fdt);
    read_bootargs(fdt, chosen);
    node = fdt_compatible(fdt, FDT_NONE, INFO_COMPATIBLE);
    if (node != FDT_NONE && fdt_reg(fdt, node, 0, &info)) {
        found.info = info.start;
    }
    return found.memory_count != 0;
}

uint64_t machine_memory_size(void)
{
    uint64_t size = 0;

    for (size_t i = 0; i < found.memory_count; i++) {
        size += found.memory[i].size;
    }
    return size;
}

/** What the character @digit counts in a number of @base; @base if it is no digit of it. */
static uint64_t digit_value(char digit, uint64_t base)
{
    if (digit >= '0' && digit <= '9') {
        return (uint64_t)(digit - '0');
    }
    digit |= 0x20; /* a small letter */
    return digit >= 'a' && digit <= 'f' && base == 16 ? (uint64_t)(digit - 'a') + 10 : base;
}

static uint64_t read_number(const char *text)
{
    uint64_t base = text[0] == '0' && (text[1] | 0x20) == 'x' ? 16 : 10;
    uint64_t number = 0;
    uint64_t digit;

    for (text += base == 16 ? 2 : 0; (digit = digit_value(*text, base)) < base; text++) {
        number = number * base + digit;
    }
    return number;
}

uint64_t machine_argument(const char *name, uint64_t otherwise)
{
    const char *text = found.bootargs;

    while (*text != 0) {
        size_t i = 0;

        while (name[i] != 0 && text[i] == name[i]) {
            i++;
        }
        if (name[i] == 0 && text[i] == '=') {
            return read_number(text + i + 1);
        }
        while (*text != 0 && *text != ' ') {
            text++;
        }
        while (*text == ' ') {
            text++;
        }
    }
    return otherwise;
}
