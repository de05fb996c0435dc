/* SPDX-License-Identifier: Apache-2.0 */
/* Takes the interrupt controller from the board's device tree: a GICv3, or a GICv2 with
 * virtualisation. */
#include "arithmetic.h"
#include "board_read.h"
#include "diagnostics.h"
#include "memory.h"
#include "tree.h"

#define FIRST_PPI 16U
/* where the tree does not say (Arm Base System Architecture, DEN 0094) */
#define MAINTENANCE_INTID    25U
#define REDISTRIBUTOR_FRAME  0x10000U
#define REDISTRIBUTOR_STRIDE 0x20000U /* two frames of 64 KB (Arm IHI 0069H, 12.10) */
#define INTERFACES           8U       /* of a GICv2 (Arm IHI 0048B, 1.2) */
#define INTERFACE_SIZE       0x2000U  /* its GICC_DIR is in the second page (the same, 4.4.15) */

/* Some boards show each page of the CPU interface 16 times. The last time of the first page, and
 * the first one of the second, follow each other as everywhere else (Linux: gic_check_eoimode). */
#define INTERFACE_REPEATED 0x20000U
#define INTERFACE_OFFSET   0xf000U

/* What the board has in place of a GIC that is known here. */
static void report_other_controller(const struct board *board, struct source_location location)
{
    int timer = tree_compatible(board->dtb, "arm,armv8-timer");
    int node = timer < 0 ? -1 : tree_interrupt_parent(board->dtb, timer);
    const char *compatible = node < 0 ? NULL : fdt_getprop(board->dtb, node, "compatible", NULL);

    if (compatible == NULL) {
        error(
            location,
            "the board's device tree has no enabled node that is compatible with arm,gic-v3 or "
            "arm,gic-400, "
            "and this version needs a GICv3, or a GICv2 with virtualisation; choose another board");
    } else {
        error(location,
              "%s: the interrupt controller is %s, and this version needs a GICv3 (arm,gic-v3), or "
              "a GICv2 with "
              "virtualisation (arm,gic-400, arm,cortex-a15-gic, arm,cortex-a7-gic); choose another "
              "board",
              tree_path(board->dtb, node), compatible);
    }
}

/* Whether @frame is at least @size bytes of pages at a multiple of @alignment that the CPU can
 * address. */
static bool frame_is_sound(struct range frame, uint64_t size, uint64_t alignment)
{
    return frame.size >= size && frame.start % alignment == 0 &&
           range_end(frame) <= ADDRESS_SPACE_END;
}

static void frame_add(struct board *board, const char *name, struct range range)
{
    board->gic_frames[board->gic_frame_count++] = (struct board_frame){name, range};
}

/* Bytes from one CPU's redistributor to the next. */
static uint64_t read_stride(const struct board *board, int gic)
{
    int length;
    const fdt32_t *cells = fdt_getprop(board->dtb, gic, "redistributor-stride", &length);

    if (board->facts->redistributor_stride != 0) {
        return board->facts->redistributor_stride;
    }
    return cells != NULL && length >= 4 ? tree_number(cells, length / 4 > 1 ? 2 : 1)
                                        : REDISTRIBUTOR_STRIDE;
}

/* The GIC's own interrupt. */
static bool read_maintenance(struct board *board, struct source_location location, int gic)
{
    struct tree_interrupt *interrupts = NULL;
    size_t count = 0;
    const char *problem = tree_interrupts(board->dtb, gic, &interrupts, &count);

    board->maintenance_intid =
        problem == NULL && count > 0 ? interrupts[0].intid : MAINTENANCE_INTID;
    if (problem == NULL && board->maintenance_intid >= FIRST_PPI &&
        board->maintenance_intid < PLAN_FIRST_SPI) {
        return true;
    }
    error(location, "%s %s; its own interrupt is a PPI", tree_path(board->dtb, gic),
          problem != NULL ? problem : "has an interrupt that is none of its PPIs");
    return false;
}

/* Each CPU has a redistributor of two frames. */
static bool read_redistributors(struct board *board, struct source_location location, int gic)
{
    const char *path = tree_path(board->dtb, gic);

    board->gicr_stride = read_stride(board, gic);
    if (board->gicr_stride < REDISTRIBUTOR_STRIDE ||
        board->gicr_stride % REDISTRIBUTOR_FRAME != 0) {
        error(location,
              "%s: a redistributor-stride of 0x%llx is too small for the two frames of 64 KB that "
              "each CPU has; "
              "correct it",
              path, (unsigned long long)board->gicr_stride);
        return false;
    }
    size_t needed =
        board->cpu_count == 0 ? 0 : board->cpus[board->cpu_count - 1].redistributor + 1U;
    if (board->gicr.size / board->gicr_stride < needed) {
        error(location,
              "%s: the redistributors' region has room for %llu CPUs, the board has %zu; correct "
              "redistributor-stride in %s",
              path, (unsigned long long)(board->gicr.size / board->gicr_stride), needed,
              board->facts->file);
        return false;
    }
    return true;
}

static bool read_v3(struct board *board, struct source_location location, int gic,
                    const struct range *frames, size_t count)
{
    const char *path = tree_path(board->dtb, gic);
    uint32_t regions = tree_cell(board->dtb, gic, "#redistributor-regions", 1);

    if (board->facts->interface_count != 0) {
        error(board->facts->interfaces_location,
              "interfaces: only a GICv2 has CPU interfaces with numbers, and %s is a GICv3; remove "
              "the key",
              path);
        return false;
    }
    if (regions != 1) {
        error(location,
              "%s: the redistributors lie in %u regions (#redistributor-regions); this version "
              "takes only one, so "
              "choose another board",
              path, regions);
        return false;
    }
    if (count < 2 || tree_cell(board->dtb, gic, "#interrupt-cells", 0) < 3) {
        error(location,
              "%s: reg needs two ranges that the CPU can address, distributor and redistributors, "
              "and "
              "#interrupt-cells is at least 3; correct the device tree",
              path);
        return false;
    }
    for (size_t i = 0; i < 2; i++) {
        if (!frame_is_sound(frames[i], 0, REDISTRIBUTOR_FRAME)) {
            error(location,
                  "%s: reg has a range at 0x%llx; this version needs one that starts at a multiple "
                  "of 64 KB and ends "
                  "below "
                  "0x%llx, so choose another board",
                  path, (unsigned long long)frames[i].start, ADDRESS_SPACE_END);
            return false;
        }
    }
    frame_add(board, "gic distributor", frames[0]);
    frame_add(board, "gic redistributors", frames[1]);
    board->gicd_pa = frames[0].start;
    board->gicr = frames[1];
    return read_redistributors(board, location, gic);
}

/* The number of each CPU's interface, if it is not the CPU's rank. */
static bool read_interfaces(struct board *board, struct source_location location, const char *path)
{
    const struct board_facts *facts = board->facts;

    if (facts->interface_count != 0 && facts->interface_count != board->cpu_count) {
        error(facts->interfaces_location,
              "interfaces: there are %zu, but the board has %zu CPUs; write one for each",
              facts->interface_count, board->cpu_count);
        return false;
    }
    for (size_t i = 0; i < board->cpu_count; i++) {
        if (facts->interface_count != 0) {
            board->cpus[i].interface = facts->interfaces[i];
        }
        if (board->cpus[i].interface < INTERFACES) {
            continue;
        }
        error(location,
              "%s: it has CPU interfaces for %u CPUs, but /cpus has more; correct the device tree",
              path, INTERFACES);
        return false;
    }
    return true;
}

static bool read_v2(struct board *board, struct source_location location, int gic,
                    const struct range *frames, size_t count)
{
    static const struct {
        const char *name;
        uint64_t size; /* at least */
    } parts[] = {
        {"gic distributor", PAGE_SIZE},
        {"gic cpu interface", INTERFACE_SIZE},
        {"gic virtual interface control", PAGE_SIZE},
        {"gic virtual cpu interface", PAGE_SIZE},
    };
    const char *path = tree_path(board->dtb, gic);

    if (board->facts->redistributor_stride != 0) {
        error(board->facts->stride_location,
              "redistributor-stride: only a GICv3 has redistributors, and %s is a GICv2; remove "
              "the key",
              path);
        return false;
    }
    if (count < COUNT_OF(parts) || tree_cell(board->dtb, gic, "#interrupt-cells", 0) != 3) {
        error(
            location,
            "%s: reg needs four ranges that the CPU can address, GICD, GICC, GICH and GICV, and "
            "#interrupt-cells "
            "is 3; a GICv2 without GICH and GICV has no virtualisation: then choose another board",
            path);
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (!frame_is_sound(frames[i], parts[i].size, PAGE_SIZE)) {
            error(location,
                  "%s: reg has 0x%llx bytes at 0x%llx for the %s; this version needs at least "
                  "0x%llx from the start "
                  "of a page on, below 0x%llx: correct the device tree",
                  path, (unsigned long long)frames[i].size, (unsigned long long)frames[i].start,
                  parts[i].name, (unsigned long long)parts[i].size, ADDRESS_SPACE_END);
            return false;
        }
        frame_add(board, parts[i].name, frames[i]);
    }
    board->gicd_pa = frames[0].start;
    board->gicc_pa =
        frames[1].start + (frames[1].size == INTERFACE_REPEATED ? INTERFACE_OFFSET : 0);
    board->gich_pa = frames[2].start;
    board->gicv_pa = frames[3].start;
    return read_interfaces(board, location, path);
}

bool board_gic_read(struct board *board, struct source_location location)
{
    struct range *frames;
    size_t count = 0;
    int gic = tree_gic(board->dtb);

    if (gic < 0) {
        report_other_controller(board, location);
        return false;
    }
    board->gic_version = tree_gic_version(board->dtb);
    board->intid_count = board->facts->interrupts;
    tree_registers(board->dtb, gic, &frames, &count);
    if (board->gic_version == 2 ? !read_v2(board, location, gic, frames, count)
                                : !read_v3(board, location, gic, frames, count)) {
        return false;
    }
    return read_maintenance(board, location, gic);
}
