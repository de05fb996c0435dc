/* SPDX-License-Identifier: Apache-2.0 */
/* Reads which calls of the machine's firmware are passed on. */
#include <stdlib.h>

#include "diagnostics.h"
#include "memory.h"
#include "vm_read.h"
#include "yaml_value.h"

/* Bit 31 says that a function is a fast call, bit 30 that it is of the 64-bit convention (Arm
 * DEN 0028E, 2.5). */
#define FAST_CALL 0x80000000U
#define CALL_64   0x40000000U

static const struct yaml_key range_keys[] = {
    YAML_REQUIRED("first"),
    YAML_REQUIRED("last"),
};

#define RANGE_EXAMPLE "{first: 0xc2000000, last: 0xc200ffff}"

/* Functions, without CALL_64, that can't be passed on. */
static const struct {
    uint32_t first;
    uint32_t last;
    const char *what;
} kept[] = {
    {0x80000000, 0x80ffffff, "calls about the architecture, which the hypervisor answers"},
    {0x84000000, 0x8400001f, "PSCI, which the hypervisor answers"},
    {0x84000020, 0x8400003f,
     "SDEI, by which the firmware would enter the hypervisor where the VM wants it"},
    {0x85000000, 0x86ffffff, "calls of a hypervisor"},
};

static void check_range(const struct plan_firmware *range, struct source_location location)
{
    if (range->last < range->first) {
        error(location, "firmware: 0x%x is below 0x%x; exchange them", range->last, range->first);
    } else if (range->first < FAST_CALL) {
        error(location, "firmware: 0x%x is no fast call; write functions from 0x%x on",
              range->first, FAST_CALL);
    }
    for (size_t i = 0; range->first >= FAST_CALL && i < 2 * COUNT_OF(kept); i++) {
        uint32_t convention = i % 2 == 0 ? 0 : CALL_64;
        uint32_t first = kept[i / 2].first | convention, last = kept[i / 2].last | convention;
        if (range->first <= last && first <= range->last) {
            error(location, "firmware: 0x%x to 0x%x are %s; leave them out", first, last,
                  kept[i / 2].what);
        }
    }
}

/* A function, or {first, last}. */
static bool read_range(struct yaml_file *file, yaml_node_t *node, struct plan_firmware *range)
{
    uint64_t first, last;

    if (node->type == YAML_SCALAR_NODE) {
        if (!yaml_read_number(file, node, "firmware", UINT32_MAX, &first)) {
            return false;
        }
        last = first;
    } else {
        if (!yaml_expect_mapping(file, node, "an entry of firmware",
                                 RANGE_EXAMPLE ", or a number")) {
            return false;
        }
        yaml_check_keys(file, node, range_keys, COUNT_OF(range_keys), "an entry of firmware");
        if (!yaml_read_number(file, yaml_find(file, node, "first"), "first", UINT32_MAX, &first) ||
            !yaml_read_number(file, yaml_find(file, node, "last"), "last", UINT32_MAX, &last)) {
            return false;
        }
    }
    *range = (struct plan_firmware){(uint32_t)first, (uint32_t)last};
    check_range(range, yaml_location(file, node));
    return true;
}

static int range_compare(const void *a, const void *b)
{
    const struct plan_firmware *left = a, *right = b;

    return (left->first > right->first) - (left->first < right->first);
}

void vm_read_firmware(struct yaml_file *file, yaml_node_t *node, struct vm *vm,
                      struct vm_source *source)
{
    yaml_node_t *list = yaml_find(file, node, "firmware");
    struct plan_firmware range;
    yaml_node_t *item;

    source->firmware = yaml_key_location(file, node, "firmware");
    if (!yaml_read_list(file, list, "firmware", "[" RANGE_EXAMPLE "]", false)) {
        return;
    }
    for (size_t i = 0; (item = yaml_item(file, list, i)) != NULL; i++) {
        if (i == PLAN_MAX_FIRMWARE) {
            error(yaml_location(file, item), "firmware: more than %u ranges; join some",
                  PLAN_MAX_FIRMWARE);
            return;
        }
        if (!read_range(file, item, &range)) {
            continue;
        }
        for (size_t j = 0; j < vm->firmware_count; j++) {
            if (range.first <= vm->firmware[j].last && vm->firmware[j].first <= range.last) {
                error(yaml_location(file, item),
                      "firmware: 0x%x to 0x%x overlaps 0x%x to 0x%x; join them", range.first,
                      range.last, vm->firmware[j].first, vm->firmware[j].last);
            }
        }
        *ARRAY_ADD(vm->firmware, vm->firmware_count) = range;
    }
    if (vm->firmware_count != 0) {
        qsort(vm->firmware, vm->firmware_count, sizeof(*vm->firmware), range_compare);
    }
}
